"""Which SQLite is let in, and how every connection is set."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from server.errors import ConfigError
from server.store.database import Database, require_sound_sqlite, sqlite3


@pytest.mark.parametrize("version", ["3.40.1", "3.45.0", "3.51.2", "3.7.0"])
def test_t1_a_sqlite_that_may_corrupt_the_file_is_refused_by_name(version: str):
    with pytest.raises(ConfigError, match=rf"SQLite {version}.*3\.51\.3.*pysqlite3"):
        require_sound_sqlite(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.52.0", "3.53.4", "4.0.0"])
def test_t1_a_sound_one_is_let_in(version: str):
    require_sound_sqlite(version)


def test_t1_the_library_in_use_is_a_sound_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    require_sound_sqlite(sqlite3.sqlite_version)


def test_t5_every_connection_of_every_thread_is_set_alike(db: Database):
    seen: list[tuple[object, ...]] = []
    wanted = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "mmap_size")

    def look() -> None:
        seen.append(tuple(db.value(f"PRAGMA {name}") for name in wanted))
        db.close()

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    look()
    # synchronous 2 is FULL
    assert set(seen) == {("wal", 2, 1, 5000, 0)}


def test_no_connection_is_carried_over_a_fork(db: Database):
    """A child that shared SQLite's notes about the file would write without the locks it needs."""
    mine = db.connection
    child = os.fork()
    if child == 0:
        fresh = db.connection is not mine and db.value("SELECT 1") == 1
        os._exit(0 if fresh else 1)
    assert os.waitpid(child, 0)[1] == 0
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        mine.execute("SELECT 1")
    assert db.value("SELECT 1") == 1


def test_a_copy_at_rest_is_looked_at_and_never_changed(db: Database, tmp_path: Path):
    copy = tmp_path / "copy.db"
    db.connection.execute("VACUUM INTO ?", [str(copy)])
    before = copy.read_bytes()
    looked = Database(copy, read_only=True)
    assert looked.value("SELECT value FROM settings WHERE name = 'mode'") == "demo"
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        looked.connection.execute("DELETE FROM settings")
    looked.close()
    assert copy.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "data"]
