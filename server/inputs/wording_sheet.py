"""The sheet that somebody filled with an instrument's sentences: bytes in, a sentence per place out."""

from __future__ import annotations

import re

from server.domain.wording_places import Place
from server.errors import BadInputError
from server.inputs import table

_NEEDED = ("what", "name", "code", "text")
_WHATS = {"title", "introduction", "item", "hint", "low", "high", "unit", "option"}


def is_sheet(data: bytes) -> bool:
    """Whether a file begins as our own sheets do, perhaps without the columns that are only to read."""
    head = data[:1_000].decode("utf-8-sig", errors="replace").partition("\n")[0]
    cells = {cell.strip(" \t\r\"'") for cell in re.split(r"[,;\t]", head)}
    return cells.issuperset(_NEEDED)


def read(data: bytes) -> dict[Place, str]:
    """Read a filled sheet; rows whose `text` is empty say nothing.

    Raises:
        BadInputError: no such table, an unknown place, or one that stands twice; `places` says where.

    """
    told: dict[Place, str] = {}
    wrong: dict[str, str] = {}
    for row in table.read(data, _NEEDED):
        text = row["text"].strip()
        place = Place(row["what"].strip(), row["name"].strip(), row["code"].strip())  # type: ignore[arg-type]
        if place.what not in _WHATS:
            wrong[f"line {row.line}"] = f"{row['what']!r} is none of {', '.join(sorted(_WHATS))}"
        elif text and place in told:
            wrong[f"line {row.line}"] = f"{place} stands a second time"
        elif text:
            told[place] = text
    if wrong:
        raise BadInputError("the sheet cannot be read", wrong)
    return told


def read_map(data: bytes) -> dict[str, str]:
    """Read a map: a table of two columns, `item` (ours) and `source` (the other system's name).

    Raises:
        BadInputError: no such table, or an item that stands twice.

    """
    names: dict[str, str] = {}
    for row in table.read(data, ("item", "source")):
        if row["item"].strip() in names:
            raise BadInputError(f"line {row.line}: {row['item']!r} stands a second time in the map")
        names[row["item"].strip()] = row["source"].strip()
    return names
