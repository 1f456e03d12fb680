"""The form itself: a short page, another language in its place, help at an answer that asks for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.actions.context import Context
from server.store import readiness
from tests.asking import asking
from tests.browser.chromium import barriers
from tests.browser.phone import PIN, Site, answer, begin, choose_pin, press, serving
from tests.cast import ENROLLED

pytestmark = pytest.mark.browser
LARGE_TYPE = "document.documentElement.style.fontSize = '225%'"


@pytest.fixture
def check(context: Context) -> Iterator[Site]:
    with serving(replace(context, catalog=asking(context.catalog, "safety-check"))) as running:
        yield running


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    phone = site.phone(browser, site.cast.ada)
    yield phone.new_page()
    phone.close()


def test_a_short_form_stands_on_one_page_and_offers_help_before_anything_is_sent(
    check: Site, browser: Browser
):
    phone = check.phone(browser, check.cast.ada)
    page = phone.new_page()
    choose_pin(page, check)
    phone.set_offline(True)
    begin(page, "Are you all right?")
    assert page.locator("[data-item].now").count() == 4
    harm = page.locator("[data-item=harm]")
    expect(harm.get_by_role("link", name="Help now")).to_be_hidden()
    harm.get_by_label("Yes").check()
    expect(harm.get_by_role("link", name="Help now")).to_be_visible()
    expect(harm.get_by_role("link", name="Ask for a call")).to_have_attribute("href", "/#call")
    expect(page.locator("#progress .count").last).to_have_text("1 of 4 answered")
    shot(page, "safety-page")
    assert barriers(page) == []
    harm.get_by_role("button", name="Remove my answer").click()
    expect(harm.get_by_role("link", name="Help now")).to_be_hidden()
    expect(harm.get_by_label("Yes")).not_to_be_checked()
    # What hangs on an answer comes at once, on the same page.
    page.locator("[data-item=call_me]").get_by_label("Yes").check()
    expect(page.locator("[data-item=call_when]")).to_be_visible()
    page.locator("[data-item=coping] label").first.click()
    press(page, "Next")
    expect(page.get_by_text("You left something empty.")).to_be_visible()
    press(page, "Leave it empty")
    expect(page.locator("#answers li")).to_have_count(5)
    shot(page, "safety-review")
    page.get_by_role("button", name="Change: ").nth(1).click()
    expect(page.locator("[data-item=worse]")).to_be_visible()
    press(page, "Next")
    press(page, "Send my answers")
    page.get_by_role("heading", name="On this phone").wait_for()
    phone.set_offline(False)
    page.goto(check.address)
    expect(page.locator("#sent")).to_contain_text("Sent. We have it.")
    rows = check.cast.context.db.all("SELECT item, state FROM answers")
    assert {row["item"]: row["state"] for row in rows}["harm"] == "skipped"
    phone.close()


def test_the_language_changes_in_the_middle_and_every_answer_stays(site: Site, page: Page):
    cast, both = site.cast, {"languages": ["en", "de"]}
    with cast.context.write(cast.actor(cast.coordinator), "the study asks in two languages") as tx:
        readiness.record(tx, cast.study_id, "languages", ENROLLED, both)
    choose_pin(page, site)
    begin(page, "How you have been")
    answer(page, 2)
    press(page, "Next")
    answer(page, 1)
    expect(page.get_by_role("button", name="Deutsch")).to_be_visible()
    shot(page, "single")
    press(page, "Deutsch")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.locator(".now").get_attribute("data-item") == "who02"
    expect(page.locator(".now input:checked")).to_have_value("4")
    assert barriers(page) == []
    press(page, "Zurück")
    expect(page.locator(".now input:checked")).to_have_value("3")
    shown = page.url.split("/f/")[1].split(".html")[0]
    # After a reload the draft goes on in the language that it was left in.
    page.reload()
    page.locator("#pin").fill(PIN)
    page.locator("[data-for=pin]").click()
    expect(page.locator(".now input:checked")).to_have_value("3")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    for _ in range(5):
        answer(page, 2)
        page.locator("[data-for=item].main").click()
    page.locator("[data-for=review].main").click()
    page.locator("[data-step=sent].now").wait_for()
    stored = site.cast.context.db.one("SELECT form_hash, wording, process FROM responses")
    assert stored is not None
    assert stored["form_hash"] == shown
    assert "/de/" in stored["wording"]
    assert json.loads(stored["process"])["forms"][-1] == shown
    assert len(json.loads(stored["process"])["forms"]) == 2


@pytest.mark.parametrize("size", [(390, 844, 1), (360, 640, 2)])
def test_it_can_be_read_and_used_with_large_type_on_a_small_phone(
    check: Site, browser: Browser, size: tuple[int, int, int]
):
    width, height, times = size
    phone = check.phone(browser, check.cast.ada, viewport={"width": width, "height": height})
    if times > 1:
        phone.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {LARGE_TYPE} }})")
    page = phone.new_page()
    choose_pin(page, check)
    begin(page, "Are you all right?")
    page.locator("[data-item=harm] label").first.click()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px hang over the edge"
    assert barriers(page) == []
    shot(page, f"large-{width}")
    page.goto(f"{check.address}/recorded")
    expect(page.get_by_role("heading", name="What we record", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert barriers(page) == []
    shot(page, f"recorded-{width}")
    phone.close()


def test_leaving_quickly_empties_the_screen_and_keeps_what_was_begun(site: Site, page: Page):
    page.context.route("https://www.wikipedia.org/", lambda route: route.fulfill(body="elsewhere"))
    choose_pin(page, site)
    begin(page, "How you have been")
    answer(page, 2)
    page.get_by_role("link", name="Leave quickly").click()
    page.wait_for_url("https://www.wikipedia.org/")
    page.go_back()
    assert "/f/" not in page.url
    page.goto(site.address)
    expect(page.locator("#due")).to_contain_text("begun")


def test_the_time_each_question_took_goes_along_and_no_staff_page_shows_it(site: Site, page: Page):
    choose_pin(page, site)
    begin(page, "How you have been")
    for option in (2, 1, 2, 2, 2):
        answer(page, option)
        press(page, "Next")
    press(page, "Send my answers")
    page.locator("[data-step=sent].now").wait_for()
    stored = site.cast.context.db.one("SELECT id, process, elapsed_ms FROM responses")
    assert stored is not None
    times = json.loads(stored["process"])["times"]
    assert set(times) == {"who01", "who02", "who03", "who04", "who05"}
    assert abs(sum(times.values()) - stored["elapsed_ms"]) < 10


def shot(page: Page, name: str) -> None:
    """Keep a picture for whoever asked for them by naming a folder."""
    folder = os.environ.get("ATTUNE_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
