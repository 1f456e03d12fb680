"""The sheet to fill with an instrument's sentences: a row for each place, as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from server.domain.instrument import Instrument, Wording
from server.domain.wording_places import SHEET_COLUMNS, Place, places, told_by, topics
from server.outputs import csv


def lines(instrument: Instrument, now: Wording, language: str) -> Iterator[str]:
    """Yield the sheet line by line. `now` stands beside what is to be filled, and fills it already
    where it is in the language asked for and not a placeholder.
    """
    told = told_by(now)
    about = topics(instrument)
    filled = now.language == language and now.status != "placeholder"
    rows = [
        {
            "what": place.what,
            "name": place.name,
            "code": place.code,
            "topic": _about(place, about),
            "now": told.get(place, ""),
            "text": told.get(place, "") if filled else "",
        }
        for place, _needed in places(instrument)
    ]
    yield from csv.lines(rows, SHEET_COLUMNS)


def _about(place: Place, topics_of: dict[str, str]) -> str:
    return topics_of.get(place.name, "") if place.what in {"item", "hint"} else ""
