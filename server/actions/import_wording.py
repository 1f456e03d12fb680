"""Bring a published wording into the site's own folder: match it, show it, refuse half of it, write it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.actions.import_instrument import read_foreign
from server.catalog.build import build
from server.catalog.catalog import Catalog, version_order
from server.catalog.site import SITE, with_site
from server.catalog.tree import read
from server.catalog.wording_checks import is_language
from server.domain.instrument import Instrument, Wording
from server.domain.matching import How, Match, Matched, match
from server.domain.wording_places import Place, assembled, missing, places, told_by
from server.errors import BadInputError, ConflictError
from server.inputs import wording_sheet
from server.inputs.redcap import NoDictionaryError
from server.outputs.definition import written

_SHEET = "nor is it a sheet as `./attune wording template` writes it (what, name, code, text)"


@dataclass(frozen=True, slots=True)
class Licence:
    """On what a wording rests: whose it is, where the permission is filed, recorded when, by whom."""

    holder: str = ""
    proof: str = ""
    on: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The file to read, and how its sentences find their places."""

    data: bytes
    how: How | None = None
    names: bytes | None = None
    form: str | None = None
    title: str = ""
    introduction: str = ""


@dataclass(frozen=True)
class Proposal:
    """A wording as it would be written, and the table of what was matched with what."""

    instrument: Instrument
    wording: Wording
    content: bytes
    rows: tuple[Match, ...]
    unused: tuple[str, ...]
    told: Mapping[Place, str] = field(repr=False)


def propose_wording(
    catalog: Catalog, instrument_id: str, language: str, source: Source, licence: Licence
) -> Proposal:
    """Match a file with an instrument and build its wording; nothing is written.

    Raises:
        NotFoundError: there is no such instrument.
        BadInputError: the file cannot be read, something does not match, or half is missing.
        ConflictError: the newest wording of this language says all of this already.

    """
    instrument = catalog.instrument(instrument_id)
    if not is_language(language):
        raise BadInputError(f"{language!r} is no language tag; write for example en or pt-BR")
    matched = _matched(instrument, source)
    _add_head(catalog, instrument, language, source, matched)
    problems = [*matched.problems, *_half(instrument, matched), *_unlicensed(instrument, licence)]
    if problems:
        raise BadInputError(_told("this is no whole wording; nothing was written", problems))
    version = _next_version(catalog, instrument_id, language)
    definition = _definition(instrument, language, version, matched.told, licence)
    _refuse_same(catalog, definition)
    content = written(definition)
    wording = _sound(catalog, content, definition)
    return Proposal(
        instrument, wording, content, tuple(matched.rows), tuple(matched.unused), matched.told
    )


def table(proposal: Proposal) -> Iterator[str]:
    """Yield what is shown before anything is written: each place with what it will say."""
    known_as = {row.item: row.known_as for row in proposal.rows}
    for place, _needed in places(proposal.instrument):
        text = proposal.told.get(place, "")
        if text:
            whence = known_as.get(place.name, "") if place.what == "item" else ""
            yield f"{place!s:<28} {f'<- {whence}' if whence else '':<24} {_short(text)}"
    for row in proposal.rows:
        if row.note:
            yield f"note: {row.item}: {row.note}"
    for name in proposal.unused:
        yield f"not used: {name}"


