"""Outgoing messages: one row each, claimed with a lease, sent, settled by whoever still holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.clock import to_text
from server.domain.people import Viewer
from server.domain.reminders import PlannedMessage
from server.ids import derived_id
from server.store.audit import WHOLE_ROW
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import Clause, participants_seen, unrated

State = Literal["due", "claimed", "sent", "failed", "expired", "cancelled", "unknown"]
# What may be claimed: due and not put off, left over by a dead or stuck worker, or to be asked once
# more after an unclear end. An unclear end that was asked twice has no retry_at and stays.
CLAIMABLE = """
m.state IN ('due', 'claimed', 'unknown') AND m.due_at <= :now AND (
    (m.state = 'due' AND (m.retry_at IS NULL OR m.retry_at <= :now))
    OR (m.state = 'claimed' AND m.lease_until <= :now)
    OR (m.state = 'unknown' AND m.retry_at <= :now))
"""
_SHOWN = (
    "m.id, m.participant_id, p.code, m.kind, m.channel, m.due_at, m.expires_at, m.local_moment,"
    " m.state, m.attempts, m.retry_at, m.settled_at, m.error"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message in one worker's hands; settled only while worker and try are still these."""

    id: str
    participant_id: str
    kind: str
    assessment_ids: tuple[str, ...]
    due_at: str
    expires_at: str
    worker: str
    attempt: int
    asked_again: bool
    abandoned: bool
    alert_id: str | None = None


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return a participant's messages, earliest first; what they were about is not among it.

    A reminder that was not needed any more tells that a form was answered: see `unrated`.
    """
    sql, params = _seen(viewer)
    return db.all(
        f"SELECT {_SHOWN} FROM messages m JOIN participants p ON p.id = m.participant_id"
        f" WHERE p.id = :participant AND {sql} ORDER BY m.due_at, m.id",
        {"participant": participant_id, **params},
    )


def failed(db: Database, viewer: Viewer, limit: int = 200) -> list[Row]:
    """Return what did not arrive, or may not have: failed, expired, unknown; the latest first."""
    sql, params = _seen(viewer)
    return db.all(
        f"SELECT {_SHOWN} FROM messages m JOIN participants p ON p.id = m.participant_id"
        f" WHERE m.state IN ('failed', 'expired', 'unknown') AND {sql}"
        " ORDER BY COALESCE(m.settled_at, m.due_at) DESC, m.id LIMIT :limit",
        {"limit": limit, **params},
    )


def struggling(db: Database, viewer: Viewer) -> list[Row]:
    """Return what is late because its last try did not work; it will be tried again."""
    sql, params = _seen(viewer)
    return db.all(
        f"SELECT {_SHOWN} FROM messages m JOIN participants p ON p.id = m.participant_id"
        f" WHERE m.state = 'due' AND m.error <> '' AND {sql} ORDER BY m.due_at, m.id",
        params,
    )


def _seen(viewer: Viewer) -> Clause:
    people, params = participants_seen(viewer)
    blind, more = unrated(viewer, "p.id")
    return f"{people} AND {blind}", {**params, **more}


def one(db: Database, message_id: str) -> Row | None:
    """Return a bare row; None when there is no such message."""
    return db.one("SELECT * FROM messages WHERE id = ?", [message_id])


def stored(db: Database, participant_id: str) -> dict[str, Row]:
    """Return a participant's bare reminder rows by id, for reconciling."""
    rows = db.all(
        "SELECT * FROM messages WHERE participant_id = ? AND kind = 'reminder'", [participant_id]
    )
    return {row["id"]: row for row in rows}


def add(tx: Transaction, participant_id: str, planned: PlannedMessage) -> None:
    """Store a planned message as due; one audit entry holds the whole row."""
    row = {
        "id": planned.id,
        "participant_id": participant_id,
        "kind": planned.kind,
        "channel": planned.channel,
        "due_at": to_text(planned.due_at),
        "expires_at": to_text(planned.expires_at),
        "local_moment": planned.local_moment,
        "assessment_ids": json.dumps(list(planned.assessment_ids)),
        "state": "due",
    }
    tx.record("messages", row, planned.id)


def add_call(
    tx: Transaction, participant_id: str, alert_id: str, channel: str, expires_at: datetime
) -> None:
    """Store a message, due at once, that calls whoever is on duty to an alert."""
    row = {
        "id": derived_id("call", alert_id),
        "participant_id": participant_id,
        "kind": "alert",
        "channel": channel,
        "due_at": tx.at_text,
        "expires_at": to_text(expires_at),
        "local_moment": "",
        "alert_id": alert_id,
        "state": "due",
    }
    tx.record("messages", row, row["id"])


def called(db: Database, alert_id: str) -> bool:
    """Whether somebody was, or is being, called to this alert."""
    return db.value("SELECT 1 FROM messages WHERE alert_id = ?", [alert_id]) is not None


def call_again(tx: Transaction, study_id: str) -> None:
    """Let calls that failed be tried anew, as long as their alert stands: somebody else is on duty."""
    rows = tx.db.all(
        "SELECT m.* FROM messages m JOIN alerts l ON l.id = m.alert_id"
        " WHERE l.study_id = ? AND l.settled_at IS NULL"
        " AND m.state IN ('failed', 'unknown', 'expired')",
        [study_id],
    )
    for row in rows:
        fresh = {"state": "due", "error": "", "retry_at": None, "settled_at": None}
        change(tx, row, fresh)


