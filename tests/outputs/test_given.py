"""Answers read back: in words, in the language that was read, never as bare codes."""

from __future__ import annotations

import pytest

from server.catalog.catalog import Catalog
from server.outputs.given import given


@pytest.mark.parametrize(
    ("language", "value", "words"), [("en", 1, "Yes"), ("de", 0, "Nein"), ("es", 1, "Sí")]
)
def test_yes_and_no_are_read_back_as_words(catalog: Catalog, language: str, value: int, words: str):
    form, wording = _form(catalog, "safety-check", language)
    assert given(value, "harm", form, wording) == words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("pulse_after", 72.0, "72 per minute"),
        ("oriented", -1, "Not done"),
        ("notes", "all well", "all well"),
        ("notes", None, ""),
        ("not asked any more", 1, ""),
    ],
)
def test_numbers_have_their_unit_and_what_is_empty_stays_empty(
    catalog: Catalog, name: str, value: object, words: str
):
    form, wording = _form(catalog, "session-day-check", "en")
    assert given(value, name, form, wording) == words


def _form(catalog: Catalog, name: str, language: str):
    return catalog.instrument(name), catalog.wording(name, language)
