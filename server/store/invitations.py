"""Invitations to bind a phone, and the tries at codes that the limit by address counts."""

from __future__ import annotations

from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction


def add(tx: Transaction, row: Row) -> None:
    """Add an invitation: `participant_id, kind, token_digest, code_digest, expires_at, tries_left`.

    Those of this participant that are still open expire now: one way in at a time.
    """
    for old in open_of(tx.db, row["participant_id"], tx.at_text):
        tx.change("invitations", old["id"], {"expires_at": tx.at_text})
    whole = {"id": new_id(), **row, "created_at": tx.at_text, "created_by": str(tx.actor)}
    tx.add("invitations", whole)


def open_of(db: Database, participant_id: str, now: str) -> list[Row]:
    """Return a participant's invitations that could still be used, without their digests."""
    return db.all(
        "SELECT id, kind, created_at, expires_at, tries_left FROM invitations"
        " WHERE participant_id = ? AND consumed_at IS NULL AND expires_at > ? AND tries_left > 0",
        [participant_id, now],
    )


def by_token(db: Database, digest: str, now: str) -> Row | None:
    """Return the usable home invitation of this link."""
    return _usable(db, "kind = 'home' AND token_digest = ?", digest, now)


def by_code(db: Database, digest: str, now: str) -> Row | None:
    """Return the usable clinic invitation of this code."""
    return _usable(db, "kind = 'clinic' AND code_digest = ?", digest, now)


def miss(tx: Transaction, invitation: Row) -> None:
    """A wrong code was typed for this link: one try fewer."""
    left = int(invitation["tries_left"]) - 1
    tx.change("invitations", invitation["id"], {"tries_left": left})


def consume(tx: Transaction, invitation: Row) -> None:
    """It bound a phone and never binds another."""
    tx.change("invitations", invitation["id"], {"consumed_at": tx.at_text})


def note_try(tx: Transaction, address: str, *, succeeded: bool) -> None:
    """Count a try at a code from this network address."""
    try_id = new_id()
    row = {"id": try_id, "at": tx.at_text, "address": address, "succeeded": int(succeeded)}
    tx.record("join_tries", row, try_id)


def misses_since(db: Database, address: str, instant: str) -> list[str]:
    """Return when wrong codes came from this address since an instant, oldest first."""
    rows = db.all(
        "SELECT at FROM join_tries WHERE address = ? AND at > ? AND succeeded = 0 ORDER BY at",
        [address, instant],
    )
    return [str(row["at"]) for row in rows]


def _usable(db: Database, condition: str, digest: str, now: str) -> Row | None:
    return db.one(
        f"SELECT * FROM invitations WHERE {condition}"
        " AND consumed_at IS NULL AND expires_at > ? AND tries_left > 0",
        [digest, now],
    )
