"""The phone from the first code to the last receipt: joining, answering, changing one's mind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from server.actions.context import Context
from server.actions.invite_device import invite_device
from server.catalog.catalog import Catalog
from server.store import assessments, devices, responses
from tests.browser.chromium import barriers
from tests.browser.phone import PIN, Site, answer, answer_all, begin, choose_pin, press, serving
from tests.cast import EVERYTHING

pytestmark = pytest.mark.browser


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    phone = site.phone(browser, site.cast.ada)
    yield phone.new_page()
    phone.close()


def _counts(site: Site, assessment: str) -> dict[str, tuple[str, object]]:
    db = site.cast.context.db
    row = assessments.one(db, EVERYTHING, assessment)
    found = responses.answers(db, EVERYTHING, row["response_id"])
    return {each["item"]: (each["state"], each["value"]) for each in found}


def test_joining_ends_with_three_ticks(site: Site, browser: Browser):
    cast = site.cast
    actor = cast.actor(cast.coordinator)
    invited = invite_device(cast.context, actor, cast.coordinator, cast.ben.id, "home")
    phone = site.phone(browser)
    page = phone.new_page()
    page.goto(site.address + invited.path)
    page.get_by_label("The code you were given").fill(invited.code.lower())
    assert invited.token not in page.url, "the credential must not stay in the history"
    assert barriers(page) == []
    press(page, "Connect")
    page.get_by_label("Six digits or more").fill("123")
    press(page, "Keep this PIN")
    expect(page.get_by_text("Please take at least six digits.")).to_be_visible()
    page.get_by_label("Six digits or more").fill(PIN)
    page.get_by_label("Once more").fill(PIN)
    press(page, "Keep this PIN")
    page.get_by_role("link", name="Open the practice form").click()
    press(page, "Begin")
    answer(page, 1)
    press(page, "Next")
    press(page, "Next")
    press(page, "Leave it empty")
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    page.get_by_role("link", name="Back to today").click()
    press(page, "Send me a test reminder")
    press(page, "It came")
    expect(page.get_by_role("heading", name="This phone is ready")).to_be_visible()
    newest = devices.of(cast.context.db, EVERYTHING, cast.ben.id)
    ticks = [row for row in newest if row["practised_at"] and row["reminder_confirmed_at"]]
    assert len(ticks) == 1
    phone.close()


def test_one_question_at_a_time_to_the_receipt(site: Site, page: Page):
    choose_pin(page, site)
    begin(page, "How you have been")
    assert page.locator(".now input:checked").count() == 0
    assert page.locator("[data-item].now").count() == 1
    answer_all(page, 5, option=2)
    expect(page.get_by_role("heading", name="Look once more, then send")).to_be_visible()
    assert barriers(page) == []
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    asked = site.cast.assessment(site.cast.ada, "wellbeing-baseline")
    assert set(_counts(site, asked).values()) == {("answered", 3)}
    page.get_by_role("link", name="Back to today").click()
    expect(page.locator("#sent")).to_contain_text("Sent. We have it.")
    expect(page.locator("#due")).not_to_contain_text("How you have been")


def test_what_is_left_empty_is_asked_about_once(site: Site, page: Page):
    choose_pin(page, site)
    begin(page, "How you have been")
    press(page, "Next")
    expect(page.get_by_text("You left this one empty. That is fine.")).to_be_visible()
    press(page, "Leave it empty")
    press(page, "Next")
    press(page, "Answer it now")
    answer(page, 0)
    press(page, "Next")
    press(page, "Next")
    press(page, "Next")
    for _ in range(2):
        answer(page, 5)
        press(page, "Next")
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    stored = _counts(site, site.cast.assessment(site.cast.ada, "wellbeing-baseline"))
    assert stored["who01"] == ("skipped", None)
    assert stored["who02"] == ("answered", 5)
    assert stored["who03"] == ("unanswered", None), "passed over twice without a decision"
    assert stored["who05"] == ("answered", 0)


def test_an_answer_can_be_taken_back_and_changed_and_the_change_is_told(site: Site, page: Page):
    choose_pin(page, site)
    begin(page, "How you have been")
    answer(page, 0)
    press(page, "Remove my answer")
    assert page.locator(".now input:checked").count() == 0
    answer_all(page, 5, option=3)
    page.get_by_role("button", name="Change: My mood was bright.").click()
    answer(page, 5)
    press(page, "Next")
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    asked = site.cast.assessment(site.cast.ada, "wellbeing-baseline")
    assert _counts(site, asked)["who01"] == ("answered", 0)
    process = str(site.value("SELECT process FROM responses"))
    assert '"was":5' in process, "removed"
    assert '"was":2' in process, "changed"


def test_a_reload_loses_nothing_and_the_pin_guards_it(site: Site, page: Page):
    choose_pin(page, site)
    begin(page, "How you have been")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    press(page, "Next")
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    page.locator("#kept").evaluate("each => { each.textContent = ''; }")
    answer(page, 2)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    page.reload()
    expect(page.get_by_role("heading", name="Go on where you stopped")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    page.get_by_label("Your PIN").fill("000000")
    press(page, "Go on")
    expect(page.get_by_text("Tries left: 9")).to_be_visible()
    page.get_by_label("Your PIN").fill(PIN)
    press(page, "Go on")
    expect(page.locator(".now input:checked")).to_have_value("3")
    press(page, "Back")
    expect(page.locator(".now input:checked")).to_have_value("4")


def test_where_the_study_asks_for_no_pin_none_is_asked_for(context: Context, browser: Browser):
    catalog = context.catalog
    open_ones = tuple(each.model_copy(update={"pin": "off"}) for each in catalog.protocols)
    without = Catalog(catalog.instruments, catalog.wordings, open_ones)
    with serving(replace(context, catalog=without)) as site:
        phone = site.phone(browser, site.cast.ada)
        page = phone.new_page()
        page.goto(site.address)
        page.locator("#due a").first.wait_for()
        begin(page, "How you have been")
        answer(page, 2)
        expect(page.locator("#kept")).to_have_text("Kept on this phone")
        page.reload()
        expect(page.locator(".now input:checked")).to_have_value("3")
        press(page, "Next")
        answer_all(page, 4)
        press(page, "Send my answers")
        expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
        page.goto(f"{site.address}/sent")
        expect(page.locator("#none")).to_be_visible()
        expect(page.locator("#by-pin")).to_be_hidden()
        phone.clear_cookies()
        page.goto(site.address)
        expect(page.locator("#lost [data-code]")).to_be_visible()
        expect(page.locator("#lost [data-pin]")).to_be_hidden()
        phone.close()


def test_i_meant_the_other_guide_before_sending_and_after(site: Site, page: Page):
    choose_pin(page, site)
    begin(page, "Working together", "About Robin")
    expect(page).to_have_title("About Robin: Working together")
    expect(page.locator(".now legend")).to_contain_text("About Robin")
    answer(page, 3)
    press(page, "I meant Sam")
    expect(page.get_by_text("These answers are now about Sam.")).to_be_visible()
    expect(page).to_have_title("About Sam: Working together")
    expect(page.locator(".now input:checked")).to_have_value("4")
    answer_all(page, 12, option=3)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    expect(page.get_by_text("Your guides never see these answers.").last).to_be_visible()
    about_sam = site.cast.assessment(site.cast.ada, "alliance-prep", site.cast.second)
    assert _counts(site, about_sam)["wai01"] == ("answered", 4)
    press(page, "I meant Robin")
    expect(page.get_by_text("These answers are now about Robin.")).to_be_visible()
    about_robin = site.cast.assessment(site.cast.ada, "alliance-prep", site.cast.rated)
    assert _counts(site, about_robin)["wai12"] == ("answered", 4)


def test_two_windows_do_not_write_one_draft(site: Site, page: Page):
    choose_pin(page, site)
    begin(page, "How you have been")
    answer(page, 1)
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.get_by_role("heading", name="Open in another place")).to_be_visible()


def test_everything_works_by_keyboard(site: Site, page: Page):
    choose_pin(page, site)
    page.locator("#due a", has_text="How you have been").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Begin")).to_be_enabled()
    page.get_by_role("button", name="Begin").focus()
    page.keyboard.press("Enter")
    for count in range(1, 6):
        expect(page.locator(".count [data-slot=here]")).to_have_text(str(count))
        assert page.evaluate("document.activeElement.matches('.now .ask')"), "heard at once"
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Send my answers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    stored = _counts(site, site.cast.assessment(site.cast.ada, "wellbeing-baseline"))
    assert set(stored.values()) == {("answered", 4)}
