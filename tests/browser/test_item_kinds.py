"""Every kind of question, by keyboard alone and to whoever listens: the phone's own macros, on the preview."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from server.catalog.build import build
from server.catalog.tree import read
from server.config import ROOT
from server.domain.instrument import Instrument, Wording
from server.preview import PreviewServer
from tests.browser.chromium import PHONE, barriers
from tests.domain.synthetic import SENTENCES, STRUCTURE

pytestmark = pytest.mark.browser

MORE_ITEMS = b"""\
  - {id: name, kind: text, short: true, soft_limit: 20}
  - {id: beats, kind: number}
  - {id: least, kind: number, minimum: 3}
"""
MORE_SENTENCES = b"""\
  name: {text: What do you call it?}
  beats: {text: How many?, unit: per minute}
  least: {text: How many at least?}
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    instrument = build(
        Instrument, read(STRUCTURE.replace(b"  - {id: since,", MORE_ITEMS + b"  - {id: since,"))
    )
    wording = build(Wording, read(SENTENCES.replace(b"  since:", MORE_SENTENCES + b"  since:")))
    assert instrument is not None
    assert wording is not None
    server = PreviewServer(instrument, wording, ROOT / "static")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    page = browser.new_page(viewport=PHONE)
    page.goto(server.address)
    page.get_by_role("slider").wait_for()
    yield page
    page.close()
    server.shutdown()
    thread.join()
    server.server_close()


def described(field: Locator) -> str:
    """Return what a screen reader says after the name of a field."""
    return str(field.evaluate(
        "each => (each.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)"
        ".map((id) => document.getElementById(id).textContent.trim().replace(/\\s+/g, ' ')).join('; ')"
    ))  # fmt: skip


def test_the_page_bars_nobody_and_is_not_wider_than_a_phone(page: Page):
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_choices_are_reached_and_chosen_by_keyboard(page: Page):
    page.get_by_role("radio", name="good").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="good")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="middling")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    page.get_by_role("checkbox", name="sleep").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="sleep")).to_be_checked()
    expect(page.get_by_role("checkbox", name="talk")).to_be_checked()


def test_a_number_says_its_range_and_its_unit(page: Page):
    weight = page.get_by_label("How heavy is your bag?")
    assert described(weight) == "A number from 20 to 300, kg"
    expect(page.get_by_text("kg", exact=True)).to_be_visible()
    assert described(page.get_by_label("How many?", exact=True)) == "A number, per minute"
    assert described(page.get_by_label("How many at least?")) == "A number, 3 or more"
    weight.focus()
    page.keyboard.type("19")
    expect(page.locator("#q-weight .error")).to_contain_text("between 20 and 300")
    weight.fill("80,5")
    expect(page.locator("#q-weight .error")).to_have_count(0)


def test_a_line_shows_no_mark_before_it_is_touched_and_is_moved_by_keyboard(page: Page):
    line, typed = page.get_by_role("slider"), page.locator("[name=calm]")
    assert "untouched" in (line.get_attribute("class") or "")
    assert line.get_attribute("aria-valuetext") == "nothing marked yet"
    expect(typed).to_have_value("")
    assert "not calm" in described(line)
    assert "very calm" in described(line)
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    expect(typed).to_have_value("50")
    assert line.get_attribute("aria-valuetext") is None
    page.keyboard.press("Enter")
    expect(typed).to_have_value("51")
    line.focus()
    page.keyboard.press("End")
    expect(typed).to_have_value("100")
    typed.fill("7")
    assert line.input_value() == "7"


def test_texts_are_a_line_or_a_page_and_dictation_is_not_hindered(page: Page):
    short, long = page.get_by_label("What do you call it?"), page.get_by_label("Anything else?")
    assert short.evaluate("each => each.tagName") == "INPUT"
    assert long.evaluate("each => each.tagName") == "TEXTAREA"
    for field in (short, long):
        assert field.get_attribute("autocapitalize") == "sentences"
        assert field.get_attribute("spellcheck") == "true"
        field.focus()
        # Dictation puts in a whole sentence at once, without a single key.
        page.keyboard.insert_text("Spoken all at once.")
        expect(field).to_have_value("Spoken all at once.")


def test_a_day_is_typed(page: Page):
    day = page.get_by_label("Since when?")
    day.focus()
    page.keyboard.type("02282027")
    expect(day).to_have_value("2027-02-28")


def test_what_only_speaks_is_a_heading_or_a_text(page: Page):
    expect(page.get_by_role("heading", name="First part")).to_be_visible()
    expect(page.get_by_text("Good to see you.")).to_be_visible()
