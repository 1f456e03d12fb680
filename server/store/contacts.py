"""Names and addresses, apart from everything else and sealed: no reading without the contact key."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from server.store.database import Database
from server.store.keys import ContactKey, Keys
from server.store.transaction import Transaction


@dataclass(frozen=True)
class Contact:
    """How to reach a participant. Never in an export, a log or an audit detail."""

    name: str = ""
    email: str = ""
    phone: str = ""


def read(db: Database, keys: Keys, participant_id: str) -> Contact:
    """Return the contact data; an empty Contact when there are none.

    Raises:
        IntegrityError: they cannot be opened with this key.

    """
    sealed = db.value("SELECT sealed FROM contacts WHERE participant_id = ?", [participant_id])
    if sealed is None:
        return Contact()
    return Contact(**json.loads(keys.contact.decrypt(bytes(sealed), participant_id)))


def opens(db: Database, key: ContactKey) -> bool:
    """Whether there are contact data, and this key opens them.

    Raises:
        IntegrityError: there are, and it does not.

    """
    row = db.one("SELECT participant_id, sealed FROM contacts ORDER BY updated_at DESC LIMIT 1")
    if row is None:
        return False
    key.decrypt(bytes(row["sealed"]), row["participant_id"])
    return True


def write(tx: Transaction, keys: Keys, participant_id: str, contact: Contact) -> None:
    """Seal and store. The audit trail learns that they changed (a digest of the seal), not to what."""
    plain = json.dumps(asdict(contact), ensure_ascii=False).encode()
    row = {"sealed": keys.contact.encrypt(plain, participant_id), "updated_at": tx.at_text}
    stands = tx.db.value("SELECT 1 FROM contacts WHERE participant_id = ?", [participant_id])
    if stands:
        tx.change("contacts", participant_id, row, key="participant_id")
    else:
        tx.add("contacts", {"participant_id": participant_id, **row}, key="participant_id")
