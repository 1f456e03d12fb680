"""All definitions of this server, read once: instruments, their wordings, protocols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from server.domain.instrument import Instrument, Wording
from server.domain.protocol import Protocol
from server.errors import NotFoundError

_Definition = TypeVar("_Definition", Instrument, Wording, Protocol)
_Key = TypeVar("_Key", str, tuple[str, str])


@dataclass(frozen=True)
class Catalog:
    """What `server.catalog.load` read; every reference inside it has been checked."""

    instruments: tuple[Instrument, ...] = ()
    wordings: tuple[Wording, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    # (id, version) of a protocol → SHA-256 of the very file that it was read from.
    digests: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def instrument(self, instrument_id: str, version: str | None = None) -> Instrument:
        """Return one version of an instrument, the newest when none is named; else NotFoundError."""
        return _pick("instrument", self._instruments.get(instrument_id), instrument_id, version)

    def protocol(self, protocol_id: str, version: str | None = None) -> Protocol:
        """Return one version of a protocol, the newest when none is named; else NotFoundError."""
        return _pick("protocol", self._protocols.get(protocol_id), protocol_id, version)

    def versions(self, protocol_id: str) -> tuple[Protocol, ...]:
        """Return all versions of a protocol, the oldest first; none when there is no such protocol."""
        return tuple(self._protocols.get(protocol_id, ()))

    def digest(self, protocol_id: str, version: str) -> str:
        """Return what an approval of this version is bound to; empty when it was read from no file."""
        return self.digests.get((protocol_id, version), "")

    def wording(self, instrument_id: str, language: str, version: str | None = None) -> Wording:
        """Return an instrument's sentences in this language; pt-BR falls back to pt, all to English.

        Raises:
            NotFoundError: no such instrument, or no such version of its wording.

        """
        for asked in (language, language.partition("-")[0], "en"):
            found = self._wordings.get((instrument_id, asked))
            if found:
                return _pick("wording", found, f"{instrument_id}/{asked}", version)
        raise NotFoundError(f"There is no wording of {instrument_id!r} in {language!r} or English.")

    def placeholder(self, instrument_id: str, language: str) -> bool:
        """Whether someone who reads this language would get sample sentences of ours.

        Raises:
            NotFoundError: there is no such instrument.

        """
        return self.wording(instrument_id, language).status == "placeholder"

    def fit(self, wording_id: str) -> bool:
        """Whether a wording, named as with each answer, is licensed or own: one that a real study may ask.

        A version that is gone from disk is judged by whose it was: what a site wrote was either, what
        was shipped is own only where the instrument is.
        """
        for each in self.wordings:
            if each.id == wording_id:
                return each.status != "placeholder"
        instrument, _language, version = wording_id.split("/")
        known = self._instruments.get(instrument)
        return version.endswith("-site") or bool(known and known[-1].licence.status == "own")

    @property
    def spoken(self) -> frozenset[str]:
        """The languages in which any instrument has a wording."""
        return frozenset(each.language for each in self.wordings)

    def languages(self, instrument_id: str) -> tuple[str, ...]:
        """Return the languages in which this instrument has a wording, in alphabetical order."""
        return tuple(sorted(lang for owner, lang in self._wordings if owner == instrument_id))

    @cached_property
    def _instruments(self) -> dict[str, list[Instrument]]:
        return _grouped([(each.id, each) for each in self.instruments])

    @cached_property
    def _protocols(self) -> dict[str, list[Protocol]]:
        return _grouped([(each.id, each) for each in self.protocols])

    @cached_property
    def _wordings(self) -> dict[tuple[str, str], list[Wording]]:
        return _grouped([((each.instrument, each.language), each) for each in self.wordings])


def _grouped(pairs: list[tuple[_Key, _Definition]]) -> dict[_Key, list[_Definition]]:
    """Gather versions under their name, the newest last."""
    groups: dict[_Key, list[_Definition]] = {}
    for key, definition in sorted(pairs, key=lambda pair: version_order(pair[1].version)):
        groups.setdefault(key, []).append(definition)
    return groups


def version_order(version: str) -> tuple[int, ...]:
    """Return what `1.10.0` sorts by: after `1.9.0`, unlike its text; a site's own, after all shipped."""
    number, _, mark = version.partition("-")
    return (int(bool(mark)), *(int(part) for part in number.split(".")))


def _pick(
    what: str, found: list[_Definition] | None, name: str, version: str | None
) -> _Definition:
    if not found:
        raise NotFoundError(
            f"There is no {what} {name!r} here; `./attune check` lists what there is."
        )
    if version is None:
        return found[-1]
    for definition in found:
        if definition.version == version:
            return definition
    known = ", ".join(each.version for each in found)
    raise NotFoundError(f"There is no version {version} of {what} {name!r}; there is {known}.")
