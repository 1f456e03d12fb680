"""Words for a named person outside the treatment team. Asked by who they are, never by their role."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from server.clock import to_text
from server.domain.people import Staff
from server.errors import NotFoundError
from server.store.database import Database, Row
from server.store.keys import Keys
from server.store.transaction import Transaction

# Whoever guides, or guided, anybody in the study is inside the treatment team, whatever else they are.
_GUIDES = (
    "EXISTS (SELECT 1 FROM facilitator_facts f JOIN participants p ON p.id = f.participant_id"
    " WHERE p.study_id = :study AND f.staff_id = :viewer)"
)
_NAMED = "EXISTS (SELECT 1 FROM studies s WHERE s.id = :study AND s.outside_staff_id = :viewer)"
# What was meant for one person is not read by whoever is named after them; what came while nobody
# was named waits for the next.
_THEIRS = (
    f"m.study_id = :study AND NOT {_GUIDES}"
    f" AND (m.staff_id = :viewer OR (m.staff_id IS NULL AND {_NAMED}))"
)


@dataclass(frozen=True)
class Words:
    """What somebody wrote, and how they would like to be answered (empty: not at all)."""

    words: str
    reply: str


@dataclass(frozen=True)
class Untold:
    """A person whom a mail has to tell that something waits, and the ids of what waits, oldest first."""

    staff_id: str
    email: str
    ids: tuple[str, ...]


def add(
    tx: Transaction, keys: Keys, message_id: str, study_id: str, participant_id: str, inside: Words
) -> None:
    """Seal and keep for whoever is named now. The audit trail learns that there is one, not what it says."""
    plain = json.dumps(asdict(inside), ensure_ascii=False).encode()
    tx.add("outside_messages", {
        "id": message_id, "study_id": study_id, "participant_id": participant_id,
        "staff_id": tx.db.value("SELECT outside_staff_id FROM studies WHERE id = ?", [study_id]),
        "sealed": keys.contact.encrypt(plain, _place(message_id)), "received_at": tx.at_text,
    })  # fmt: skip


def named(db: Database, study_id: str) -> Row | None:
    """Return `id, name` of the person whom participants are told of, None while there is nobody."""
    row = db.one(
        "SELECT p.id, p.name FROM studies s JOIN staff p ON p.id = s.outside_staff_id"
        " WHERE s.id = ? AND p.disabled_at IS NULL",
        [study_id],
    )
    return None if row and guides(db, study_id, row["id"]) else row


def is_named(db: Database, study_id: str, staff_id: str) -> bool:
    """Whether this is the person whom the study names, whatever else they are."""
    sql = "SELECT 1 FROM studies WHERE id = ? AND outside_staff_id = ?"
    return db.value(sql, [study_id, staff_id]) is not None


def candidates(db: Database, study_id: str) -> list[Row]:
    """Return `id, name` of whoever may be named: a role here, an address, and nobody to guide."""
    rows = db.all(
        "SELECT DISTINCT p.id, p.name FROM staff p JOIN staff_roles r ON r.staff_id = p.id"
        " WHERE r.study_id = ? AND r.revoked_at IS NULL AND p.disabled_at IS NULL"
        " AND p.email IS NOT NULL ORDER BY p.name, p.id",
        [study_id],
    )
    return [row for row in rows if not guides(db, study_id, row["id"])]


def guides(db: Database, study_id: str, staff_id: str) -> bool:
    """Whether somebody guides, or guided, any participant of the study, or may be asked to."""
    facilitates = db.value(
        "SELECT 1 FROM staff_roles WHERE study_id = ? AND staff_id = ? AND role = 'facilitator'"
        " AND revoked_at IS NULL",
        [study_id, staff_id],
    )
    return bool(
        facilitates or db.value(f"SELECT {_GUIDES}", {"study": study_id, "viewer": staff_id})
    )


def receives(db: Database, viewer: Staff) -> bool:
    """Whether this very person receives, or received, such words in the study looked at."""
    now = db.value(f"SELECT {_NAMED} AND NOT {_GUIDES}", _who(viewer))
    return bool(
        now or db.value(f"SELECT 1 FROM outside_messages m WHERE {_THEIRS} LIMIT 1", _who(viewer))
    )


def of(db: Database, keys: Keys, viewer: Staff) -> list[Row]:
    """Return `id, participant_id, code, received_at, read_at, words, reply`.

    The newest first; none for anybody else.
    """
    rows = db.all(
        "SELECT m.id, m.participant_id, m.sealed, m.received_at, m.read_at, p.code FROM outside_messages m"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE {_THEIRS} ORDER BY m.received_at DESC, m.id",
        _who(viewer),
    )
    return [{**row, **_opened(keys, row)} for row in rows]


def unread(db: Database, viewer: Staff) -> int:
    """Return how many of this person's have not been marked as read."""
    return int(
        db.value(
            f"SELECT COUNT(*) FROM outside_messages m WHERE m.read_at IS NULL AND {_THEIRS}",
            _who(viewer),
        )
    )


def mark_read(tx: Transaction, viewer: Staff, message_id: str) -> None:
    """Note that it was read; NotFoundError when it is not there or not for this person."""
    found = tx.db.value(
        f"SELECT m.id FROM outside_messages m WHERE m.id = :message AND {_THEIRS}",
        {"message": message_id, **_who(viewer)},
    )
    if found is None:
        raise NotFoundError("There is no such message.")
    tx.change("outside_messages", message_id, {"read_at": tx.at_text, "read_by": viewer.id})


def untold(db: Database, now: datetime) -> list[Untold]:
    """Return whom a mail has to tell now: one mail each, however many wait."""
    rows = db.all(
        "SELECT m.id, p.id AS staff_id, p.email FROM outside_messages m"
        " JOIN studies s ON s.id = m.study_id"
        " JOIN staff p ON p.id = COALESCE(m.staff_id, s.outside_staff_id)"
        " WHERE m.told_at IS NULL AND m.read_at IS NULL AND p.disabled_at IS NULL"
        " AND p.email IS NOT NULL AND (m.tell_again_at IS NULL OR m.tell_again_at <= :now)"
        " ORDER BY m.received_at, m.id",
        {"now": to_text(now)},
    )
    found: dict[str, Untold] = {}
    for row in rows:
        before = found[row["staff_id"]].ids if row["staff_id"] in found else ()
        found[row["staff_id"]] = Untold(row["staff_id"], row["email"], (*before, row["id"]))
    return list(found.values())


def told(tx: Transaction, ids: Sequence[str]) -> None:
    """Note that a mail said that these wait."""
    for each in ids:
        tx.change("outside_messages", each, {"told_at": tx.at_text})


def tell_again(tx: Transaction, ids: Sequence[str], at: datetime) -> None:
    """Let the mail about these be tried again then: it did not leave."""
    for each in ids:
        tx.change("outside_messages", each, {"tell_again_at": to_text(at)})


def _who(viewer: Staff) -> dict[str, str]:
    return {"study": viewer.study_id, "viewer": viewer.id}


def _opened(keys: Keys, row: Row) -> dict[str, str]:
    inside: dict[str, str] = json.loads(
        keys.contact.decrypt(bytes(row["sealed"]), _place(row["id"]))
    )
    return inside


def _place(message_id: str) -> str:
    return f"outside/{message_id}"
