"""The slip beside each backup: what is in it, by which digest, and where the trail's head stood."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from server.errors import IntegrityError
from server.store.backups import Copy, digest, sync
from server.store.wordings_copy import Packed


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `keys` names the opening keys that its envelopes may need.

    `wordings_sha256` is of the site's own wordings beside it, empty where there were none.
    """

    file: str
    sha256: str
    at: str
    epoch: str
    envelope_seq: int
    audit_seq: int
    audit_hash: str
    keys: tuple[str, ...]
    wordings_sha256: str = ""
    wordings: int = 0


def write(copy: Copy, at: str, keys: tuple[str, ...], packed: Packed | None = None) -> Path:
    """Write the slip beside a copy, whole or not at all."""
    head = copy.head
    slip = Manifest(
        copy.file.name, copy.digest, at, head.epoch, head.envelope_seq, head.audit_seq,
        head.audit_hash, keys, packed.sha256 if packed else "", packed.files if packed else 0,
    )  # fmt: skip
    target = path_of(copy.file)
    part = target.with_name(target.name + ".part")
    part.write_text(json.dumps(asdict(slip), indent=1) + "\n", encoding="utf-8")
    part.chmod(0o600)
    sync(part)
    part.rename(target)
    sync(target.parent)
    return target


def of(file: Path) -> Manifest | None:
    """Return the slip of a backup, None when it has none.

    Raises:
        IntegrityError: it cannot be read.

    """
    slip = path_of(file)
    if not slip.exists():
        return None
    try:
        found = json.loads(slip.read_text(encoding="utf-8"))
        return Manifest(**{**found, "keys": tuple(found["keys"])})
    except (ValueError, KeyError, TypeError) as error:
        message = f"{slip} cannot be read as a backup's manifest ({error})"
        raise IntegrityError(message) from error


def matching(file: Path) -> Manifest | None:
    """Return the slip of a backup after comparing the file with it.

    Raises:
        IntegrityError: the file is not the one that the slip was written for.

    """
    slip = of(file)
    if slip is not None and digest(file) != slip.sha256:
        message = f"{file} is not the file that its manifest tells of: damaged or exchanged"
        raise IntegrityError(message)
    return slip


def all_in(folder: Path) -> list[Manifest]:
    """Return the slips of a folder, oldest first."""
    found = [of(file) for file in sorted(folder.glob("attune-*.db"))]
    return sorted((slip for slip in found if slip), key=lambda slip: (slip.at, slip.audit_seq))


def path_of(file: Path) -> Path:
    """Return where a backup's slip lies."""
    return file.with_suffix(".json")
