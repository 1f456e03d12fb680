"""Gathers participants' sentences and compiles their translations.

`.venv/bin/python -m tests.conventions.translating` brings the .po files up to what the pages say (what is
new stands there with nothing beside it, what is gone is dropped) and writes the .mo files from them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from server.config import ROOT
from server.outputs.translations import FOLDER, SPOKEN

LANGUAGES = tuple(language for language in SPOKEN if language != "en")
# What marks a sentence in an error (server/errors.py).
KEYWORDS = {**DEFAULT_KEYWORDS, "said": None}
_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def extracted() -> Catalog:
    """Return every sentence that stands in a participant's page or message."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)  # type: ignore[no-untyped-call]  # babel has none
    found = Catalog(charset="utf-8")
    for _file, _line, message, _comments, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, context=context)
    return found


def kept(language: str) -> Catalog:
    """Return a language's sentences as they lie in the checkout."""
    with _po(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def compiled(catalog: Catalog) -> bytes:
    """Return what the program reads of a catalogue."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def renew(language: str) -> int:
    """Write a language's two files anew and return how many sentences still want words."""
    stands = kept(language) if _po(language).exists() else Catalog(locale=language)
    fresh = Catalog(
        locale=language,
        project="Attune",
        version="1",
        copyright_holder="the Attune contributors",
        last_translator="the Attune contributors",
        language_team="the Attune contributors",
        msgid_bugs_address="the Attune contributors",
        # Two runs give the same bytes.
        creation_date=_NO_DAY,
        revision_date=_NO_DAY,
        header_comment="# What participants read. See docs/recipes.md, Change a sentence of the pages.",
        fuzzy=False,
    )
    for message in extracted():
        if message.id:
            before = stands.get(message.id, message.context)
            fresh.add(message.id, before.string if before else "", context=message.context)
    _po(language).parent.mkdir(parents=True, exist_ok=True)
    with _po(language).open("wb") as file:
        write_po(file, fresh, width=0, sort_output=True, omit_header=False)
    settled = kept(language)
    mo(language).write_bytes(compiled(settled))
    return len(missing(settled))


def missing(catalog: Catalog) -> list[str]:
    """Return the sentences that have no words yet, or too few forms of them."""
    return [str(each.id) for each in catalog if each.id and not _whole(each.string)]


def mo(language: str) -> Path:
    """Return the compiled file of a language."""
    return _po(language).with_suffix(".mo")


def _whole(words: object) -> bool:
    return all(words) if isinstance(words, tuple | list) else bool(words)


def _po(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


if __name__ == "__main__":
    for each in LANGUAGES:
        print(f"{each}: {renew(each)} sentences want words")
