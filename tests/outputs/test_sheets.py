"""The pages behind: an answer of any kind stands there, in its own way."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from server.domain.answers import Answer, AnswerValue
from server.outputs import csv, sheets
from server.outputs.measures import measures
from tests.domain.synthetic import instrument_of_every_kind, wording_of_every_kind
from tests.outputs import sample

GIVEN: dict[str, AnswerValue] = {
    "mood": 3, "drove": 0, "helped": (1, 3), "weight": 70.5, "calm": 0, "words": "Slept\nwell.",
    "since": "2027-02-28",
}  # fmt: skip
PRINTED = {
    "mood": "3", "drove": "no", "helped": "1, 3", "weight": "70.5", "calm": "0", "since": "28 Feb 2027",
}  # fmt: skip
EXPORTED = {
    "mood": "3", "drove": "0", "helped": '"[1, 3]"', "weight": "70.5", "calm": "0",
    "words": '"Slept\nwell."', "since": "2027-02-28",
}  # fmt: skip


def test_each_kind_has_its_line_on_paper():
    instrument = instrument_of_every_kind()
    assert {item.id for item in instrument.questions} == set(GIVEN)
    found = measures(
        [
            replace(
                sample.sitting("who-5", "At once", 30, 0.5, Random(1)),
                instrument=instrument,
                wording=wording_of_every_kind(),
                scores=(),
                answers=tuple(Answer(item, "answered", value) for item, value in GIVEN.items()),
            )
        ]
    )
    ((grid,), left_out) = sheets.answer_grids(found, "en")
    cells = [row.cells.strip("\u2007") for row in grid.rows]
    assert (cells, left_out) == (list(PRINTED.values()), 0)
    ((own,), _none) = sheets.own_words(found, "en")
    assert own.answers[0].answer.paragraphs == ("Slept", "well.")


@pytest.mark.parametrize("item", GIVEN)
def test_each_kind_has_its_line_in_the_export(item: str):
    value = GIVEN[item]
    row = {"name": item, "value": list(value) if isinstance(value, tuple) else value}
    _head, line = csv.lines([row], ("name", "value"))
    assert line == f"{item},{EXPORTED[item]}\r\n"
