"""Which files are definitions: sorted by where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Found:
    """The files of each kind."""

    instruments: list[Path] = field(default_factory=list)
    wordings: list[Path] = field(default_factory=list)
    protocols: list[Path] = field(default_factory=list)


def missing(folder: Path) -> Iterator[str]:
    """Yield what is wrong with a folder that is not there."""
    if not folder.is_dir():
        yield f"{folder}:1 there is no such folder; create it"


def sort(forms: Path, schedules: Path, strays: list[str]) -> Found:
    """Sort files by where they lie; one that lies elsewhere would be passed over in silence."""
    found = Found()
    for path in _files(forms):
        match path.relative_to(forms).parts:
            case (_, "wording", name) if name.endswith(".yaml"):
                found.wordings.append(path)
            case (_, name) if name.endswith(".yaml"):
                found.instruments.append(path)
            case _:
                strays.append(
                    _stray(path, forms, "<id>/<version>.yaml or <id>/wording/<lang>.yaml")
                )
    for path in _files(schedules):
        if path.suffix == ".yaml" and len(path.relative_to(schedules).parts) <= 2:
            found.protocols.append(path)
        else:
            strays.append(_stray(path, schedules, "<id>.yaml or <id>/<version>.yaml"))
    return found


def _files(folder: Path) -> list[Path]:
    """Return the definition files under a folder; notes and editors' leftovers are none."""
    wanted = (path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    return sorted(path for path in wanted if path.is_file() and not path.name.startswith("."))


def _stray(path: Path, folder: Path, where: str) -> str:
    return f"{called(path, folder)}:1 is read by nobody; it belongs at {folder.name}/{where}"


def called(path: Path, folder: Path) -> str:
    """Return how messages call a file: from its folder on."""
    return path.relative_to(folder.parent).as_posix()
