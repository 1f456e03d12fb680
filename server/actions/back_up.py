"""Write a verified copy of the database; the nightly one goes off this machine too, if one is named.

The site's own wordings lie beside it. The keys are not in it: whoever finds a backup can read no
envelope and no address with it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.actions.context import Context
from server.clock import to_text
from server.config import Config
from server.domain.people import Actor
from server.store import audit, backups, manifest, wordings_copy

KEPT = 14
_BACKER = Actor("system", "backup")


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished, verified copy. `away`: it lies on another machine, and receipts may say so."""

    file: Path
    digest: str
    envelope_seq: int
    audit_seq: int
    audit_hash: str
    away: bool
    wordings: int = 0


def back_up(context: Context, folder: Path | None = None) -> Backup:
    """Copy the database to `folder`, or to `data/backups` and on to ATTUNE_BACKUP if it is set.

    Only a copy in ATTUNE_BACKUP counts as lying off this machine; a folder on the data's own disk
    never does. Of the copies in the two standing folders the newest fourteen are kept.

    Raises:
        IntegrityError: the database is not sound; no copy is left behind, older ones stay.

    """
    if folder is not None:
        return _write(context, folder, away=_is_away(context.config, folder))
    made = _write(context, context.config.data / "backups", away=False)
    _keep_newest(context.config.data / "backups")
    if context.config.backup is None:
        return made
    made = _send(context, made, context.config.backup)
    _keep_newest(context.config.backup)
    return made


def _write(context: Context, folder: Path, *, away: bool) -> Backup:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(folder):
        _sweep(folder)
        now = context.clock.now()
        name = f"attune-{now:%Y%m%dT%H%M%S}Z-{audit.head(context.db)[0]:09d}.db"
        copy = backups.copy(context.db, folder / name)
        return _note(context, copy, away=away)


def _send(context: Context, made: Backup, folder: Path) -> Backup:
    """Carry a verified copy over and read it back from there."""
    with _locked(folder):
        _sweep(folder)
        part = folder / f"{made.file.name}.part"
        shutil.copyfile(made.file, part)
        part.chmod(0o600)
        backups.sync(part)
        head = backups.check(part)
        target = folder / made.file.name
        part.rename(target)
        backups.sync(folder)
        copy = backups.Copy(target, backups.digest(target), head)
        return _note(context, copy, away=_is_away(context.config, folder))


def _note(context: Context, copy: backups.Copy, *, away: bool) -> Backup:
    packed = wordings_copy.pack(context.config.site_wordings, copy.file)
    manifest.write(copy, to_text(context.clock.now()), tuple(sorted(context.keys.opening)), packed)
    with context.write(_BACKER, "the database was backed up") as tx:
        backups.add(tx, copy, away=away)
    head = copy.head
    return Backup(
        copy.file, copy.digest, head.envelope_seq, head.audit_seq, head.audit_hash, away,
        packed.files if packed else 0,
    )  # fmt: skip


def _is_away(config: Config, folder: Path) -> bool:
    """Whether it is the declared folder, and not after all a folder on the data's own disk."""
    if config.backup is None or folder.resolve() != config.backup.resolve():
        return False
    return _disk(folder) != _disk(config.data)


def _disk(folder: Path) -> int:
    return folder.stat().st_dev


def _keep_newest(folder: Path) -> None:
    for old in sorted(folder.glob("attune-*.db"))[:-KEPT]:
        old.unlink(missing_ok=True)
        manifest.path_of(old).unlink(missing_ok=True)
        wordings_copy.path_of(old).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what a killed backup left half-written."""
    for leftover in folder.glob("attune-*.part*"):
        leftover.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One backup at a time into one folder; the lock is the kernel's and dies with its holder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
