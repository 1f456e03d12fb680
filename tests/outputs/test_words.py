"""What people wrote reaches paper whole, or visibly cut, and never breaks the page."""

from __future__ import annotations

import pytest

from server.domain.answers import Answer
from server.domain.instrument import Item
from server.outputs import words
from tests.outputs import sample


def test_an_answer_keeps_its_paragraphs():
    assert words.text(" one \r\n\r\n two\rthree ").paragraphs == ("one", "two", "three")
    assert words.text("one").cut == ""


def test_a_long_answer_is_cut_at_a_stated_length():
    found = words.text("word " * 4_000)
    assert sum(map(len, found.paragraphs)) <= words.PRINTED_LETTERS
    assert "first 4,000 of 19,999 characters" in found.cut


def test_an_answer_of_line_breaks_is_cut_as_well():
    found = words.text("a\n" * 5_000)
    assert len(found.paragraphs) == words.PRINTED_LINES
    assert "first 159 of 9,999 characters" in found.cut


def test_unbroken_text_gets_places_to_break_and_loses_nothing():
    (line,) = words.text("x" * 500).paragraphs
    assert line.replace("\u200b", "") == "x" * 500
    assert max(map(len, line.split("\u200b"))) <= 40


def test_control_and_reordering_characters_do_not_reach_the_page():
    assert words.printable("a\x00b\x1b[31mc\u202ed\u2066e\uffff") == "ab[31mcde"


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (Answer("x", "answered", 3), "3"),
        (Answer("x", "answered", 2.5), "2.5"),
        (Answer("x", "answered", (1, 4)), "1, 4"),
        (Answer("x", "skipped"), "skipped"),
        (Answer("x", "unanswered"), "empty"),
        (Answer("x", "not-shown"), "not shown"),
        (None, ""),
    ],
)
def test_why_there_is_no_value_is_said_each_in_its_own_word(answer: Answer | None, written: str):
    """R20: skipped, never reached and not shown are three things."""
    assert words.value(Item(id="x", kind="number"), answer, "en") == written


def test_yes_no_and_dates_are_written_out():
    assert words.value(Item(id="x", kind="yes-no"), Answer("x", "answered", 0), "en") == "no"
    assert (
        words.value(Item(id="x", kind="date"), Answer("x", "answered", "2027-03-01"), "en")
        == "1 Mar 2027"
    )
    assert (
        words.value(Item(id="x", kind="date"), Answer("x", "answered", "someday"), "en")
        == "someday"
    )


def test_the_key_names_every_code_in_the_order_shown():
    instrument = sample.catalog().instrument("ies-r")
    key = words.key(instrument, sample.catalog().wording("ies-r", "en"))
    assert [part.split()[0] for part in key.split(" · ")] == ["0", "1", "2", "3", "4"]


def test_one_line_is_one_line():
    assert words.short("two\nlines  here", 40) == "two lines here"
    assert words.short("abcdefgh", 5) == "abcd…"
