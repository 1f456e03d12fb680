"""A table from a file: CSV as spreadsheets and REDCap write it, with caps; bytes in, rows out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from server.errors import BadInputError

LARGEST = 4 * 1024 * 1024
MOST_ROWS = 20_000
LONGEST_CELL = 100_000
_DELIMITERS = ",;\t"
# How files begin that spreadsheets keep for themselves: .xlsx and .ods, and .xls.
_OWN_FORMATS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# What our own tables put before a cell that a spreadsheet would run as a formula.
_GUARDED = ("'=", "'+", "'-", "'@")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on (the head is line 1), and its cells by their column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def read(data: bytes, columns: Sequence[str]) -> list[Row]:
    """Read a table that has at least these columns; others are kept too.

    Raises:
        BadInputError: too large, no UTF-8, no such columns, or a row of another length.

    """
    if len(data) > LARGEST:
        raise BadInputError(f"the file has {len(data):,} bytes; {LARGEST:,} is the most")
    text = _text(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _require(head, columns)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_row(line, cells, head))
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInputError(f"line {reader.line_num}: no table ({error})") from error
    if len(rows) > MOST_ROWS:
        raise BadInputError(f"the table has {len(rows):,} rows; {MOST_ROWS:,} is the most")
    return rows


def _text(data: bytes) -> str:
    if data.startswith(_OWN_FORMATS):
        raise BadInputError(
            "this is a spreadsheet's own file; save the table as “CSV UTF-8” instead"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"line {line} is not UTF-8; save the table as “CSV UTF-8” and try again"
        raise BadInputError(message) from error
    if "\0" in text:
        raise BadInputError("the file holds NUL characters; it is no text")
    return text


def _delimiter(text: str) -> str:
    """Return what separates the head's cells: some languages' spreadsheets write semicolons."""
    head = text.partition("\n")[0]
    return max(_DELIMITERS, key=head.count)


def _require(head: list[str], columns: Sequence[str]) -> None:
    if not any(head):
        raise BadInputError("the table is empty: its first line must name its columns")
    absent = [name for name in columns if name not in head]
    if absent:
        which = "column" if len(absent) == 1 else "columns"
        raise BadInputError(f"the table lacks the {which} {', '.join(absent)}")
    if len(set(head)) < len(head):
        raise BadInputError("two columns of the table have the same name")


def _row(line: int, cells: list[str], head: list[str]) -> Row:
    if len(cells) > len(head):
        raise BadInputError(f"line {line} has {len(cells)} cells, the head has {len(head)}")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise BadInputError(f"line {line} has a cell of more than {LONGEST_CELL:,} characters")
    filled = cells + [""] * (len(head) - len(cells))
    return Row(line, {name: _plain(cell) for name, cell in zip(head, filled, strict=True)})


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith(_GUARDED) else cell
