"""Connections to the one SQLite file: gated by version, one per thread, safe settings on each."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import sqlite_utils
from sqlite_utils.utils import sqlite3  # pysqlite3 where it is installed, else the standard module

from server.errors import BusyError, ConfigError

__all__ = ["Database", "Params", "Row", "require_sound_sqlite", "sqlite3"]

Row = dict[str, Any]
Params = Mapping[str, Any] | Sequence[Any]

# Below this, two connections that write and checkpoint at once may corrupt the file (WAL reset bug).
OLDEST_SQLITE = (3, 51, 3)
BUSY_MS = 5_000


def require_sound_sqlite(version: str = sqlite3.sqlite_version) -> None:
    """Refuse a SQLite that may corrupt the file.

    Raises:
        ConfigError: the library is too old; the message says how to get a newer one.

    """
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE))
        message = (
            f"SQLite {version} may corrupt a database that web and worker write together; "
            f"{wanted} or newer is needed. Install it with: pip install pysqlite3"
        )
        raise ConfigError(message)


def version() -> str:
    """Return which SQLite is in use."""
    return str(sqlite3.sqlite_version)


# Every Database of this process, so that none is open while it forks.
_KNOWN: weakref.WeakSet[Database] = weakref.WeakSet()


class Database:
    """The database file. Reads are free; writing needs a `transaction`.

    Each thread has its own connection (pysqlite3 shares none), kept open until the thread ends.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Name the file. `read_only`: a copy at rest, which nobody writes while it is looked at."""
        require_sound_sqlite()
        self.path = path
        self.read_only = read_only
        _KNOWN.add(self)
        self._local = threading.local()

    @property
    def connection(self) -> Any:
        """This thread's connection, opened at first use (and anew in a forked child)."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.connection = (_look_at if self.read_only else _connect)(self.path)
            self._local.pid = os.getpid()
        return self._local.connection

    @property
    def utils(self) -> sqlite_utils.Database:
        """The same connection in sqlite-utils' hands: migrations, tables, schema."""
        return sqlite_utils.Database(self.connection, execute_plugins=False)

    def all(self, sql: str, params: Params = ()) -> list[Row]:
        """Return every row as a dict."""
        cursor = _run(self.connection, sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str, params: Params = ()) -> Row | None:
        """Return the first row as a dict, or None."""
        cursor = _run(self.connection, sql, params)
        row = cursor.fetchone()
        if row is None:
            return None
        return dict(zip((column[0] for column in cursor.description), row, strict=True))

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return the first column of the first row, or None."""
        row = _run(self.connection, sql, params).fetchone()
        return None if row is None else row[0]

    def close_if_idle(self) -> None:
        """Close this thread's connection unless it is in the middle of a transaction."""
        mine = getattr(self._local, "pid", None) == os.getpid()
        if mine and not self._local.connection.in_transaction:
            self.close()

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.connection.close()
            del self._local.pid


def _close_before_fork() -> None:
    """Close what this thread has open: SQLite's locks are not inherited, but its belief in them is.

    A child that shared the parent's notes about the file would think itself protected when it is
    not, and the log could be reset under it.
    """
    for database in list(_KNOWN):
        database.close_if_idle()


os.register_at_fork(before=_close_before_fork)


def _run(connection: Any, sql: str, params: Params) -> Any:
    try:
        return connection.execute(sql, params)
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            message = "The database is busy; nothing was changed. Try again in a moment."
            raise BusyError(message) from error
        raise


def _connect(path: Path) -> Any:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(str(path), isolation_level=None, timeout=BUSY_MS / 1000)
    for pragma in (
        "journal_mode=WAL",
        # An acknowledged answer must survive a power cut; NORMAL loses it.
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=OFF",
        # Pages are kept in our own memory; mapping the file would let a bad disk crash us.
        "mmap_size=0",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return cast("Any", connection)


def _look_at(path: Path) -> Any:
    """Open a copy at rest: nothing is created beside it, nothing in it can change."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.isolation_level = None
    connection.execute("PRAGMA trusted_schema=OFF")
    return cast("Any", connection)
