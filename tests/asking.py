"""The real definitions, but under WHO-5's name stands another form: so the fixed cast is asked it."""

from __future__ import annotations

from server.catalog.catalog import Catalog

NAME = "who-5"


def asking(catalog: Catalog, instrument: str) -> Catalog:
    """Return the catalogue changed so."""
    named = {"id": NAME, "version": catalog.instrument(NAME).version}
    instruments = [each for each in catalog.instruments if each.id != NAME]
    wordings = [each for each in catalog.wordings if each.instrument != NAME]
    instruments.append(catalog.instrument(instrument).model_copy(update=named))
    wordings += [
        # Another title: pages with the same bytes would be one page, and that of the other form.
        each.model_copy(update={"instrument": NAME, "title": f"{each.title} (2)"})
        for each in catalog.wordings
        if each.instrument == instrument
    ]
    return Catalog(tuple(instruments), tuple(wordings), catalog.protocols)
