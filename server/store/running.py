"""Who has the database in use: web and worker hold a shared lock, a restore wants it alone.

The lock is the kernel's: however a process dies, it lets go.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from server.errors import ConflictError

_NAME = "attune.running"


def hold(data: Path) -> IO[str]:
    """Declare that this process (and those it forks) uses the database, until it ends.

    Keep what is returned; closing it lets go.

    Raises:
        ConflictError: a restore is putting another database in place right now.

    """
    handle = _open(data)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.close()
        message = "A backup is being restored right now. Start again when it is done."
        raise ConflictError(message) from error
    return handle


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the database alone.

    Raises:
        ConflictError: web or worker is running.

    """
    with _open(data) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = "Attune is running on this data folder. Stop it first (Ctrl-C where it runs)."
            raise ConflictError(message) from error
        yield


def _open(data: Path) -> IO[str]:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (data / _NAME).open("a", encoding="utf-8")
