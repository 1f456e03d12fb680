"""Scores as staff read them: each measure's latest value, and all of them in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.catalog.catalog import Catalog
from server.domain.instrument import Score
from server.errors import NotFoundError
from server.store.database import Row
from server.web.staff import moments
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Value:
    """One score of one response."""

    response_id: str
    text: str
    why_none: str
    prorated: bool
    late: bool
    label: str
    when: Moment | None


@dataclass(frozen=True)
class Measure:
    """One score of one instrument (about one person) over time, oldest first."""

    instrument: str
    about: str
    label: str
    spread: str
    direction: str
    headline: bool
    values: list[Value]

    @property
    def latest(self) -> Value:
        return self.values[-1]

    @property
    def change(self) -> str:
        """Return the latest value minus the first; empty with fewer than two."""
        known = [float(value.text) for value in self.values if value.text]
        if len(known) < 2 or not self.latest.text:
            return ""
        moved = round(known[-1] - known[0], 2)
        return f"{moved:+g}".replace("-", "−") if moved else "0"


def measures(rows: list[Row], catalog: Catalog, names: dict[str, str], zone: str) -> list[Measure]:
    """Gather the rows of `responses.scores`; `names` tells what a rated person is called."""
    gathered: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        key = (row["instrument"], row["about_staff_id"] or "", row["score"])
        gathered.setdefault(key, []).append(row)
    found = [_measure(key, some, catalog, names, zone) for key, some in gathered.items()]
    order = {each.id: index for index, each in enumerate(catalog.instruments)}
    places = {id(each): key for each, key in zip(found, gathered, strict=True)}
    return sorted(
        found,
        key=lambda each: (order.get(places[id(each)][0], 99), each.about, not each.headline),
    )


def _measure(
    key: tuple[str, str, str], rows: list[Row], catalog: Catalog, names: dict[str, str], zone: str
) -> Measure:
    instrument_id, about, score_id = key
    title, score = _defined(catalog, instrument_id, rows[-1]["instrument_version"], score_id)
    return Measure(
        instrument=title,
        about=names.get(about, ""),
        label=score.label if score else score_id,
        spread=f"{score.minimum:g}–{score.maximum:g}" if score else "",
        direction=score.higher_is if score else "",
        headline=bool(score and score.headline),
        values=[_value(row, zone) for row in rows],
    )


def _defined(
    catalog: Catalog, instrument_id: str, version: str, score_id: str
) -> tuple[str, Score | None]:
    try:
        instrument = catalog.instrument(instrument_id, version)
    except NotFoundError:
        return instrument_id, None
    score = next((each for each in instrument.scores if each.id == score_id), None)
    return instrument.short_title, score


def _value(row: Row, zone: str) -> Value:
    return Value(
        response_id=row["response_id"],
        text=number(row["value"]),
        why_none=row["reason"],
        prorated=bool(row["prorated"]),
        late=bool(row["late"]),
        label=row["label"],
        when=moments.moment(row["finished_at"] or row["received_at"], zone, named=False),
    )


def number(value: Any) -> str:
    """Write a number shortly: 42, 3.25; empty for none."""
    return "" if value is None else f"{round(float(value), 2):g}"
