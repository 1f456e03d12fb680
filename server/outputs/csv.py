"""Rows → CSV that a spreadsheet reads as text and numbers, never as formulas (A12)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# A cell that begins like this is run by spreadsheets; the apostrophe makes it plain text.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
# Excel takes a file for UTF-8 only with this mark.
_MARK = "\ufeff"

COLUMNS = (
    "participant", "definition", "instrument", "instrument_version", "wording", "language",
    "about_staff_id", "course", "anchor", "anchor_on", "opens_at", "target_at", "closes_at",
    "began_at", "finished_at", "device_zone", "elapsed_ms", "received_at", "late", "unscheduled",
    "clock_doubtful", "source", "entered_by", "entered_by_name", "response", "what", "name", "state",
    "reason", "value", "scoring_version", "prorated", "standard_error",
)  # fmt: skip
FORM_COLUMNS = (
    "participant", "assessment", "definition", "instrument", "respondent", "about_staff_id", "course",
    "occasion", "anchor", "anchor_on", "opens_at", "target_at", "closes_at", "state", "in_words",
    "reason", "on_day", "begun", "response", "answered_at", "late", "source", "entered_by",
    "entered_by_name", "protocol_version", "told_at",
)  # fmt: skip


def lines(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...] = COLUMNS) -> Iterator[str]:
    """Yield the file line by line: a head, then one line a row (numbers stay numbers)."""
    yield _MARK + _line(columns)
    for row in rows:
        yield _line([cell(row[name]) for name in columns])


def cell(value: Any) -> Any:
    """Return a value as it may stand in a cell: text made harmless, lists as JSON, none as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # Some readers skip spaces before they look whether a cell is a formula.
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) or "\0" in text else text


def _line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(list(cells))
    return buffer.getvalue()
