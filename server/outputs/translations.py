"""The sentences of the participant's pages and messages in other languages; English stands in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).resolve().parent.parent / "translations"
# What participants' pages speak. Forms may come in more languages; around those, English stands.
SPOKEN = ("en", "de", "es")


def spoken(language: str) -> str:
    """Return the language that pages speak to someone who reads this one: `de` for `de-AT`."""
    plain = language.replace("_", "-").partition("-")[0].lower()
    return plain if plain in SPOKEN else "en"


@cache
def translations(language: str) -> NullTranslations:
    """Return the sentences for a language tag; those of English are the templates' own."""
    return Translations.load(str(FOLDER), [spoken(language)])
