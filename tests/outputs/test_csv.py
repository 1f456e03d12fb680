"""A spreadsheet reads our CSV as text and numbers, never as formulas (A12)."""

from __future__ import annotations

import csv as reader
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.outputs import csv

NASTY = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "  =1+1",
    '=cmd|"/C calc"!A0',
)


def _read(text: str) -> list[list[str]]:
    return list(reader.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("text", NASTY)
def test_text_that_a_spreadsheet_would_run_is_made_plain(text: str) -> None:
    assert csv.cell(text) == "'" + text


@given(st.text())
def test_no_text_cell_begins_as_a_formula(text: str) -> None:
    assert (
        not str(csv.cell(text)).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
    )


@given(st.integers(-1000, 1000) | st.floats(-100, 100, allow_nan=False))
def test_numbers_stay_numbers(number: float) -> None:
    assert csv.cell(number) == number


@given(
    st.lists(st.tuples(st.text(), st.none() | st.integers() | st.lists(st.integers())), max_size=8)
)
def test_every_row_comes_back_whole(rows: list[tuple[str, Any]]) -> None:
    made = [{"said": said, "value": value} for said, value in rows]

    found = _read("".join(csv.lines(made, ("said", "value"))))

    assert found[0] == ["said", "value"]
    assert len(found) == len(rows) + 1
    for (said, _value), (cell, _other) in zip(rows, found[1:], strict=True):
        assert cell in {said, f"'{said}"}


def test_the_file_says_that_it_is_utf_8_and_where_nothing_was_answered() -> None:
    text = "".join(csv.lines([{"name": "Zoë", "value": None}], ("name", "value")))

    assert text.startswith("\ufeffname,value\r\n")
    assert text.endswith("Zoë,\r\n")
