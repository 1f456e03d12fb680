"""Reads `forms/` and `schedules/` into a Catalog, or tells everything that is wrong with them at once."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from server.catalog import (
    compiled,
    condition_checks,
    instrument_checks,
    protocol_burden,
    protocol_checks,
    reading_checks,
    score_checks,
    wording_checks,
)
from server.catalog.build import build
from server.catalog.catalog import Catalog, version_order
from server.catalog.instrument_checks import Finding
from server.catalog.places import called, missing, sort
from server.catalog.tree import Problem, Tree, path_text, read
from server.domain.instrument import Instrument, Wording
from server.domain.protocol import Protocol
from server.errors import DefinitionError

_Model = TypeVar("_Model", Instrument, Wording, Protocol)


@dataclass(frozen=True)
class Source(Generic[_Model]):
    """One file: what it is called in messages, its tree, and its definition if it has one."""

    name: str
    path: Path
    tree: Tree
    definition: _Model | None
    digest: str = ""

    def add(self, find: Callable[[_Model, Path], Iterable[Finding]]) -> None:
        """Look for what disagrees, if the file could be read at all."""
        if self.definition is not None:
            found = find(self.definition, self.path)
            self.tree.problems.extend(self.tree.problem(*finding) for finding in found)

    def told(self) -> list[str]:
        """Return this file's problems in the order of its lines, each with file, line and path."""
        ordered = sorted(self.tree.problems, key=lambda problem: problem.line)
        return [f"{self.name}:{problem}" for problem in ordered]


@dataclass(frozen=True)
class Check:
    """What `./attune check` tells: what there is, every problem with it, and what to look at twice."""

    catalog: Catalog
    problems: list[str]
    schedules: tuple[Source[Protocol], ...] = ()

    @cached_property
    def warnings(self) -> list[str]:
        """Return what schedules ask too much of, each with file, line, path, day and remedy.

        Of sound files only, and only of the newest versions: what has a successor is mended.
        """
        forms = {each.id: each for each in sorted(self.catalog.instruments, key=_order)}
        newest = {each.id: each for each in sorted(_good(list(self.schedules)), key=_order)}
        return [
            f"{source.name}:{source.tree.line(place)} warning: {path_text(place)}: {told}"
            for source in self.schedules
            if source.definition and not source.tree.problems
            if newest[source.definition.id] is source.definition
            for place, told in protocol_burden.warnings(source.definition, forms)
        ]

    @property
    def summary(self) -> str:
        """Return what was read, a line each, and the counts."""
        return "\n".join([*self._instruments(), *self._protocols(), self._counts()])

    def _instruments(self) -> Iterator[str]:
        for each in self.catalog.instruments:
            wordings = (w for w in self.catalog.wordings if w.instrument == each.id)
            told = ", ".join(f"{w.language} {w.version} ({w.status})" for w in wordings)
            yield f"form      {each.id} {each.version}: {told or 'no wording'}"

    def _protocols(self) -> Iterator[str]:
        for each in self.catalog.protocols:
            yield f"schedule  {each.id} {each.version}: {len(each.assessments)} assessments"

    def _counts(self) -> str:
        counts = {
            "instrument": len(self.catalog.instruments),
            "wording": len(self.catalog.wordings),
            "protocol": len(self.catalog.protocols),
            "warning": len(self.warnings),
            "problem": len(self.problems),
        }
        return ", ".join(f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items())


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Reading makes many small things and no rubbish; looking for rubbish would take half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@_without_collecting()
def load(forms: Path, schedules: Path) -> Catalog:
    """Read every definition; files that were found sound before are not read through again.

    Raises:
        DefinitionError: with all problems, each `file:line path: what is wrong and what to do`.

    """
    kept = compiled.stored(forms, schedules)
    if kept is not None:
        return kept
    checked = check(forms, schedules)
    if checked.problems:
        raise DefinitionError(checked.problems)
    compiled.store(checked.catalog, forms, schedules)
    return checked.catalog


def draft(path: Path, forms: Path, schedules: Path) -> tuple[Catalog, Protocol]:
    """Read one schedule that may lie anywhere, checked as if it stood among the others.

    What is wrong with other schedules does not matter here; of the catalogue only the forms count.

    Raises:
        DefinitionError: with all its problems, each `file:line path: what is wrong and what to do`.

    """
    instruments, wordings, folders = _forms(forms, schedules)
    tree = read(path.read_bytes())
    protocol = build(Protocol, tree)
    lies_outside = schedules.resolve() not in path.resolve().parents
    # A draft may be called anything: it is judged by where it would belong.
    belongs = schedules / f"{protocol.id}.yaml" if protocol and lies_outside else path.resolve()
    source = Source(str(path), belongs, tree, protocol)
    within = schedules if lies_outside else schedules.resolve()
    _check_protocols([source], within, folders, instruments)
    if protocol is None or tree.problems:
        raise DefinitionError(source.told())
    return Catalog(instruments, wordings, (protocol,)), protocol


