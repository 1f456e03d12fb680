"""Settings, a pause, leaving, one's own data, about the study, and words for somebody outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.actions.context import Context
from server.store import outside
from tests.browser.chromium import barriers
from tests.browser.phone import PIN, Site, answer, answer_all, begin, press, serving
from tests.cast import TESTER

pytestmark = pytest.mark.browser
CANARY = "canary: he touched my hand"


@pytest.fixture
def site(context: Context) -> Iterator[Site]:
    with serving(context) as running:
        with running.cast.context.write(TESTER, "somebody outside") as tx:
            ethics = {"name": "The committee", "phone": "+49 30 77", "email": "ethics@example.org"}
            tx.change("studies", running.cast.study_id, {
                "outside_staff_id": running.cast.monitor.id, "outside_role": "ombudsperson",
                "ethics_contact": json.dumps(ethics), "data_where": "on a server of the clinic",
            })  # fmt: skip
        yield running


def due(site: Site, hour: str = "") -> int:
    """Return how many reminders wait for Ada, at this hour."""
    found = site.value(
        "SELECT COUNT(*) FROM messages WHERE state = 'due' AND kind = 'reminder'"
        f" AND participant_id = '{site.cast.ada.id}' AND local_moment LIKE '%{hour}'"
    )
    return int(str(found))


def test_words_for_somebody_outside_go_off_from_a_phone_without_network(
    site: Site, page: Page, phone: BrowserContext
):
    phone.set_offline(True)
    page.goto(f"{site.address}/outside")
    expect(page.locator("#named")).to_contain_text("Mona Monitor, ombudsperson,")
    expect(page.locator("#ethics")).to_contain_text("+49 30 77")
    assert barriers(page) == []
    press(page, "Send it")
    expect(page.locator("#empty")).to_be_visible()
    page.get_by_label("What would you like to say?").fill(CANARY)
    page.reload()
    expect(page.get_by_label("What would you like to say?")).to_have_value("")
    page.get_by_label("What would you like to say?").fill(CANARY)
    press(page, "Send it")
    expect(page.locator('[data-state="phone"]')).to_be_visible()
    assert CANARY not in page.evaluate("document.body.innerHTML + JSON.stringify(localStorage)")
    assert barriers(page) == []
    phone.set_offline(False)
    with page.expect_response(lambda response: "/api/envelopes/" in response.url):
        page.goto(f"{site.address}/outside")
    expect(page.locator('[data-state="phone"]')).to_be_hidden()
    here = site.cast.context
    assert [row["words"] for row in outside.of(here.db, here.keys, site.cast.monitor)] == [CANARY]


def test_what_was_just_sent_is_told_and_a_later_visit_tells_nothing(site: Site, page: Page):
    page.goto(f"{site.address}/outside")
    page.get_by_label("What would you like to say?").fill(CANARY)
    press(page, "Send it")
    expect(page.locator('[data-state="sent"]')).to_be_visible()
    page.reload()
    page.locator("#named").wait_for()
    expect(page.locator('[data-state="sent"]')).to_be_hidden()


def test_reminders_and_their_hour_are_set_and_stay(site: Site, page: Page):
    page.goto(f"{site.address}/mine")
    page.locator("#mine").wait_for()
    page.get_by_label("At which hour?").select_option("19:30")
    assert barriers(page) == []
    press(page, "Keep these settings")
    expect(page.locator("#kept")).to_be_visible()
    page.reload()
    expect(page.get_by_label("At which hour?")).to_have_value("19:30")
    assert due(site, "T19:30")
    assert not due(site, "T18:00")
    page.get_by_label("None. I look by myself").check()
    press(page, "Keep these settings")
    expect(page.locator("#kept")).to_be_visible()
    assert not due(site)


def test_a_changed_language_is_the_language_of_the_pages(site: Site, page: Page):
    with site.cast.context.write(TESTER, "two languages") as tx:
        tx.add("readiness_facts", {
            "id": "languages", "study_id": site.cast.study_id, "kind": "languages",
            "detail": json.dumps({"languages": ["en", "de"]}), "on_day": "2027-03-01",
            "recorded_at": tx.at_text, "recorded_by": "test",
        })  # fmt: skip
    page.goto(f"{site.address}/mine")
    page.locator("#mine").wait_for()
    page.get_by_label("Language").select_option("de")
    press(page, "Keep these settings")
    expect(page.locator("html")).to_have_attribute("lang", "de", timeout=15_000)
    expect(page.get_by_role("heading", name="Meine Einstellungen")).to_be_visible()


def test_a_pause_begins_and_ends(site: Site, page: Page):
    page.goto(f"{site.address}/mine")
    page.locator("#mine").wait_for()
    page.get_by_label("Until when?").fill("2027-03-10")
    press(page, "Pause")
    expect(page.locator("#paused")).to_contain_text("10 March")
    assert not due(site)
    assert barriers(page) == []
    press(page, "Go on now")
    expect(page.locator("#going")).to_be_visible()


def test_leaving_is_asked_about_once_more_and_then_holds(site: Site, page: Page):
    page.goto(f"{site.address}/mine")
    page.locator("#leaving summary").click()
    page.get_by_label("Stop, and call me about deleting it").check()
    press(page, "Leave the study")
    expect(page.locator("#sure")).to_be_visible()
    assert barriers(page) == []
    press(page, "No, go back")
    press(page, "Leave the study")
    press(page, "Yes, I leave the study")
    expect(page.locator("#left")).to_be_visible()
    assert barriers(page) == []
    assert site.value("SELECT detail FROM alerts WHERE kind = 'left'")
    page.goto(site.address)
    goodbye = page.locator("#goodbye")
    expect(goodbye.get_by_role("heading", name="You have left the study")).to_be_visible()
    expect(goodbye).not_to_contain_text("That was the last form", use_inner_text=True)


def test_ones_own_data_are_a_file_after_the_pin(site: Site, page: Page, tmp_path: Path):
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    page.goto(f"{site.address}/mine")
    page.locator("#take").click()
    page.locator("#pin").fill(PIN)
    assert barriers(page) == []
    with page.expect_download() as download:
        page.locator("#pin-form button").click()
    file = tmp_path / "mine.json"
    download.value.save_as(file)
    mine = json.loads(file.read_text(encoding="utf-8"))
    assert [len(form["answers"]) for form in mine["forms"]] == [5]


def test_about_the_study_says_who_reads_what_offline_too(
    site: Site, page: Page, phone: BrowserContext
):
    phone.set_offline(True)
    page.goto(f"{site.address}/about")
    expect(page.locator("main")).to_contain_text("They never see what you say about them")
    expect(page.locator("main")).to_contain_text("on a server of the clinic")
    expect(page.locator("main")).to_contain_text("The committee")
    assert barriers(page) == []


def test_without_scripts_settings_pause_and_leaving_work(site: Site, browser: Browser):
    phone = site.phone(browser, site.cast.ada, java_script_enabled=False)
    page = phone.new_page()
    page.goto(f"{site.address}/mine/plain")
    page.get_by_label("None. I look by myself").check()
    page.get_by_role("button", name="Keep these settings").click()
    expect(page.get_by_label("None. I look by myself")).to_be_checked()
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Go on now").click()
    page.get_by_role("button", name="Leave the study").click()
    page.get_by_role("button", name="Yes, I leave the study").click()
    expect(page.locator("main")).to_contain_text("You have left the study")
    phone.close()


def test_without_scripts_somebody_outside_is_told_and_no_later_visit_tells_of_it(
    site: Site, browser: Browser
):
    phone = site.phone(browser, site.cast.ada, java_script_enabled=False)
    page = phone.new_page()
    page.goto(f"{site.address}/outside")
    page.wait_for_url("**/outside/plain")
    page.goto(f"{site.address}/help/plain")
    page.get_by_role("link", name="Tell someone outside my treatment team").click()
    expect(page.locator("main")).to_contain_text("Mona Monitor, ombudsperson,")
    expect(page.locator("main")).to_contain_text("+49 30 77")
    press(page, "Send it")
    expect(page.get_by_role("alert")).to_contain_text("A few words are enough")
    page.get_by_label("What would you like to say?").fill(CANARY)
    page.get_by_label("How may Mona Monitor answer you?").fill("my sister's phone")
    press(page, "Send it")
    expect(page.get_by_role("status")).to_have_text("Sent. Mona Monitor has it, and nobody else.")
    page.get_by_role("link", name="Back to today").click()
    page.wait_for_url("**/today")
    page.go_back()
    page.wait_for_url("**/outside/plain")
    expect(page.get_by_label("What would you like to say?")).to_have_value("")
    expect(page.get_by_role("status")).to_have_count(0)
    here = site.cast.context
    found = outside.of(here.db, here.keys, site.cast.monitor)
    assert [(row["words"], row["reply"]) for row in found] == [(CANARY, "my sister's phone")]
    phone.close()


def test_help_now_says_of_what_was_begun_that_nobody_gets_it_after_leaving(
    site: Site, page: Page, phone: BrowserContext
):
    begin(page, "How you have been")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    page.goto(f"{site.address}/help")
    expect(page.locator("#waiting")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()
    page.goto(f"{site.address}/mine")
    page.locator("#leaving summary").click()
    press(page, "Leave the study")
    press(page, "Yes, I leave the study")
    expect(page.locator("#left")).to_be_focused()
    phone.set_offline(True)
    page.get_by_role("link", name="Help now").click()
    expect(page.locator("#unsent")).to_contain_text("goes to nobody")
    expect(page.locator("#waiting")).to_be_hidden()
    assert barriers(page) == []
