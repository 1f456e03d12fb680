"""Tables from spreadsheets: commas, semicolons or tabs, and what is no table."""

from __future__ import annotations

import pytest

from server.errors import BadInputError
from server.inputs import table


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_each_spreadsheets_own_delimiter_is_read(delimiter: str):
    data = delimiter.join(["a", "b"]) + "\r\n" + delimiter.join(["1", '"two\nlines"']) + "\r\n"
    (row,) = table.read(data.encode("utf-8-sig"), ("a", "b"))
    assert row.cells == {"a": "1", "b": "two\nlines"}
    assert row.line == 2


def test_rows_know_their_line_and_empty_ones_are_none():
    rows = table.read(b'a,b\n"x\ny",1\n,\n2,3\n', ("a",))
    assert [(row.line, row["a"]) for row in rows] == [(2, "x\ny"), (5, "2")]


def test_short_rows_are_filled_and_formula_guards_taken_off():
    (row,) = table.read(b"a,b\n'=1+1\n", ("a", "b"))
    assert row.cells == {"a": "=1+1", "b": ""}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the table is empty"),
        (b"b\n1\n", "lacks the column a"),
        (b"PK\x03\x04\x14\x00", "spreadsheet's own file; save the table as “CSV UTF-8”"),
        (b"\xd0\xcf\x11\xe0\xa1", "spreadsheet's own file"),
        (b"a,a\n1,2\n", "same name"),
        (b"a\n1,2\n", "line 2 has 2 cells, the head has 1"),
        ("a\nü\n".encode("latin-1"), "line 2 is not UTF-8"),
        (b'a\n"x\n', "no table"),
        (b"a\n\x00\n", "NUL"),
        (b"a\n" + b"x" * 100_001, "100,000 characters"),
        (b"a\n" + b"1\n" * 20_001, "20,000 is the most"),
        (b"a" * (table.LARGEST + 1), "is the most"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, told: str):
    with pytest.raises(BadInputError, match=told):
        table.read(data, ("a",))
