"""Studies: one row each, with the protocol they follow and whom participants can call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from server.errors import NotFoundError
from server.store.database import Database, Row
from server.store.transaction import Transaction


def one(db: Database, study_id: str) -> Row:
    """Return a study with its help contacts as a list, its scoring choices by instrument.

    Raises:
        NotFoundError: there is no such study.

    """
    return _found(db.one("SELECT * FROM studies WHERE id = ?", [study_id]))


def of_participant(db: Database, participant_id: str) -> Row:
    """Return the study that a participant is in; NotFoundError when there is no such participant."""
    return _found(
        db.one(
            "SELECT s.* FROM studies s JOIN participants p ON p.study_id = s.id WHERE p.id = ?",
            [participant_id],
        )
    )


def every(db: Database) -> list[Row]:
    """Return all studies by code."""
    return [_read(row) for row in db.all("SELECT * FROM studies ORDER BY code")]


def add(tx: Transaction, study: Row, help_contacts: Sequence[dict[str, Any]] = ()) -> None:
    """Add a study: `id, code, title, protocol, protocol_version, synthetic`, and how to be reached.

    `help_contacts` are `{label, phone, hours, note}`; `team_name`, `team_phone`, `team_hours` may
    stand in `study`.
    """
    contacts = json.dumps(list(help_contacts), ensure_ascii=False)
    tx.add("studies", {**study, "help_contacts": contacts, "created_at": tx.at_text})


def change(tx: Transaction, study_id: str, changes: Row) -> None:
    """Change how the study is reached: `team_name, team_phone, team_hours, help_contacts` (JSON),
    `duty_name, duty_email, duty_phone`; or `scoring` (JSON), its choices where sources disagree.
    """
    tx.change("studies", study_id, changes)


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFoundError("There is no such study.")
    return _read(row)


def _read(row: Row) -> Row:
    return {**row, "help_contacts": json.loads(row["help_contacts"]),
            "scoring": json.loads(row["scoring"]),
            "ethics_contact": json.loads(row["ethics_contact"])}  # fmt: skip
