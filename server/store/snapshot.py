"""Write `schema.sql` anew from the migrations: `python -m server.store.snapshot`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from server.store.database import Database
from server.store.migrations import migrate, snapshot

FILE = Path(__file__).with_name("schema.sql")


def drawn() -> str:
    """Return the schema that the migrations make of an empty file."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "empty.db")
        try:
            migrate(db)
            return snapshot(db)
        finally:
            db.close()


if __name__ == "__main__":
    FILE.write_text(drawn(), encoding="utf-8")
