"""Lay every form out as a static page, once; pages already published stay as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from server.actions.context import Context
from server.domain.instrument import Instrument, Wording
from server.domain.people import Actor
from server.errors import NotFoundError
from server.outputs import forms as pages
from server.store import forms, settings

PUBLISHER = Actor("system", "publish-forms")


@dataclass(frozen=True)
class Shelf:
    """The pages in force now: the newest instrument with the newest wording of each language."""

    hashes: dict[tuple[str, str], str]

    def form(self, instrument: str, language: str) -> str:
        """Return the hash of an instrument's page; pt-BR falls back to pt, all to English.

        Raises:
            NotFoundError: this instrument has no page.

        """
        for asked in (language, language.partition("-")[0], "en"):
            found = self.hashes.get((instrument, asked))
            if found:
                return found
        message = f"there is no page for the form {instrument!r}"
        raise NotFoundError(message)


def publish_forms(context: Context, static_version: str) -> Shelf:
    """Render each instrument in each language and keep the pages that are new."""
    synthetic = settings.mode(context.db) == "demo"
    hashes: dict[tuple[str, str], str] = {}
    fresh: list[dict[str, object]] = []
    for instrument, wording in _in_force(context):
        html = pages.render(instrument, wording, static_version, synthetic=synthetic)
        digest = hashlib.sha256(html).hexdigest()
        hashes[instrument.id, wording.language] = digest
        fresh.append(_row(digest, instrument, wording, html))
    _keep(context, fresh)
    return Shelf(hashes)


def _in_force(context: Context) -> Iterator[tuple[Instrument, Wording]]:
    newest = {each.id: context.catalog.instrument(each.id) for each in context.catalog.instruments}
    for instrument in newest.values():
        for language in context.catalog.languages(instrument.id):
            yield instrument, context.catalog.wording(instrument.id, language)


def _keep(context: Context, rows: list[dict[str, object]]) -> None:
    # Looked at again inside: two workers that start at once may both have found the same page new.
    if all(forms.has(context.db, str(row["hash"])) for row in rows):
        return
    with context.write(PUBLISHER, "a form's page was published") as tx:
        for row in rows:
            if not forms.has(context.db, str(row["hash"])):
                forms.add(tx, row)


def _row(digest: str, instrument: Instrument, wording: Wording, html: bytes) -> dict[str, object]:
    return {
        "hash": digest,
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "wording": wording.id,
        "language": wording.language,
        "html": html,
    }
