"""A form that asks some questions only sometimes, on the phone: they come, go, and are set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from server.actions.context import Context
from tests.branching import branching
from tests.browser.phone import Site, answer, begin, choose_pin, press, serving

pytestmark = pytest.mark.browser
MOOD, REST = "My mood was bright.", "Mornings found me well slept."


@pytest.fixture
def site(context: Context) -> Iterator[Site]:
    with serving(replace(context, catalog=branching(context.catalog))) as running:
        yield running


def _next(page: Page, option: int) -> None:
    answer(page, option)
    press(page, "Next")


def _place(page: Page) -> str:
    return page.locator(".now").get_attribute("data-item") or ""


def test_questions_come_and_go_and_what_was_said_is_set_aside(site: Site, browser: Browser):
    phone = site.phone(browser, site.cast.ada)
    page = phone.new_page()
    choose_pin(page, site)
    begin(page, "How you have been")
    _next(page, 0)
    # Options stand from 5 down to 0: the fifth says 1, and brings up the third question.
    answer(page, 4)
    expect(page.locator("#progress .count").last).to_have_text("2 of 3")
    press(page, "Next")
    assert _place(page) == "who03"
    _next(page, 0)
    assert _place(page) == "who04"
    press(page, "Back")
    press(page, "Back")
    assert _place(page) == "who02"
    # The first says 5: the third and the fourth go, the fifth comes.
    _next(page, 0)
    assert _place(page) == "who05"
    expect(page.locator("#progress .count").last).to_have_text("3 of 3")
    _next(page, 1)
    expect(page.locator("#answers li")).to_have_count(3)
    press(page, "Send my answers")
    page.get_by_role("heading", name="Sent. We have it.").wait_for()
    assert _states(site) == {
        "who01": "answered",
        "who02": "answered",
        "who03": "not-shown",
        "who04": "not-shown",
        "who05": "answered",
    }
    process = json.loads(str(site.value("SELECT process FROM responses")))
    assert process["aside"] == {"who03": 5}
    phone.close()


def test_a_change_in_the_review_asks_what_it_brought_up(site: Site, browser: Browser):
    phone = site.phone(browser, site.cast.ada)
    page = phone.new_page()
    choose_pin(page, site)
    begin(page, "How you have been")
    _next(page, 0)
    _next(page, 2)
    expect(page.get_by_role("heading", name="Look once more, then send")).to_be_visible()
    page.get_by_role("button", name="Change: I could let go").click()
    _next(page, 5)
    assert _place(page) == "who03"
    _next(page, 0)
    assert _place(page) == "who04"
    _next(page, 0)
    expect(page.locator("#answers li")).to_have_count(4)
    phone.close()


def test_a_draft_comes_back_with_the_questions_it_had(site: Site, browser: Browser):
    phone = site.phone(browser, site.cast.ada)
    page = phone.new_page()
    choose_pin(page, site)
    begin(page, "How you have been")
    _next(page, 0)
    _next(page, 5)
    assert _place(page) == "who03"
    page.reload()
    page.get_by_label("Your PIN").fill("271828")
    press(page, "Go on")
    page.locator("[data-item=who03].now").wait_for()
    expect(page.locator("#progress .count").last).to_have_text("3 of 3")
    phone.close()


def _states(site: Site) -> dict[str, str]:
    rows = site.cast.context.db.all("SELECT item, state FROM answers")
    return {str(row["item"]): str(row["state"]) for row in rows}
