"""How the system is, in four lines for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext

from server.actions.context import Context
from server.clock import SystemClock
from server.store import audit, backups, database, leases
from server.web.staff import moments, words

SILENT = timedelta(minutes=2)
STALE = timedelta(hours=36)


@dataclass(frozen=True)
class Line:
    """One part of the system."""

    part: str
    state: words.Mark
    detail: str


def health(context: Context) -> list[Line]:
    """Return the worker's beat, the last backup, the database's version, the audit trail's head."""
    return [_worker(context), _backup(context), _database(), _trail(context)]


def _worker(context: Context) -> Line:
    # Leases are kept by the machine's own clock, even where a demo's clock is moved.
    age = leases.beat_age(context.db, leases.WORKER, SystemClock().now())
    if age is None:
        return Line(
            gettext("Worker"), _bad(gettext("never seen")), gettext("Reminders do not go out.")
        )
    said = gettext("last heard of %(span)s ago", span=moments.span(age))
    if age > SILENT:
        return Line(gettext("Worker"), _bad(gettext("silent")), said)
    return Line(gettext("Worker"), _good(), said)


def _backup(context: Context) -> Line:
    row = backups.last(context.db)
    if row is None:
        return Line(
            gettext("Backup"), _bad(gettext("none yet")), gettext("One is made every night.")
        )
    at = moments.moment(row["at"], "UTC")
    stale = context.clock.now() - moments.from_text(row["at"]) > STALE
    where = gettext("off this machine") if row["away"] else gettext("on this machine only")
    said = f"{at.text if at else ''}, {gettext('verified')}, {where}"
    return Line(gettext("Backup"), _bad(gettext("old")) if stale else _good(), said)


def _database() -> Line:
    return Line(gettext("Database"), _good(), f"SQLite {database.version()}")


def _trail(context: Context) -> Line:
    seq, head = audit.head(context.db)
    # Whether it is whole is what `./attune verify` tells; here is only where it ends.
    count = words.Mark(gettext("%(count)s entries", count=f"{seq:,}"), "dash")
    said = gettext("ends with %(head)s; keep a copy of this elsewhere", head=head)
    return Line(gettext("Audit trail"), count, said)


def _good() -> words.Mark:
    return words.Mark(gettext("well"), "disc", "good")


def _bad(word: str) -> words.Mark:
    return words.Mark(word, "triangle", "warn")
