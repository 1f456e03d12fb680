"""The real definitions, but WHO-5 asks its last three statements only sometimes: in three parts, that is."""

from __future__ import annotations

from server.catalog.catalog import Catalog
from server.domain.grammar import parse
from server.domain.instrument import Instrument

CONDITIONS = {"who03": "who02 <= 2", "who04": "who03 is answered", "who05": "who02 > 3"}


def branching(catalog: Catalog) -> Catalog:
    """Return the catalogue with WHO-5 changed so."""
    instruments = tuple(
        _with_conditions(each) if each.id == "who-5" else each for each in catalog.instruments
    )
    return Catalog(instruments, catalog.wordings, catalog.protocols)


def _with_conditions(instrument: Instrument) -> Instrument:
    items = tuple(
        item.model_copy(update={"show_if": parse(CONDITIONS[item.id])})
        if item.id in CONDITIONS
        else item
        for item in instrument.items
    )
    return Instrument.model_validate(instrument.model_dump(exclude={"items"}) | {"items": items})
