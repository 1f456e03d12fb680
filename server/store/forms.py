"""Published forms: static pages by the digest of their bytes; a page once published never changes."""

from __future__ import annotations

from typing import Any

from server.store.database import Database, Row
from server.store.transaction import Transaction


def has(db: Database, digest: str) -> bool:
    """Return whether this page was published."""
    return db.value("SELECT 1 FROM forms WHERE hash = ?", [digest]) is not None


def html(db: Database, digest: str) -> bytes | None:
    """Return a page's bytes, None when it was never published here."""
    return db.value("SELECT html FROM forms WHERE hash = ?", [digest])  # type: ignore[no-any-return]


def one(db: Database, digest: str) -> Row | None:
    """Return what a page shows: instrument, its version, wording, language (not the bytes)."""
    return db.one(
        "SELECT hash, instrument, instrument_version, wording, language, published_at"
        " FROM forms WHERE hash = ?",
        [digest],
    )


def latest(db: Database, instrument: str, language: str) -> str | None:
    """Return the page published last for an instrument in a language; English when there is none."""
    found = db.value(
        "SELECT hash FROM forms WHERE instrument = :instrument AND language IN (:language, 'en')"
        " ORDER BY language = :language DESC, published_at DESC, rowid DESC LIMIT 1",
        {"instrument": instrument, "language": language},
    )
    return None if found is None else str(found)


def add(tx: Transaction, row: dict[str, Any]) -> None:
    """Publish a page: `hash, instrument, instrument_version, wording, language, html`."""
    tx.insert("forms", {**row, "published_at": tx.at_text})
    tx.note("forms", row["hash"], "wording", row["wording"])