def _forms(
    forms: Path, schedules: Path
) -> tuple[tuple[Instrument, ...], tuple[Wording, ...], set[str]]:
    """Return the sound forms, their wordings and the names of all their folders."""
    kept = compiled.stored(forms, schedules)
    if kept is not None:
        return kept.instruments, kept.wordings, {each.id for each in kept.instruments}
    found = sort(forms, schedules, [])
    instruments = [_source(each, forms, Instrument) for each in found.instruments]
    wordings = [_source(each, forms, Wording) for each in found.wordings]
    folders = {each.path.parent.name for each in instruments}
    return _good(instruments), _good(wordings), folders


@_without_collecting()
def check(forms: Path, schedules: Path) -> Check:
    """Read every definition and gather what is wrong, across all files, without raising."""
    strays = [*missing(forms), *missing(schedules)]
    found = sort(forms, schedules, strays)
    instruments = [_source(path, forms, Instrument) for path in found.instruments]
    wordings = [_source(path, forms, Wording) for path in found.wordings]
    protocols = [_source(path, schedules, Protocol) for path in found.protocols]
    _cross_check(instruments, wordings, protocols, schedules)
    problems = [
        told
        for sources in (instruments, wordings, protocols)
        for source in sources
        for told in source.told()
    ]
    digests = {
        (each.definition.id, each.definition.version): each.digest
        for each in protocols
        if each.definition
    }
    catalog = Catalog(_good(instruments), _good(wordings), _good(protocols), digests)
    return Check(catalog, strays + problems, tuple(protocols))


def _source(path: Path, folder: Path, model: type[_Model]) -> Source[_Model]:
    content = path.read_bytes()
    tree = read(content)
    digest = hashlib.sha256(content).hexdigest()
    return Source(called(path, folder), path, tree, build(model, tree), digest)


def _good(sources: list[Source[_Model]]) -> tuple[_Model, ...]:
    return tuple(source.definition for source in sources if source.definition)


def _cross_check(
    instruments: list[Source[Instrument]],
    wordings: list[Source[Wording]],
    protocols: list[Source[Protocol]],
    schedules: Path,
) -> None:
    """Add to each tree what is wrong between its parts, and between it and other files."""
    latest = {each.id: each for each in sorted(_good(instruments), key=_order)}
    folders = {source.path.parent.name for source in instruments}
    english = {each.path.parent.parent.name for each in wordings if each.path.stem == "en"}
    for source in instruments:
        source.add(instrument_checks.problems)
        source.add(lambda each, _path: condition_checks.problems(each))
        source.add(lambda each, _path: score_checks.problems(each))
        source.add(lambda each, _path: reading_checks.problems(each))
        if source.path.parent.name not in english:
            remedy = f"has no English wording; add wording/en.yaml beside {source.path.name}"
            source.tree.problems.append(Problem(1, (), remedy))
    for wording in wordings:
        wording.add(lambda each, path: wording_checks.problems(each, path, latest, folders))
    _check_protocols(protocols, schedules, folders, _good(instruments))
    _refuse_twins(protocols)


def _check_protocols(
    protocols: list[Source[Protocol]],
    schedules: Path,
    folders: set[str],
    instruments: tuple[Instrument, ...],
) -> None:
    latest = {each.id: each for each in sorted(instruments, key=_order)}
    for protocol in protocols:
        protocol.add(
            lambda each, path: protocol_checks.problems(each, path, schedules, folders, latest)
        )


def _order(definition: Instrument | Wording | Protocol) -> tuple[int, ...]:
    return version_order(definition.version)


def _refuse_twins(protocols: list[Source[Protocol]]) -> None:
    """A protocol's version may lie in two places (`x.yaml`, `x/1.0.0.yaml`); only one can count."""
    seen: dict[tuple[str, str], str] = {}
    for source in protocols:
        if source.definition is None:
            continue
        first = seen.setdefault((source.definition.id, source.definition.version), source.name)
        if first != source.name:
            remedy = f"the same version stands in {first}; remove one, or raise its version"
            source.tree.problems.append(source.tree.problem(("version",), remedy))
