"""Every sentence that a participant reads is there in each language that the pages speak."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from tests.conventions import translating
from tests.conventions.translating import LANGUAGES

REMEDY = "run: .venv/bin/python -m tests.conventions.translating"
PLACE = re.compile(r"%\(\w+\)s")
# No word of the field; a participant need not know how a study is built.
JARGON = re.compile(
    r"\b(dosing|dosis|allianz|alianza|instrument|score|assessment|protokoll|protocolo|compliance)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def said() -> Catalog:
    return translating.extracted()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_and_nothing_is_left_over(said: Catalog, language: str):
    kept = translating.kept(language)
    assert translating.missing(kept) == [], REMEDY
    wanted = {str(each.id) for each in said if each.id}
    assert {str(each.id) for each in kept if each.id} == wanted, REMEDY
    assert [each.id for each in kept if each.fuzzy and each.id] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_program_reads_is_what_stands_in_the_source(language: str):
    kept = translating.kept(language)
    assert translating.mo(language).read_bytes() == translating.compiled(kept), REMEDY


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_the_same_places(language: str):
    wrong = [
        message.id
        for message in translating.kept(language)
        if message.id and _places(message.id) != _places(message.string)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_speaks_the_words_of_the_field(language: str):
    words = [text for message in translating.kept(language) for text in _forms(message.string)]
    assert [text for text in words if JARGON.search(text)] == []


def _forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


def _places(text: object) -> set[str]:
    return {place for form in _forms(text) for place in PLACE.findall(form)}
