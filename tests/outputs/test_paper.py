"""A form on paper: every question, in its language, with what the phone would have hidden said in words."""

from __future__ import annotations

import re

import pytest

from server.catalog.build import build
from server.catalog.catalog import Catalog
from server.catalog.tree import read
from server.domain.instrument import Instrument
from server.outputs import paper, pdf
from tests.domain.synthetic import STRUCTURE, wording_of_every_kind
from tests.outputs.reading import pages, text


def laid_out(catalog: Catalog, name: str, language: str = "en") -> str:
    return paper.html(paper.form(catalog.instrument(name), catalog.wording(name, language)))


def test_every_form_asks_every_question_in_every_language(catalog: Catalog):
    for name in {each.id for each in catalog.instruments}:
        for language in catalog.languages(name):
            html = laid_out(catalog, name, language)
            numbers = re.findall(r'<span class="no">(\d+)</span>', html)
            assert len(numbers) == len(catalog.instrument(name).questions), (name, language)
            assert f'<html lang="{language}"' in html


def test_neighbours_with_the_same_answers_become_a_table(catalog: Catalog):
    html = laid_out(catalog, "ies-r")
    assert html.count("<table>") == 1
    assert html.count('<td class="tick">') == 22 * 5
    assert laid_out(catalog, "eq-5d-5l").count("<table>") == 0


def test_staff_put_their_name_on_it_and_say_why_something_was_not_done(catalog: Catalog):
    sheet, german = (laid_out(catalog, "adverse-events", each) for each in ("en", "de"))
    assert "Filled in by" in sheet
    assert "write beside it why" in sheet
    assert "You may leave any question empty" not in sheet
    assert "Ausgefüllt von" in german
    assert "You may leave any question empty" in laid_out(catalog, "bdi-ii")
    own = laid_out(catalog, "phq-9")
    assert "You may leave any question empty" in own
    assert "Filled in by" not in own


def test_paper_has_no_help_page_and_leaves_room_for_whom_to_call(catalog: Catalog):
    assert "If you need someone now, call:" in laid_out(catalog, "safety-check")
    assert "jetzt jemanden brauchen" in laid_out(catalog, "safety-check", "de")
    assert "If you need someone now, call:" not in laid_out(catalog, "adverse-events")


def with_conditions(*conditions: tuple[bytes, bytes]) -> paper.Form:
    structure = STRUCTURE
    for item, condition in conditions:
        structure = structure.replace(
            b"id: %s," % item, b"id: %s, show_if: %s," % (item, condition)
        )
    instrument = build(Instrument, read(structure))
    assert instrument is not None
    return paper.form(instrument, wording_of_every_kind())


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (b"mood = 3", "Only if question 1 is “good”"),
        (b"mood != 1", "Only if question 1 is not “bad”"),
        (b"mood >= 2", "Only if question 1 ≥ “middling”"),
        (b"2 <= mood", "Only if question 1 ≥ “middling”"),
        (b"drove = 1", "Only if question 2 is “Yes”"),
        (b"helped includes 2", "Only if question 3 is “talk”"),
        (b"weight > 70.5", "Only if question 4 &gt; 70.5"),
        (b"mood is answered", "Only if question 1 is answered"),
        (b"not (mood = 3)", "Only if not (question 1 is “good”)"),
        (b"mood < weight", "Only if question 1 &lt; question 4"),
        (b"mood = 1 and (drove = 1 or helped includes 1)",
         "Only if question 1 is “bad” and (question 2 is “Yes” or question 3 is “sleep”)"),
    ],
)  # fmt: skip
def test_what_a_phone_hides_is_said_in_words(condition: bytes, told: str):
    assert told in paper.html(with_conditions((b"calm", condition)))


def test_every_kind_has_room_for_a_pen():
    html = paper.html(with_conditions())
    assert "not calm" in html
    assert "very calm" in html
    assert "kg" in html
    assert html.count('class="ruled"') == 3
    assert html.count('<span class="box round"></span>') == 5
    assert html.count('<span class="box"></span>') == 3
    assert "Month" in html


def test_sample_sentences_say_what_they_are_and_a_name_has_its_blank(catalog: Catalog):
    html = laid_out(catalog, "wai-sr")
    assert "Sample sentences, for trying out." in html
    assert "__________" in html
    assert "Sample sentences" not in laid_out(catalog, "safety-check")


def test_a_long_form_fits_its_pages_and_counts_them(catalog: Catalog):
    printed = pdf.to_pdf(laid_out(catalog, "whoqol-bref"), paper.css())
    found = pages(printed)
    assert len(found) == 2
    for number, page in enumerate(found, start=1):
        assert f"Page {number} / 2" in page
        assert "whoqol-bref 1.0.0" in page
        assert "Study code" in page
    assert "World Health Organization" in text(printed)
