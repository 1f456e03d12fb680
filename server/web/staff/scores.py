"""Scores as staff read them: each measure's latest value, all of them in order, and how each was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from server.catalog.catalog import Catalog
from server.domain.change import Difference, difference
from server.domain.instrument import Instrument, Score
from server.domain.scoring.settings import choices_in, headline
from server.domain.scoring.words import method_in_words, rule_in_words
from server.errors import NotFoundError
from server.outputs import change_words
from server.outputs.change_words import Told
from server.store.database import Row
from server.web.staff import moments
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Value:
    """One score of one response, and how it was made."""

    response_id: str
    number: float | None
    text: str
    error: str
    why_none: str
    prorated: bool
    late: bool
    label: str
    when: Moment | None
    band: str
    rule: str
    version: str


@dataclass(frozen=True)
class Measure:
    """One score of one instrument (about one person) over time, oldest first."""

    instrument: str
    about: str
    label: str
    spread: str
    direction: str
    method: str
    headline: bool
    values: list[Value]
    differing: Difference | None

    @property
    def latest(self) -> Value:
        return self.values[-1]

    @property
    def banded(self) -> bool:
        """Whether its latest value lies in a named range."""
        return bool(self.latest.band)

    @property
    def change(self) -> str:
        """Return the latest value minus the first; empty with fewer than two."""
        return change_words.amount(self.differing) if self.differing else ""

    @property
    def yardsticks(self) -> tuple[Told, ...]:
        """What is known of such a difference, each figure with what it rests on."""
        return change_words.told(self.differing) if self.differing else ()

    @property
    def no_yardstick(self) -> str:
        """Why there is no figure to hold the difference against."""
        return _sentence(self.differing.none) if self.differing else ""


def measures(
    rows: list[Row],
    catalog: Catalog,
    names: Mapping[str, str],
    zone: str,
    choices: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Measure]:
    """Gather the rows of `responses.scores`; `names` tells what a rated person is called.

    `choices` are the study's, by instrument: which score heads the list.
    """
    gathered: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        key = (row["instrument"], row["about_staff_id"] or "", row["score"])
        gathered.setdefault(key, []).append(row)
    order = {each.id: index for index, each in enumerate(catalog.instruments)}
    places = {key: place for place, key in enumerate(gathered)}
    found = {
        key: _measure(key, some, catalog, names, zone, (choices or {}).get(key[0], {}))
        for key, some in gathered.items()
    }
    placed = sorted(
        found.items(),
        key=lambda pair: (order.get(pair[0][0], 99), pair[1].about, not pair[1].headline,
                          _standing(pair[0], gathered, catalog), places[pair[0]]),
    )  # fmt: skip
    return [measure for _key, measure in placed]


def _standing(
    key: tuple[str, str, str], gathered: Mapping[tuple[str, str, str], list[Row]], catalog: Catalog
) -> int:
    """Return where a score stands in its instrument's file."""
    instrument, _score = _defined(catalog, key[0], gathered[key][-1]["instrument_version"], key[2])
    known = [score.id for score in instrument.scores] if instrument else []
    return known.index(key[2]) if key[2] in known else len(known)


def _measure(
    key: tuple[str, str, str],
    rows: list[Row],
    catalog: Catalog,
    names: Mapping[str, str],
    zone: str,
    choices: Mapping[str, str],
) -> Measure:
    instrument_id, about, score_id = key
    instrument, score = _defined(catalog, instrument_id, rows[-1]["instrument_version"], score_id)
    values = [_value(row, zone, catalog) for row in rows]
    heads = headline(instrument, choices) if instrument else None
    return Measure(
        instrument=instrument.short_title if instrument else instrument_id,
        about=names.get(about, ""),
        label=score.label if score else score_id,
        spread=f"{score.minimum:g}–{score.maximum:g}" if score else "",
        direction=score.higher_is if score else "",
        method=_method(instrument, score),
        headline=heads is not None and heads.id == score_id,
        values=values,
        differing=_differing(instrument, score_id, values) if instrument and score else None,
    )


def _differing(instrument: Instrument, score_id: str, values: list[Value]) -> Difference | None:
    """Compare the first value with the latest; nothing where there are not two, or the latest is none.

    What stands for itself, and what is no amount, has none.
    """
    known = [value.number for value in values if value.number is not None]
    compares = instrument.compares(instrument.score(score_id))
    if len(known) < 2 or values[-1].number is None or not compares:
        return None
    return difference(instrument, score_id, known[0], known[-1])


def _defined(
    catalog: Catalog, instrument_id: str, version: str, score_id: str
) -> tuple[Instrument | None, Score | None]:
    try:
        instrument = catalog.instrument(instrument_id, version)
    except NotFoundError:
        return None, None
    return instrument, next((each for each in instrument.scores if each.id == score_id), None)


def _value(row: Row, zone: str, catalog: Catalog) -> Value:
    instrument, score = _defined(
        catalog, row["instrument"], row["instrument_version"], row["score"]
    )
    return Value(
        response_id=row["response_id"],
        number=row["value"],
        text=_text(score, row["value"]),
        error=number(row["error"]),
        why_none=_sentence(row["reason"]),
        prorated=bool(row["prorated"]),
        late=bool(row["late"]),
        label=row["label"],
        when=moments.moment(row["finished_at"] or row["received_at"], zone, named=False),
        band=_band(score, row["value"]),
        rule=_rule(instrument, score, row["scoring_version"]),
        version=row["scoring_version"],
    )


def _text(score: Score | None, value: Any) -> str:
    if score is not None and score.decides and value is not None:
        return str(gettext("yes") if value else gettext("no"))
    return number(value)


def _band(score: Score | None, value: Any) -> str:
    band = score.band(value) if score is not None and value is not None else None
    if band is None:
        return ""
    return f"{band.label} ({band.source}{change_words.evidence(band.evidence)})"


def _method(instrument: Instrument | None, score: Score | None) -> str:
    if instrument is None or score is None:
        return ""
    return _sentence(method_in_words(score, {each.id: each.label for each in instrument.scores}))


def _rule(instrument: Instrument | None, score: Score | None, version: str) -> str:
    if instrument is None or score is None:
        return ""
    return rule_in_words(score, choices_in(instrument, version))


@dataclass(frozen=True)
class Earlier:
    """A scoring that counts no more: its version, when it was made, and what it came to."""

    version: str
    when: Moment | None
    values: str


def earlier(rows: list[Row], catalog: Catalog, zone: str) -> list[Earlier]:
    """Gather what a response came to before it was scored anew, oldest first."""
    gathered: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        _instrument, score = _defined(
            catalog, row["instrument"], row["instrument_version"], row["score"]
        )
        label = score.label if score else row["score"]
        told = _text(score, row["value"]) or str(gettext("not scored"))
        gathered.setdefault((row["scoring_version"], row["scored_at"]), []).append(
            f"{label} {told}"
        )
    return [
        Earlier(version, moments.moment(at, zone, named=False), "; ".join(values))
        for (version, at), values in gathered.items()
    ]


def _sentence(text: str) -> str:
    """Write what the domain says shortly as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def number(value: Any) -> str:
    """Write a number shortly: 42, 3.25; empty for none."""
    return "" if value is None else f"{round(float(value), 2):g}"
