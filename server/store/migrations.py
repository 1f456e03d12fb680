"""How the database came to its present shape; `schema.sql` is the committed picture of the result."""

from __future__ import annotations

import re
from importlib import resources

from sqlite_utils import Database as Utils
from sqlite_utils.migrations import Migrations

from server.store.database import Database

_MIGRATIONS = Migrations("attune")
_FOLDER = resources.files("server.store") / "migration"

# Facts and what was delivered are only ever added to. Each gets two triggers that refuse the rest.
APPEND_ONLY_FIRST = (
    "audit", "participant_facts", "facilitator_facts", "visits", "visit_facts", "forms",
    "envelopes", "openings", "responses", "answers", "scores", "sign_ins",
)  # fmt: skip
APPEND_ONLY_THIRD = (
    "assessment_facts", "protocol_approvals", "amendments", "readiness_facts", "group_visits",
    "group_visit_facts", "rater_facts",
)  # fmt: skip
APPEND_ONLY = (*APPEND_ONLY_FIRST, "event_facts", *APPEND_ONLY_THIRD, "scorings")


@_MIGRATIONS()
def m0001_the_spine(db: Utils) -> None:
    """Everything from a study to a printed page."""
    _script(db, "0001_the_spine.sql")
    for table in APPEND_ONLY_FIRST:
        _append_only(db, table)
    _mode_is_for_ever(db)


@_MIGRATIONS()
def m0002_safety_and_events(db: Utils) -> None:
    """Alerts from answers, the person on duty, a study's scoring choices, the event of a measure."""
    _script(db, "0002_safety_and_events.sql")
    _append_only(db, "event_facts")


@_MIGRATIONS()
def m0003_protocols_in_motion(db: Utils) -> None:
    """Visits nobody came to, groups, excuses, amendments, approvals, and the way to going live."""
    _script(db, "0003_protocols_in_motion.sql")
    # The first three were made anew, and their triggers went with the old tables.
    for table in ("visit_facts", "participant_facts", "answers", *APPEND_ONLY_THIRD):
        _append_only(db, table)


@_MIGRATIONS()
def m0004_the_phone(db: Utils) -> None:
    """The PIN as the server may check it, reading back, words for somebody outside, counts a phone tells."""
    _script(db, "0004_the_phone.sql")


@_MIGRATIONS()
def m0005_scored_anew(db: Utils) -> None:
    """Which scoring of an answer counts, where it was scored more than once."""
    _script(db, "0005_scored_anew.sql")
    _append_only(db, "scorings")


def migrate(db: Database) -> list[str]:
    """Bring the file to the present shape, each step in a transaction; return the steps taken."""
    utils = db.utils
    steps = [step.name for step in _MIGRATIONS.pending(utils)]
    if steps:
        _MIGRATIONS.apply(utils)
    return steps


def pending(db: Database) -> list[str]:
    """Return the steps that this file still lacks."""
    return [step.name for step in _MIGRATIONS.pending(db.utils)]


def snapshot(db: Database) -> str:
    """Return the whole schema as text, sorted, for comparison with `schema.sql`."""
    rows = db.all(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE '_sqlite_%' ORDER BY tbl_name, type DESC, name"
    )
    text = "".join(f"{row['sql'].strip()};\n\n" for row in rows)
    return re.sub(r" +$", "", text, flags=re.MULTILINE)  # where a comment stood


def missing_triggers(db: Database) -> list[str]:
    """Return the append-only triggers that somebody has dropped (R04)."""
    wanted = {
        f"{table}_no_{verb}" for table in (*APPEND_ONLY, "mode") for verb in ("update", "delete")
    }
    found = {row["name"] for row in db.all("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    return sorted(wanted - found)


def _script(db: Utils, name: str) -> None:
    """Run a file of statements one by one: executescript would commit the migration's transaction."""
    text = re.sub(r"--[^\n]*", "", (_FOLDER / name).read_text(encoding="utf-8"))
    for statement in text.split(";"):
        if statement.strip():
            db.conn.execute(statement)


def _append_only(db: Utils, table: str) -> None:
    for verb in ("update", "delete"):
        db.conn.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table} is only ever added to'); END"
        )


def _mode_is_for_ever(db: Utils) -> None:
    """A demo never becomes live, nor the other way round: its data and accounts are make-believe."""
    for verb in ("update", "delete"):
        db.conn.execute(
            f"CREATE TRIGGER mode_no_{verb} BEFORE {verb.upper()} ON settings"
            " WHEN old.name = 'mode' BEGIN"
            " SELECT RAISE(ABORT, 'demo or live is decided once, when the database is made'); END"
        )
