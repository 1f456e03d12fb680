"""The event that some forms are about, as each participant told it: sealed, for it may be a trauma."""

from __future__ import annotations

import json
from dataclasses import dataclass

from server.ids import new_id
from server.store.database import Database, Row
from server.store.keys import Keys
from server.store.transaction import Transaction


@dataclass(frozen=True)
class Event:
    """What happened, in the participant's words, and when, as closely as they said."""

    id: str
    words: str
    when: str

    @property
    def text(self) -> str:
        """Both, as a sentence of a form takes them in."""
        return f"{self.words} ({self.when})" if self.when else self.words


def known(db: Database, participant_id: str) -> bool:
    """Whether there is one, whoever asks: what it was, needs the key."""
    return _latest(db, participant_id) is not None


def known_of_study(db: Database, study_id: str) -> set[str]:
    """Return the ids of those in a study of whom there is one."""
    rows = db.all(
        "SELECT DISTINCT e.participant_id FROM event_facts e"
        " JOIN participants p ON p.id = e.participant_id WHERE p.study_id = ?",
        [study_id],
    )
    return {row["participant_id"] for row in rows}


def latest(db: Database, keys: Keys, participant_id: str) -> Event | None:
    """Return the event as it was last told, None when it never was.

    Raises:
        IntegrityError: it cannot be opened with this key.

    """
    row = _latest(db, participant_id)
    if row is None:
        return None
    inside = json.loads(keys.contact.decrypt(bytes(row["sealed"]), _place(participant_id)))
    return Event(row["id"], inside["words"], inside["when"])


def history(db: Database, participant_id: str) -> list[Row]:
    """Return when it was told and by whom, oldest first, never what: `id, recorded_at, recorded_by`."""
    return db.all(
        "SELECT id, response_id, recorded_at, recorded_by FROM event_facts"
        " WHERE participant_id = ? ORDER BY seq",
        [participant_id],
    )


def belongs(db: Database, participant_id: str, event_id: str) -> bool:
    """Whether this participant ever told this event."""
    return db.value(
        "SELECT 1 FROM event_facts WHERE id = ? AND participant_id = ?", [event_id, participant_id]
    ) is not None  # fmt: skip


def record(
    tx: Transaction,
    keys: Keys,
    participant_id: str,
    words: str,
    when: str,
    response_id: str | None = None,
) -> None:
    """Seal and add. An earlier one stays: forms that were answered about it keep their link to it.

    The audit trail learns that there is one (a digest of the seal), not what it says.
    """
    plain = json.dumps({"words": words, "when": when}, ensure_ascii=False).encode()
    tx.add(
        "event_facts",
        {
            "id": new_id(),
            "participant_id": participant_id,
            "sealed": keys.contact.encrypt(plain, _place(participant_id)),
            "response_id": response_id,
            "recorded_at": tx.at_text,
            "recorded_by": str(tx.actor),
        },
    )


def _latest(db: Database, participant_id: str) -> Row | None:
    return db.one(
        "SELECT id, sealed FROM event_facts WHERE participant_id = ? ORDER BY seq DESC LIMIT 1",
        [participant_id],
    )


def _place(participant_id: str) -> str:
    """Bind the seal to its place: contact data cannot be passed off as an event."""
    return f"event/{participant_id}"
