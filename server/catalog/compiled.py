"""The definitions as they were read last, kept beside the code as Python keeps its own compiled files.

It holds only what was found sound, and counts only while every definition file, and all code that reads
and checks them, is byte for byte what it was. Whoever can write here can change the code as well.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pydantic
import yaml

from server.catalog.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "__pycache__"
_CODE = ("catalog", "domain", "errors.py", "clock.py", "ids.py")
_SUFFIXES = {".yaml", ".yml"}
_DIGEST = 32


def stored(forms: Path, schedules: Path) -> Catalog | None:
    """Return the catalogue of exactly these files, if it was kept; None for any other folders."""
    target = _target(forms, schedules)
    if target is None:
        return None
    try:
        kept = target.read_bytes()
        if kept[:_DIGEST] != _fingerprint(forms, schedules):
            return None
        found = pickle.loads(kept[_DIGEST:])  # noqa: S301 - it lies beside the code, as .pyc files do
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the files themselves are there
        return None
    return found if isinstance(found, Catalog) else None


def store(catalog: Catalog, forms: Path, schedules: Path) -> None:
    """Keep a sound catalogue; where that is not possible, the next start reads the files again."""
    target = _target(forms, schedules)
    if target is None:
        return
    with suppress(OSError):
        FOLDER.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=FOLDER, prefix=".", suffix=".new")
        with os.fdopen(handle, "wb") as file:
            file.write(_fingerprint(forms, schedules))
            file.write(pickle.dumps(catalog, pickle.HIGHEST_PROTOCOL))
        Path(name).replace(target)


def _target(forms: Path, schedules: Path) -> Path | None:
    """Return where the shipped definitions are kept; those that lie elsewhere are not."""
    if forms.resolve() != ROOT / "forms" or schedules.resolve() != ROOT / "schedules":
        return None
    return FOLDER / f"definitions.{sys.implementation.cache_tag}.pickle"


def _fingerprint(forms: Path, schedules: Path) -> bytes:
    digest = hashlib.sha256(f"{pydantic.VERSION} {yaml.__version__}".encode())
    for folder in (forms, schedules):
        for path in _below(folder, _SUFFIXES):
            digest.update(f"{path}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in _CODE:
        for path in _below(ROOT / "server" / name, {".py"}):
            about = path.stat()
            # As Python does with its own compiled files: when it was written, and how long it is.
            digest.update(f"{path}\0{about.st_mtime_ns}\0{about.st_size}\n".encode())
    return digest.digest()


def _below(place: Path, suffixes: Iterable[str]) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.suffix in suffixes and path.is_file())