def keep_wording(proposal: Proposal, folder: Path) -> Path:
    """Write the wording into the site's folder; a version that is there is never overwritten.

    Raises:
        ConflictError: somebody else wrote this version meanwhile.

    """
    wording = proposal.wording
    target = folder / wording.instrument / wording.language / f"{wording.version}.yaml"
    _make(target.parent)
    if target.exists():
        raise ConflictError(f"{target} is there already; import again")
    # A running server may look at any moment: it sees the whole file, or none.
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".new")
    with os.fdopen(handle, "wb") as file:
        file.write(proposal.content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(target)
    return target


def _make(folder: Path) -> None:
    """Make a folder and those around it, readable by nobody else: licensed sentences are not public."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _matched(instrument: Instrument, source: Source) -> Matched:
    if wording_sheet.is_sheet(source.data):
        return _from_sheet(instrument, wording_sheet.read(source.data))
    try:
        form = read_foreign(source.data, source.form)
    except NoDictionaryError as error:
        raise BadInputError(f"{error}; {_SHEET}") from error
    names = wording_sheet.read_map(source.names) if source.names is not None else None
    return match(instrument, form, source.how, names)


def _from_sheet(instrument: Instrument, told: Mapping[Place, str]) -> Matched:
    known = {place for place, _needed in places(instrument)}
    found = Matched(told=dict(told))
    found.problems = [
        f"{place}: {instrument.id} has no such place" for place in told if place not in known
    ]
    return found


def _add_head(
    catalog: Catalog, instrument: Instrument, language: str, source: Source, matched: Matched
) -> None:
    """Take title and introduction from the options, the file, or what stands in this language now."""
    given = {"title": source.title, "introduction": source.introduction}
    now = {}
    if language in catalog.languages(instrument.id):
        now = told_by(catalog.wording(instrument.id, language))
    for what, text in given.items():
        place = Place(what)  # type: ignore[arg-type]
        chosen = text or matched.told.get(place) or now.get(place, "")
        if chosen:
            matched.told[place] = chosen


def _half(instrument: Instrument, matched: Matched) -> list[str]:
    if matched.problems:
        return []
    return [f"{place}: nothing is said here" for place in missing(instrument, matched.told)]


def _unlicensed(instrument: Instrument, licence: Licence) -> list[str]:
    if instrument.licence.status == "own":
        return []
    needed = {
        "--holder (who owns these sentences)": licence.holder,
        "--proof (where the permission is filed)": licence.proof,
        "--by (who records it)": licence.by,
        "--on (the day)": licence.on,
    }
    return [f"{option} is missing" for option, value in needed.items() if not value]


def _next_version(catalog: Catalog, instrument_id: str, language: str) -> str:
    versions = [
        each.version
        for each in catalog.wordings
        if each.of_site and (each.instrument, each.language) == (instrument_id, language)
    ]
    if not versions:
        return f"1.0.0{SITE}"
    major, minor, _patch = max(versions, key=version_order).removesuffix(SITE).split(".")
    return f"{major}.{int(minor) + 1}.0{SITE}"


def _definition(
    instrument: Instrument,
    language: str,
    version: str,
    told: Mapping[Place, str],
    licence: Licence,
) -> dict[str, Any]:
    own = instrument.licence.status == "own"
    recorded = {
        "holder": licence.holder,
        "proof": licence.proof,
        "proof_on": licence.on,
        "proof_by": licence.by,
    }
    return {
        "instrument": instrument.id,
        "version": version,
        "language": language,
        "status": "own" if own else "licensed",
        **{key: value for key, value in recorded.items() if value},
        **assembled(instrument, told),
    }


def _refuse_same(catalog: Catalog, definition: Mapping[str, Any]) -> None:
    """Refuse what stands there already: a second version would only look like news."""
    ours, language = definition["instrument"], definition["language"]
    if language not in catalog.languages(ours):
        return
    now = catalog.wording(ours, language)
    day = {"proof_on": now.proof_on} if now.proof_on else {}
    same = {**definition, "version": now.version, **day}
    if now.of_site and build(Wording, read(written(same))) == now:
        raise ConflictError(f"{now.id} says the same already; nothing was written")


def _sound(catalog: Catalog, content: bytes, definition: Mapping[str, Any]) -> Wording:
    """Read back what would be written, by the same checks as at the start."""
    tree = read(content)
    wording = build(Wording, tree)
    problems = [str(problem) for problem in tree.problems]
    if wording is not None:
        problems += _problems_in_place(catalog, wording, content)
        problems += _still_placeholder(catalog, wording)
    if problems or wording is None:
        what = f"the wording of {definition['instrument']} is not sound; nothing was written"
        raise BadInputError(_told(what, problems))
    return wording


def _problems_in_place(catalog: Catalog, wording: Wording, content: bytes) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / wording.instrument / wording.language
        folder.mkdir(parents=True)
        file = folder / f"{wording.version}.yaml"
        file.write_bytes(content)
        # Nobody can open that file: what is wrong is named by its place in the wording.
        where = re.compile(rf"\S*{re.escape(file.name)}:\d+ ")
        return [where.sub("", told) for told in with_site(catalog, Path(name)).problems]


def _still_placeholder(catalog: Catalog, wording: Wording) -> list[str]:
    """Sentences of ours that came back unchanged are not the published ones."""
    if wording.status != "licensed":
        return []
    ours: set[str] = set()
    for each in catalog.wordings:
        if each.instrument == wording.instrument and each.status == "placeholder":
            ours |= {sentence.text for sentence in each.items.values()}
    same = [name for name, sentence in wording.items.items() if sentence.text in ours]
    return [f"item {name}: still the placeholder sentence" for name in same]


def _told(what: str, problems: list[str]) -> str:
    return "\n  ".join([what, *problems])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else f"{line[:69]}…"
