"""Staff's signed-in browsers: rows that can be listed and ended; idle and absolute limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from server.clock import from_text, to_text
from server.domain.people import Role, Staff
from server.store.database import Database, Row
from server.store.transaction import Transaction

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# Being seen is written at most this often: a write at each page view would queue behind answers.
TOUCH = timedelta(minutes=1)

_ALIVE = "s.ended_at IS NULL AND s.seen_at > :idle AND s.created_at > :oldest"

_VIEWER = (
    "SELECT s.staff_id, s.study_id, r.role FROM sessions s"
    " JOIN staff p ON p.id = s.staff_id AND p.disabled_at IS NULL"
    " JOIN staff_roles r ON r.staff_id = s.staff_id AND r.study_id = s.study_id"
    f" AND r.revoked_at IS NULL WHERE s.id_digest = :digest AND {_ALIVE}"
)


def viewer(db: Database, token_digest: str, now: datetime) -> Staff | None:
    """Return who sits at this browser, with the roles held today in the study looked at.

    None when the session ended, ran out, or its owner was disabled or holds no role there any more.
    """
    rows = db.all(_VIEWER, {"digest": token_digest, **_limits(now)})
    if not rows:
        return None
    held = frozenset(cast("Role", row["role"]) for row in rows)
    return Staff(rows[0]["staff_id"], rows[0]["study_id"], held)


def needs_touch(db: Database, token_digest: str, now: datetime) -> bool:
    """Whether this session was last marked as seen longer ago than `TOUCH`."""
    seen = db.value("SELECT seen_at FROM sessions WHERE id_digest = ?", [token_digest])
    return seen is not None and abs(now - from_text(seen)) >= TOUCH


def touch(tx: Transaction, token_digest: str) -> None:
    """Mark a session as in use now."""
    tx.unaudited("UPDATE sessions SET seen_at = ? WHERE id_digest = ?", [tx.at_text, token_digest])


def open_for(db: Database, staff_id: str, now: datetime) -> list[Row]:
    """Return a person's living sessions, the latest seen first."""
    return db.all(
        "SELECT s.id_digest, s.created_at, s.seen_at, s.address, s.agent FROM sessions s"
        f" WHERE s.staff_id = :staff AND {_ALIVE} ORDER BY s.seen_at DESC",
        {"staff": staff_id, **_limits(now)},
    )


def last_study(db: Database, staff_id: str) -> str | None:
    """Return the study that this person looked at last."""
    return cast(
        "str | None",
        db.value(
            "SELECT study_id FROM sessions WHERE staff_id = ? ORDER BY seen_at DESC LIMIT 1",
            [staff_id],
        ),
    )


def begin(tx: Transaction, token_digest: str, staff_id: str, study_id: str, **where: str) -> None:
    """Open a session; `where` holds `address` and `agent`."""
    tx.insert(
        "sessions",
        {"id_digest": token_digest, "staff_id": staff_id, "study_id": study_id,
         "created_at": tx.at_text, "seen_at": tx.at_text,
         "address": where.get("address", "")[:100], "agent": where.get("agent", "")[:300]},
    )  # fmt: skip
    tx.note("sessions", token_digest, "staff_id", staff_id)


def look_at(tx: Transaction, token_digest: str, study_id: str) -> None:
    """Turn a session to another study; to the one it looks at already, it stays."""
    sql = "SELECT study_id FROM sessions WHERE id_digest = ?"
    if tx.db.value(sql, [token_digest]) != study_id:
        tx.change("sessions", token_digest, {"study_id": study_id}, key="id_digest")


def end(tx: Transaction, token_digest: str) -> None:
    """End one session, if it is still open."""
    if tx.db.value("SELECT ended_at IS NULL FROM sessions WHERE id_digest = ?", [token_digest]):
        tx.change("sessions", token_digest, {"ended_at": tx.at_text}, key="id_digest")


def end_all(tx: Transaction, staff_id: str, *, but: str = "") -> int:
    """End all of a person's sessions (but one) and return how many there were."""
    rows = tx.db.all(
        "SELECT id_digest FROM sessions WHERE staff_id = ? AND ended_at IS NULL AND id_digest <> ?",
        [staff_id, but],
    )
    for row in rows:
        end(tx, row["id_digest"])
    return len(rows)


def end_in_study(tx: Transaction, staff_id: str, study_id: str) -> None:
    """End a person's sessions that look at this study."""
    rows = tx.db.all(
        "SELECT id_digest FROM sessions WHERE staff_id = ? AND study_id = ? AND ended_at IS NULL",
        [staff_id, study_id],
    )
    for row in rows:
        end(tx, row["id_digest"])


def shift(tx: Transaction, by: timedelta) -> None:
    """Take open sessions along when a demo's clock is moved: nobody is signed out by that."""
    for row in tx.db.all(
        "SELECT id_digest, created_at, seen_at FROM sessions WHERE ended_at IS NULL"
    ):
        tx.unaudited(
            "UPDATE sessions SET created_at = ?, seen_at = ? WHERE id_digest = ?",
            [to_text(from_text(row["created_at"]) + by), to_text(from_text(row["seen_at"]) + by),
             row["id_digest"]],
        )  # fmt: skip


def _limits(now: datetime) -> dict[str, str]:
    return {"idle": to_text(now - IDLE), "oldest": to_text(now - ABSOLUTE)}
