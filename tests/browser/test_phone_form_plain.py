"""Every kind of form without any script: filled, kept for later, gone on with, sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from server.actions.context import Context
from server.catalog.catalog import Catalog
from tests.asking import asking
from tests.branching import branching
from tests.browser.phone import Site, press, serving

pytestmark = pytest.mark.browser
SENT = "Sent. We have it."


@contextmanager
def plain(context: Context, browser: Browser, catalog: Catalog) -> Iterator[tuple[Site, Page]]:
    """Open Today as a plain page on Ada's phone, which runs no script."""
    with serving(replace(context, catalog=catalog)) as site:
        phone = site.phone(browser, site.cast.ada, java_script_enabled=False)
        page = phone.new_page()
        page.goto(f"{site.address}/today")
        yield site, page
        phone.close()


def test_a_safety_check_offers_help_before_it_is_sent(context: Context, browser: Browser):
    with plain(context, browser, asking(context.catalog, "safety-check")) as (site, page):
        page.get_by_role("link", name="Are you all right?").click()
        harm = page.locator("#q-harm")
        expect(harm.get_by_role("link", name="Help now")).to_be_hidden()
        harm.get_by_label("Yes").check()
        expect(harm.get_by_role("link", name="Help now")).to_be_visible()
        expect(harm.get_by_role("link", name="Help now")).to_have_attribute("href", "/help/plain")
        page.locator("#q-call_me").get_by_label("Yes").check()
        press(page, "Save and go on later")
        page.get_by_role("link", name="Are you all right?").click()
        expect(page.locator("#q-harm").get_by_role("link", name="Help now")).to_be_visible()
        press(page, "Next")
        press(page, "Next")
        # What hangs on the wish for a call is asked on the next page.
        page.get_by_label("In the morning").check()
        press(page, "Next")
        expect(page.get_by_role("heading", name="Look once more, then send")).to_be_visible()
        press(page, "Send my answers")
        expect(page.get_by_role("heading", name=SENT)).to_be_visible()
        assert _answers(site)["call_when"] == "answered"
        assert _answers(site)["coping"] == "unanswered"


def test_a_branching_form_goes_part_by_part(context: Context, browser: Browser):
    with plain(context, browser, branching(context.catalog)) as (site, page):
        page.get_by_role("link", name="How you have been").click()
        for place in ("#q-who01", "#q-who02"):
            page.locator(place).get_by_label("Always", exact=True).check()
        press(page, "Next")
        page.locator("#q-who05").get_by_label("Often").check()
        press(page, "Back")
        expect(page.locator("#q-who02").get_by_label("Always", exact=True)).to_be_checked()
        press(page, "Next")
        expect(page.locator("#q-who05").get_by_label("Often")).to_be_checked()
        press(page, "Next")
        press(page, "Send my answers")
        expect(page.get_by_role("heading", name=SENT)).to_be_visible()
        assert _answers(site)["who03"] == "not-shown"


def test_words_of_ones_own_are_kept_and_sent(context: Context, browser: Browser):
    with plain(context, browser, asking(context.catalog, "followup-open")) as (site, page):
        page.locator("main a.card", has_text="(2)").click()
        first = page.locator("textarea").first
        first.fill("Slept well.\nWalked to the lake.")
        press(page, "Save and go on later")
        page.locator("main a.card", has_text="begun").click()
        expect(page.locator("textarea").first).to_have_value("Slept well.\nWalked to the lake.")
        # A page that is on its way out must not be asked what it shows: wait for each that follows.
        while "/done/" not in page.url:
            with page.expect_navigation():
                page.locator("button.main").click()
        expect(page.get_by_role("heading", name=SENT)).to_be_visible()
        assert "answered" in _answers(site).values()


def test_a_form_about_a_guide_says_about_whom_and_who_never_sees_it(
    context: Context, browser: Browser
):
    with plain(context, browser, context.catalog) as (site, page):
        page.locator("main a.card", has_text="About Robin").click()
        expect(page.get_by_text("Your guides never see these answers.")).to_be_visible()
        for item in page.locator("[data-item]").all():
            item.locator("input").nth(3).check()
        assert fits(page)
        press(page, "I meant Sam")
        expect(page.locator(".whose").first).to_have_text("About Sam")
        expect(page.locator("#q-wai01 input").nth(3)).to_be_checked()
        press(page, "Send my answers")
        expect(page.get_by_role("heading", name=SENT)).to_be_visible()
        about = site.cast.context.db.value("SELECT about_staff_id FROM responses")
        assert about == site.cast.second.id


def fits(page: Page) -> bool:
    """Axe needs scripts, which this page has none of: at least nothing hangs over the edge."""
    box = page.locator("main").bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390


def _answers(site: Site) -> dict[str, str]:
    rows = site.cast.context.db.all("SELECT item, state FROM answers")
    return {str(row["item"]): str(row["state"]) for row in rows}
