"""Trying a form at a desk: questions come and go with the answers, and the score follows."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from server.catalog.build import build
from server.catalog.tree import read
from server.config import ROOT
from server.domain.instrument import Instrument
from server.preview import PreviewServer
from tests.browser.chromium import DESK, barriers
from tests.domain.synthetic import STRUCTURE, wording_of_every_kind

pytestmark = pytest.mark.browser

BRANCHING = STRUCTURE.replace(b"id: drove,", b"id: drove, show_if: mood < 3,").replace(
    b"id: since,", b"id: since, show_if: helped includes 2 or words is answered,"
)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    instrument = build(Instrument, read(BRANCHING))
    assert instrument is not None
    server = PreviewServer(instrument, wording_of_every_kind(), ROOT / "static")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    page = browser.new_page(viewport=DESK)
    page.goto(server.address)
    yield page
    page.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_questions_come_and_go_and_the_score_follows(page: Page):
    drove = page.get_by_role("group", name="Did you drive?")
    score = page.get_by_role("listitem").filter(has_text="Mood and driving")
    expect(drove).to_be_hidden()
    page.get_by_role("radio", name="bad").check()
    expect(drove).to_be_visible()
    drove.get_by_role("radio", name="Yes").check()
    expect(score).to_contain_text("2 (1–4)")
    expect(score).to_contain_text("little (nobody)")
    page.get_by_role("radio", name="good").check()
    expect(drove).to_be_hidden()
    expect(score).to_contain_text("drove not-shown")
    page.get_by_role("radio", name="middling").check()
    expect(drove.get_by_role("radio", name="Yes")).to_be_checked()
    expect(score).to_contain_text("3 (1–4)")


def test_several_choices_and_texts_decide_too(page: Page):
    since = page.get_by_label("Since when?")
    expect(since).to_be_hidden()
    page.get_by_label("talk").check()
    expect(since).to_be_visible()
    page.get_by_label("talk").uncheck()
    expect(since).to_be_hidden()
    page.get_by_label("Anything else?").fill("   ")
    expect(since).to_be_hidden()
    page.get_by_label("Anything else?").fill("yes")
    expect(since).to_be_visible()


def test_what_is_no_number_is_told_under_its_question(page: Page):
    weight = page.locator("[data-item=weight]")
    weight.get_by_role("textbox").fill("much")
    expect(weight).to_contain_text("the answer must be a number")
    weight.get_by_role("textbox").fill("70,5")
    expect(weight).not_to_contain_text("the answer must")


def test_its_scores_stay_in_sight_beside_the_questions(page: Page):
    for end in ("document.body.scrollHeight", "0"):
        page.evaluate(f"scrollTo(0, {end})")
        expect(page.get_by_role("region", name="Scores")).to_be_in_viewport(ratio=1)
    questions = page.locator("main form").bounding_box()
    scores = page.get_by_role("region", name="Scores").bounding_box()
    assert questions
    assert scores
    assert questions["x"] + questions["width"] <= scores["x"]


def test_nothing_of_it_is_kept(page: Page):
    page.reload()
    expect(page.get_by_label("Anything else?")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert page.context.cookies() == []


def test_the_page_bars_nobody(page: Page):
    assert barriers(page) == []
