"""The site's own wordings: licensed sentences in a folder apart, read again whenever it changes.

They lie at `<instrument>/<language>/<version>.yaml`, outside the checkout, and go before those shipped
with the instrument. Nothing is overwritten: another wording is another version beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock

from server.catalog import load as shipped
from server.catalog import wording_checks
from server.catalog.build import build
from server.catalog.catalog import Catalog, version_order
from server.catalog.instrument_checks import Finding
from server.catalog.load import Check, Source
from server.catalog.tree import Problem, Tree, read
from server.clock import stopwatch
from server.domain.instrument import Instrument, Wording
from server.errors import DefinitionError

SITE = "-site"
# What the folder looked like: each file's path, when it was last written, its length.
Fingerprint = tuple[tuple[str, int, int], ...]
_NAME = re.compile(r"\d+\.\d+\.\d+-site\.yaml")


def load(forms: Path, schedules: Path, folder: Path) -> Catalog:
    """Read every definition, and the site's wordings.

    Raises:
        DefinitionError: with all problems, of the shipped files and of the site's.

    """
    checked = check(forms, schedules, folder)
    if checked.problems:
        raise DefinitionError(checked.problems)
    return checked.catalog


def opened(forms: Path, schedules: Path, folder: Path) -> Catalog:
    """Read every definition for a server that is to start whatever lies in the site's folder.

    A file of the site's that cannot be used is left out, and `SiteWatch` tells; without the shipped
    files nothing can run.

    Raises:
        DefinitionError: with all problems of the shipped files.

    """
    base = shipped.load(forms, schedules)
    return with_site(base, folder, sound_only=True).catalog


def check(forms: Path, schedules: Path, folder: Path) -> Check:
    """Read every definition and the site's wordings, and gather what is wrong without raising."""
    base = shipped.check(forms, schedules)
    added = with_site(base.catalog, folder)
    return Check(added.catalog, base.problems + added.problems, base.schedules)


def with_site(catalog: Catalog, folder: Path, *, sound_only: bool = False) -> Check:
    """Return the catalogue with the site's wordings as they are on disk now, and their problems.

    `sound_only` leaves out the files that have any.
    """
    sources = [_source(path, folder) for path in _files(folder)]
    newest = _newest(sources)
    for source in sources:
        source.add(_misplaced)
        # An older version may have been written for an older structure; it is kept for what it was.
        if source.definition is not None and newest[_about(source.definition)] is source:
            source.add(lambda each, _path: _agreement(each, catalog))
    site = [
        each.definition
        for each in sources
        if each.definition is not None and not (sound_only and each.tree.problems)
    ]
    wordings = (*(each for each in catalog.wordings if not each.of_site), *site)
    problems = [told for source in sources for told in source.told()]
    return Check(replace(catalog, wordings=wordings), problems)


def fingerprint(folder: Path) -> Fingerprint:
    """Return what the folder looks like, without reading a file."""
    return tuple(sorted(_looks(folder)))


class SiteWatch:
    """Looks at the folder from time to time and says when the catalogue is to be replaced.

    A change that cannot be used changes nothing: what was good stays in force, and `problems` tells.
    """

    def __init__(
        self, folder: Path, every_seconds: float = 2.0, watch: Callable[[], float] = stopwatch
    ) -> None:
        self.folder = folder
        self.every_seconds = every_seconds
        self.problems: list[str] = []
        self._watch = watch
        self._looked: float | None = None
        self._seen: Fingerprint | None = None
        self._one_at_a_time = Lock()

    def again(self) -> None:
        """Take the folder for unseen: what it holds could not be put into force."""
        self._seen = None

    def look(self, catalog: Catalog) -> Catalog | None:
        """Return the catalogue that holds from now on; None while the old one does."""
        if self._looked is not None and self._watch() - self._looked < self.every_seconds:
            return None
        if not self._one_at_a_time.acquire(blocking=False):
            return None
        try:
            return self._look(catalog)
        finally:
            self._one_at_a_time.release()

    def _look(self, catalog: Catalog) -> Catalog | None:
        self._looked = self._watch()
        # Taken before reading: what changes meanwhile is seen at the next look.
        now = fingerprint(self.folder)
        if now == self._seen:
            return None
        self._seen = now
        if not now and any(each.of_site for each in catalog.wordings):
            # A disk that is not mounted looks like this, and so does somebody's mistake.
            self.problems = [
                f"{self.folder} holds no wordings any more; those read before stay in force"
            ]
            return None
        found = with_site(catalog, self.folder)
        self.problems = found.problems
        if found.problems or found.catalog.wordings == catalog.wordings:
            return None
        return found.catalog


def _looks(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in _files(folder):
        try:
            about = path.stat()
        except FileNotFoundError:  # taken away between the two
            continue
        yield path.as_posix(), about.st_mtime_ns, about.st_size


def _files(folder: Path) -> list[Path]:
    wanted = (path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    return sorted(path for path in wanted if path.is_file() and not path.name.startswith("."))


def _source(path: Path, folder: Path) -> Source[Wording]:
    try:
        tree = read(path.read_bytes())
    except OSError as error:
        tree = Tree(problems=[Problem(1, (), f"cannot be read ({error.strerror})")])
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    return Source(name, path, tree, build(Wording, tree))


def _about(wording: Wording) -> tuple[str, str]:
    return wording.instrument, wording.language


def _newest(sources: list[Source[Wording]]) -> dict[tuple[str, str], Source[Wording]]:
    built = [(each.definition, each) for each in sources if each.definition is not None]
    built.sort(key=lambda pair: version_order(pair[0].version))
    return {_about(wording): source for wording, source in built}


def _misplaced(wording: Wording, path: Path) -> Iterator[Finding]:
    """A file says what it is twice, by its place and inside; the two agree."""
    where = f"<instrument>/<language>/1.0.0{SITE}.yaml"
    if not _NAME.fullmatch(path.name) or wording.version != path.stem:
        yield ("version",), f"{wording.version!r} in {path.name!r}; the file belongs at {where}"
    if wording.language != path.parent.name:
        yield ("language",), f"{wording.language!r}, but the folder is {path.parent.name!r}"
    if wording.instrument != path.parent.parent.name:
        yield ("instrument",), f"{wording.instrument!r}, but the file belongs at {where}"


def _agreement(wording: Wording, catalog: Catalog) -> Iterator[Finding]:
    latest: dict[str, Instrument] = {
        each.id: catalog.instrument(each.id) for each in catalog.instruments
    }
    yield from wording_checks.agreement(wording, latest, set(latest))
    if wording.status == "placeholder":
        yield ("status",), "a site's own wording is `licensed`, or `own` for a form of its own"
    if wording.status == "licensed" and not (wording.proof_on and wording.proof_by):
        remedy = "add the day (`proof_on`) and who recorded the permission (`proof_by`)"
        yield ("status",), remedy
