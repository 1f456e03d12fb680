"""Words for a named person outside the treatment team. Asked by who they are, never by their role."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from server.domain.people import Staff
from server.errors import NotFoundError
from server.store.database import Database, Row
from server.store.keys import Keys
from server.store.transaction import Transaction

# Whoever guides anybody in the study is inside the treatment team, whatever else they are.
_THEIRS = (
    "EXISTS (SELECT 1 FROM studies s WHERE s.id = :study AND s.outside_staff_id = :viewer)"
    " AND NOT EXISTS (SELECT 1 FROM facilitator_facts f JOIN participants p"
    " ON p.id = f.participant_id WHERE p.study_id = :study AND f.staff_id = :viewer)"
)


@dataclass(frozen=True)
class Words:
    """What somebody wrote, and how they would like to be answered (empty: not at all)."""

    words: str
    reply: str


def add(
    tx: Transaction, keys: Keys, message_id: str, study_id: str, participant_id: str, inside: Words
) -> None:
    """Seal and keep. The audit trail learns that there is one (a digest of the seal), not what it says."""
    plain = json.dumps(asdict(inside), ensure_ascii=False).encode()
    tx.add("outside_messages", {
        "id": message_id, "study_id": study_id, "participant_id": participant_id,
        "sealed": keys.contact.encrypt(plain, _place(message_id)), "received_at": tx.at_text,
    })  # fmt: skip


def receives(db: Database, viewer: Staff) -> bool:
    """Whether this very person receives such words in the study looked at."""
    return bool(db.value(f"SELECT {_THEIRS}", _who(viewer)))


def of(db: Database, keys: Keys, viewer: Staff) -> list[Row]:
    """Return `id, code, received_at, read_at, words, reply`, the newest first; none for anybody else."""
    rows = db.all(
        "SELECT m.id, m.sealed, m.received_at, m.read_at, p.code FROM outside_messages m"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE m.study_id = :study AND {_THEIRS} ORDER BY m.received_at DESC, m.id",
        _who(viewer),
    )
    return [{**row, **_opened(keys, row)} for row in rows]


def mark_read(tx: Transaction, viewer: Staff, message_id: str) -> None:
    """Note that it was read; NotFoundError when it is not there or not for this person."""
    found = tx.db.value(
        f"SELECT m.id FROM outside_messages m WHERE m.id = :message AND m.study_id = :study AND {_THEIRS}",
        {"message": message_id, **_who(viewer)},
    )
    if found is None:
        raise NotFoundError("There is no such message.")
    tx.change("outside_messages", message_id, {"read_at": tx.at_text, "read_by": viewer.id})


def _who(viewer: Staff) -> dict[str, str]:
    return {"study": viewer.study_id, "viewer": viewer.id}


def _opened(keys: Keys, row: Row) -> dict[str, str]:
    inside: dict[str, str] = json.loads(
        keys.contact.decrypt(bytes(row["sealed"]), _place(row["id"]))
    )
    return inside


def _place(message_id: str) -> str:
    return f"outside/{message_id}"
