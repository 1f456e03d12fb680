"""Tables of participants for tests: a head, rows as mappings, in a spreadsheet's own dialect."""

from __future__ import annotations

import csv
import io
from typing import Any

from server.actions.context import Context
from server.actions.import_participants import (
    NotImportedError,
    Report,
    import_participants,
    try_import,
)

STUDY = "SYN-1"
ROW = {
    "code": "P-001", "zone": "Europe/Berlin", "language": "en", "arm": "immediate",
    "email": "p001@example.org", "enrolled_on": "2027-02-01", "preparation-1": "2027-02-10",
    "dosing-1": "2027-02-17 09:00", "dosing-2": "2027-03-17 09:00", "facilitator-1": "Robin Rated",
}  # fmt: skip


def table(*rows: dict[str, str], delimiter: str = ",", mark: str = "") -> bytes:
    """Return the rows as a file; columns are those of all rows."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return (mark + buffer.getvalue()).encode()


def row(**changes: str) -> dict[str, str]:
    """Return the usual row with changes; `dosing_1` stands for the column `dosing-1`."""
    named = {
        name.replace("_", "-") if name != "enrolled_on" else name: value
        for name, value in changes.items()
    }
    return {**ROW, **named}


def write(context: Context, *rows: dict[str, str], **how: Any) -> Report:
    return import_participants(context, STUDY, table(*rows), arms=how.get("arms", False))


def problems(context: Context, *rows: dict[str, str], **how: Any) -> list[str]:
    """Return what is wrong with a table, `line, column` each with its remedy."""
    try:
        try_import(context, STUDY, table(*rows), arms=how.get("arms", False))
    except NotImportedError as error:
        return [str(problem) for problem in error.problems]
    return []