def change(tx: Transaction, old: Row, changes: Row) -> None:
    """Change a row; one audit entry holds it before and after, whole."""
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    tx.execute(
        f"UPDATE messages SET {sets} WHERE id = :row_id",
        {**changes, "row_id": old["id"]},
    )
    tx.note("messages", old["id"], WHOLE_ROW, {**old, **changes}, old)


def due_with(db: Database, assessment_id: str) -> list[Row]:
    """Return the messages not yet sent that remind of an assessment."""
    return db.all(
        "SELECT m.* FROM messages m JOIN assessments a ON a.participant_id = m.participant_id"
        " WHERE a.id = :assessment AND m.state = 'due'"
        " AND EXISTS (SELECT 1 FROM json_each(m.assessment_ids) i WHERE i.value = :assessment)",
        {"assessment": assessment_id},
    )


def any_claimable(db: Database, now: datetime) -> bool:
    """Whether there is anything to send: asked first, so that an idle worker writes nothing."""
    sql = f"SELECT 1 FROM messages m WHERE {CLAIMABLE} LIMIT 1"
    return db.value(sql, {"now": to_text(now)}) is not None


def claim(
    tx: Transaction, worker: str, lease_until: datetime, limit: int, again_note: str
) -> list[Claim]:
    """Take up to so many claimable messages for one worker until the lease ends.

    What calls the person on duty goes first, then what is due longest.
    `again_note` begins the error of a row whose last end was unclear.
    """
    rows = tx.db.all(
        f"SELECT m.* FROM messages m WHERE {CLAIMABLE}"
        " ORDER BY m.kind <> 'alert', m.due_at, m.id LIMIT :limit",
        {"now": tx.at_text, "limit": limit},
    )
    for row in rows:
        tx.execute(
            "UPDATE messages SET state = 'claimed', claimed_by = :worker, lease_until = :until,"
            " attempts = attempts + 1, retry_at = NULL WHERE id = :id",
            {"id": row["id"], "worker": worker, "until": to_text(lease_until)},
        )
        tx.note("messages", row["id"], "state", f"claimed by {worker}", row["state"])
    return [
        Claim(
            id=row["id"],
            participant_id=row["participant_id"],
            kind=row["kind"],
            assessment_ids=tuple(json.loads(row["assessment_ids"])),
            alert_id=row["alert_id"],
            due_at=row["due_at"],
            expires_at=row["expires_at"],
            worker=worker,
            attempt=row["attempts"] + 1,
            asked_again=row["state"] == "unknown" or row["error"].startswith(again_note),
            abandoned=row["state"] == "claimed",
        )
        for row in rows
    ]


def settle(
    tx: Transaction, claim: Claim, state: State, error: str = "", retry_at: datetime | None = None
) -> bool:
    """Write how a claim ended; False (and nothing written) when a later claim has taken it over."""
    ended = state not in {"due", "claimed"}
    changed = tx.execute(
        "UPDATE messages SET state = :state, error = :error, retry_at = :retry_at,"
        " settled_at = :settled_at, lease_until = NULL"
        " WHERE id = :id AND state = 'claimed' AND claimed_by = :worker AND attempts = :attempt",
        {
            "id": claim.id,
            "worker": claim.worker,
            "attempt": claim.attempt,
            "state": state,
            "error": error,
            "retry_at": to_text(retry_at) if retry_at else None,
            "settled_at": tx.at_text if ended else None,
        },
    )
    if changed:
        tx.note("messages", claim.id, "state", f"{state}: {error}" if error else state, "claimed")
    return bool(changed)


def left_between(db: Database, participant_id: str, since: datetime, until: datetime) -> int:
    """Return how many reminders left (or may have left) for someone in a span of time."""
    return int(
        db.value(
            "SELECT COUNT(*) FROM messages WHERE participant_id = :participant"
            " AND kind = 'reminder' AND state IN ('sent', 'unknown')"
            " AND settled_at >= :since AND settled_at < :until",
            {
                "participant": participant_id,
                "since": to_text(since),
                "until": to_text(until),
            },
        )
    )


def tests_since(db: Database, participant_id: str, since: str) -> int:
    """Return how many test messages were asked for since an instant (as it is stored)."""
    return int(
        db.value(
            "SELECT COUNT(*) FROM messages WHERE participant_id = ? AND kind = 'test'"
            " AND due_at >= ?",
            [participant_id, since],
        )
    )


def last_left_at(rows: Iterable[Row]) -> str:
    """Return when the last of these rows left, "" when none did."""
    left = (row["settled_at"] for row in rows if row["state"] in {"sent", "unknown"})
    return max(left, default="")


def overtaken(db: Database, claim: Claim, now: datetime) -> bool:
    """Whether a later reminder for the same person is due as well: it then says everything."""
    return db.value(
        "SELECT 1 FROM messages WHERE participant_id = :participant AND kind = 'reminder'"
        " AND id <> :id AND due_at > :due_at AND due_at <= :now AND expires_at > :now"
        " AND state IN ('due', 'claimed')",
        {
            "participant": claim.participant_id,
            "id": claim.id,
            "due_at": claim.due_at,
            "now": to_text(now),
        },
    ) is not None  # fmt: skip
