"""The site's own wordings beside a backup: packed whole, put back without overwriting anything."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from server.errors import IntegrityError
from server.store.backups import digest, sync

_SUFFIXES = {".yaml", ".yml"}
# A file of sentences is refused above 256 KiB when it is read.
_LARGEST = 1024 * 1024
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Packed:
    """What lies beside a backup: its digest, and how many files it holds."""

    sha256: str
    files: int


@dataclass
class PutBack:
    """What became of each file: put back, there already, or there with other content and left alone."""

    put: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def path_of(backup: Path) -> Path:
    """Return where a backup's wordings lie."""
    return backup.with_suffix(".wordings.zip")


def pack(folder: Path, backup: Path) -> Packed | None:
    """Pack a folder of wordings beside a backup, whole or not at all; None where it holds none.

    The same files give the same bytes.
    """
    files = list(_files(folder))
    if not files:
        return None
    target = path_of(backup)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    part.chmod(0o600)
    sync(part)
    part.rename(target)
    sync(target.parent)
    return Packed(digest(target), len(files))


def check(backup: Path, sha256: str) -> bool:
    """Whether a backup's wordings are there, as the slip tells of them; False when they are gone.

    Raises:
        IntegrityError: they are not those that the slip was written for.

    """
    file = path_of(backup)
    if not file.exists():
        return False
    if digest(file) != sha256:
        message = (
            f"{file} is not the file that the backup's manifest tells of: damaged or exchanged"
        )
        raise IntegrityError(message)
    return True


def put_back(backup: Path, folder: Path) -> PutBack:
    """Write a backup's wordings into a folder; what lies there already is never overwritten.

    Raises:
        IntegrityError: the archive cannot be read, or holds what is no wording.

    """
    found = PutBack()
    for name, content in _entries(path_of(backup)):
        target = folder / name
        if target.exists():
            same = hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(content).digest()
            (found.there if same else found.differing).append(name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(content)
        sync(part)
        part.rename(target)
        found.put.append(name)
    return found


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES and path.is_file() and not path.name.startswith("."):
            yield path


def _entries(file: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST:
                raise IntegrityError(f"{file} holds more files than any site has wordings")
            for entry in entries:
                yield _sound(file, entry), archive.read(entry)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise IntegrityError(f"{file} cannot be read as a backup's wordings ({error})") from error


def _sound(file: Path, entry: zipfile.ZipInfo) -> str:
    """Return the entry's name; nothing leads out of the folder, and nothing is larger than a wording."""
    path = PurePosixPath(entry.filename)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in entry.filename
    if not inside or path.suffix not in _SUFFIXES or entry.file_size > _LARGEST:
        raise IntegrityError(f"{file} holds {entry.filename!r}, which is no wording")
    return entry.filename
