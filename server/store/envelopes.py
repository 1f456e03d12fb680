"""The envelope log: what arrived, verbatim and in order, and what became of each at its opening."""

from __future__ import annotations

from collections.abc import Sequence

from server.domain.people import Viewer
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import assessments_seen, participants_seen, unrated


def add(tx: Transaction, row: Row) -> int:
    """Keep an envelope and return its place in the log.

    The row is `id, digest, body, device_id, via`, and `staff_id` where staff entered what lies in it.
    """
    seq = last(tx.db) + 1
    tx.record("envelopes", {"seq": seq, **row, "received_at": tx.at_text}, str(seq))
    return seq


def last(db: Database) -> int:
    """Return the place of the newest envelope, 0 when there is none."""
    return int(db.value("SELECT COALESCE(MAX(seq), 0) FROM envelopes"))


def same(db: Database, envelope_id: str, digest: str) -> Row | None:
    """Return the envelope of this id with these very bytes, without its body."""
    return db.one(
        "SELECT seq, id, digest, device_id, received_at FROM envelopes WHERE id = ? AND digest = ?",
        [envelope_id, digest],
    )


def earlier_with_id(db: Database, envelope_id: str, seq: int) -> bool:
    """Whether another envelope of this id, with other bytes, lies before this place."""
    sql = "SELECT 1 FROM envelopes WHERE id = ? AND seq < ?"
    return db.value(sql, [envelope_id, seq]) is not None


def one(db: Database, seq: int) -> Row | None:
    """Return the envelope at this place with its body."""
    return db.one("SELECT * FROM envelopes WHERE seq = ?", [seq])


def from_unknown_since(db: Database, instant: str) -> tuple[int, int]:
    """Return how many envelopes, and bytes, came without a known phone since this instant."""
    row = db.one(
        "SELECT COUNT(*) AS n, COALESCE(SUM(LENGTH(body)), 0) AS bytes FROM envelopes"
        " WHERE device_id IS NULL AND staff_id IS NULL AND received_at >= ?",
        [instant],
    )
    return (int(row["n"]), int(row["bytes"])) if row else (0, 0)


def waiting(db: Database) -> list[int]:
    """Return the places of all envelopes that nobody opened yet, oldest first."""
    rows = db.all(
        "SELECT e.seq FROM envelopes e LEFT JOIN openings o ON o.envelope_seq = e.seq"
        " WHERE o.envelope_seq IS NULL ORDER BY e.seq"
    )
    return [int(row["seq"]) for row in rows]


def of_device(db: Database, device_id: str, ids: Sequence[str]) -> list[Row]:
    """Return those of these envelopes that this phone delivered, without their bodies."""
    marks = ", ".join("?" * len(ids))
    return db.all(
        "SELECT seq, id, digest, device_id, received_at FROM envelopes"
        f" WHERE device_id = ? AND id IN ({marks}) ORDER BY seq",
        [device_id, *ids],
    )


def count_by_device(db: Database, viewer: Viewer, participant_id: str) -> dict[str, Row]:
    """Return, by phone, how many envelopes came from its app, and what the phone said of them last.

    `delivered` is ours; `told_sealed` and `told_waiting` are the phone's (none: it never said), which
    must agree: sealed = delivered + waiting. A count tells whether somebody was rated, so it is for
    those who may know that; words for somebody outside the team are in none of the three.
    """
    clause, params = participants_seen(viewer)
    blind, more = unrated(viewer, "p.id")
    rows = db.all(
        "SELECT d.id, d.told_sealed, d.told_waiting, d.told_at, COUNT(DISTINCT e.id) AS delivered"
        " FROM devices d JOIN participants p ON p.id = d.participant_id"
        " LEFT JOIN envelopes e ON e.device_id = d.id AND e.via = 'phone'"
        " AND e.id NOT IN (SELECT id FROM outside_messages)"
        f" WHERE d.participant_id = :participant AND {blind} AND {clause} GROUP BY d.id",
        {"participant": participant_id, **params, **more},
    )
    return {row["id"]: row for row in rows}


def opening(db: Database, seq: int) -> Row | None:
    """Return what became of the envelope at this place; None while it waits."""
    return db.one("SELECT * FROM openings WHERE envelope_seq = ?", [seq])


def add_opening(tx: Transaction, row: Row) -> None:
    """Tell what became of an envelope: `envelope_seq, outcome, reason, detail, …`."""
    whole = {
        "reason": "", "detail": "", "participant_id": None, "assessment_id": None, **row,
        "opened_at": tx.at_text,
    }  # fmt: skip
    tx.record("openings", whole, str(row["envelope_seq"]))


def quarantined(db: Database, viewer: Viewer) -> list[Row]:
    """Return what was kept apart, with its reason, newest first; what it says stays sealed.

    Whatever was about a facilitator is hidden as an answer would be; what names no assessment that
    we know might be, so only who sees alliance is told of it.
    """
    people, params = participants_seen(viewer)
    clause, more = assessments_seen(viewer)
    blind, also = unrated(viewer, "p.id")
    return db.all(
        "SELECT o.envelope_seq, o.reason, o.detail, o.participant_id, o.assessment_id,"
        " o.opened_at, e.id, e.received_at, e.via, e.device_id, p.code FROM openings o"
        " JOIN envelopes e ON e.seq = o.envelope_seq"
        " JOIN participants p ON p.id = o.participant_id"
        " LEFT JOIN assessments a ON a.id = o.assessment_id"
        f" WHERE o.outcome = 'quarantined' AND {people}"
        f" AND ((a.id IS NULL AND {blind}) OR (a.id IS NOT NULL AND {clause}))"
        " ORDER BY o.envelope_seq DESC",
        {**params, **more, **also},
    )
