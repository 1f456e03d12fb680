"""Verify the whole store, and compare it with what lies outside of it: the slips of its backups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.actions.context import Context
from server.errors import IntegrityError
from server.store import audit, manifest, verification
from server.store.verification import Head


@dataclass(frozen=True, slots=True)
class Verified:
    """A sound store, and against how many slips it was held."""

    head: Head
    anchors: int

    @property
    def summary(self) -> str:
        return (
            f"Sound: {self.head.audit_seq} audit entries, each row as it was written, "
            f"{self.head.envelope_seq} envelopes; agrees with {self.anchors} backups.\n"
            f"Head of the trail: {self.head.audit_hash}"
        )


def verify_store(context: Context) -> Verified:
    """Check pages, links, triggers, trail and rows; then the trail against the backups' slips.

    The chain by itself cannot see that its end was cut off, or that an old copy was put in place;
    a slip that lies outside of the database can.

    Raises:
        IntegrityError: something is not as it was written; names the last backup known to be good.

    """
    folders = [context.config.data / "backups", context.config.backup]
    slips = [slip for folder in folders if folder for slip in manifest.all_in(folder)]
    try:
        head = verification.verify(context.db)
        return Verified(head, sum(_agrees(context, head, slip) for slip in slips))
    except IntegrityError as error:
        raise IntegrityError(f"{error}. {_last_good(folders)}") from error


def _agrees(context: Context, head: Head, slip: manifest.Manifest) -> bool:
    """Whether a slip of this database's own life agrees; of another life it says nothing."""
    if slip.epoch != head.epoch:
        return False
    if audit.hash_at(context.db, slip.audit_seq) != slip.audit_hash:
        message = (
            f"the trail does not hold what the backup {slip.file} saw at entry {slip.audit_seq}: "
            "its end was cut off, or an older database was put in place"
        )
        raise IntegrityError(message)
    return True


def _last_good(folders: list[Path | None]) -> str:
    files = [file for folder in folders if folder for file in folder.glob("attune-*.db")]
    for file in sorted(files, key=lambda each: each.name, reverse=True):
        try:
            if manifest.matching(file) is not None:
                return f"The last good backup is {file}: ./attune restore {file}"
        except IntegrityError:
            continue
    return "There is no backup in the backup folders."
