"""The rooms around the questions: a call asked for, what was sent, what comes, the end, leaving quickly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.actions import back_up as copying
from server.actions.revoke_device import revoke_device
from server.clock import FixedClock
from server.store import assessments
from tests.browser.chromium import barriers
from tests.browser.phone import PIN, Site, answer_all, begin, choose_pin, press
from tests.cast import EVERYTHING, TESTER

pytestmark = pytest.mark.browser


@pytest.fixture
def page(site: Site, phone: BrowserContext) -> Page:
    with site.cast.context.write(TESTER, "how to be reached") as tx:
        tx.change(
            "studies", site.cast.study_id,
            {"call_hours": "weekdays until 17:00", "out_of_hours_phone": "+49 30 9999999"},
        )  # fmt: skip
    opened = phone.new_page()
    choose_pin(opened, site)
    return opened


def test_a_call_is_asked_for_at_once_and_offline_too(site: Site, page: Page, phone: BrowserContext):
    expect(page.locator("#ask")).to_contain_text("weekdays until 17:00")
    phone.set_offline(True)
    press(page, "Ask for a call")
    expect(page.locator('[data-asked="phone"]')).to_be_visible()
    assert barriers(page) == []
    phone.set_offline(False)
    page.goto(site.address)
    expect(page.locator('[data-asked="sent"]')).to_be_visible()
    assert site.value("SELECT kind FROM alerts") == "call-me"


def test_for_three_days_after_a_session_the_number_at_any_hour_stands_first(site: Site, page: Page):
    cast = site.cast
    dosing = site.value("SELECT id FROM visits WHERE kind = 'dosing' ORDER BY created_at LIMIT 1")
    expect(page.locator("#first")).to_be_hidden()
    today = cast.context.clock.now().date().isoformat()
    with cast.context.write(TESTER, "a session today") as tx:
        tx.add(
            "visit_facts",
            {"id": "today", "visit_id": dosing, "status": "held", "on_day": today,
             "recorded_at": tx.at_text, "recorded_by": "test"},
        )  # fmt: skip
    page.goto(site.address)
    expect(page.locator("#first a")).to_have_attribute("href", "tel:+49309999999")
    assert page.locator("#first").bounding_box()["y"] < page.locator("#due").bounding_box()["y"]  # type: ignore[index]  # both are visible
    assert barriers(page) == []


def test_what_was_sent_shows_by_title_and_opens_after_the_pin_only(site: Site, page: Page):
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    page.goto(f"{site.address}/sent")
    expect(page.locator("#list")).to_contain_text("How you have been")
    assert barriers(page) == []
    press(page, "Show my answers")
    page.locator("#pin").fill("000000")
    press(page, "Show it")
    expect(page.locator("#pin-error")).to_have_text("That PIN does not fit.")
    page.locator("#pin").fill(PIN)
    press(page, "Show it")
    expect(page.locator("#what dt")).to_have_count(5)
    assert barriers(page) == []
    press(page, "Close it again")
    expect(page.locator("#what")).to_be_hidden()
    press(page, "Show my answers")
    expect(page.locator("#pin-form")).to_be_visible()


def test_today_and_done_tell_of_each_form_where_it_is_by_now(
    site: Site, page: Page, phone: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    phone.set_offline(True)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    page.goto(f"{site.address}/sent")
    expect(page.locator("#list .state")).to_have_text("On this phone only, until there is network")
    expect(page.locator("#list").get_by_role("button")).to_have_count(0)
    phone.set_offline(False)
    page.reload()
    expect(page.locator("#list .state")).to_have_text("Arrived. We have it.")
    # A copy on another disk, as the nightly one makes it.
    monkeypatch.setattr(copying, "_disk", lambda path: int(path == tmp_path))
    here = site.cast.context
    assert copying.back_up(replace(here, config=replace(here.config, backup=tmp_path))).away
    page.reload()
    expect(page.locator("#list .state")).to_contain_text("and a second copy in another place")
    page.goto(site.address)
    expect(page.locator("#sent .state")).to_have_text("Sent. We have it, and a second copy.")


def test_what_closed_is_still_welcome_where_the_plan_takes_it(
    site: Site, page: Page, clock: FixedClock
):
    rows = assessments.of(site.cast.context.db, EVERYTHING, site.cast.ada.id)
    with site.cast.context.write(TESTER, "late is welcome") as tx:
        for row in rows:
            tx.change("assessments", row["id"], {"late": "accept and flag"})
    clock.move(timedelta(hours=36))
    page.goto(site.address)
    card = page.locator("#due li", has_text="How you have been")
    expect(card).to_contain_text("still welcome until", use_inner_text=True)
    first = page.locator("#due li").first
    expect(first).not_to_contain_text("still welcome", use_inner_text=True)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()


def test_coming_up_tells_what_and_when_offline_too(site: Site, page: Page, phone: BrowserContext):
    page.goto(f"{site.address}/coming")
    page.locator("#coming").wait_for()
    shown = page.locator("#list li").count()
    phone.set_offline(True)
    page.reload()
    expect(page.locator("#list li")).to_have_count(shown)
    assert barriers(page) == []


def test_the_end_opens_a_goodbye_and_help_stays(site: Site, page: Page):
    with site.cast.context.write(TESTER, "all is done") as tx:
        tx.change("studies", site.cast.study_id, {"results_when": "in spring 2028"})
        for row in tx.db.all(
            "SELECT id FROM assessments WHERE participant_id = ?", [site.cast.ada.id]
        ):
            tx.change("assessments", row["id"], {"retired_at": tx.at_text})
        last = tx.db.one("SELECT id FROM assessments WHERE participant_id = ?", [site.cast.ada.id])
        assert last is not None
        ended = site.cast.context.clock.now() - timedelta(days=1)
        tx.change("assessments", last["id"], {"retired_at": None, "closes_at": ended.isoformat()})
        tx.add(
            "participant_facts",
            {"id": "left", "participant_id": site.cast.ada.id, "kind": "status",
             "value": "withdrawn", "from_on": "2027-01-01", "recorded_at": tx.at_text,
             "recorded_by": "test"},
        )  # fmt: skip
    page.goto(site.address)
    expect(page.get_by_role("heading", name="You have left the study")).to_be_visible()
    expect(page.get_by_role("heading", name="That was the last form")).to_be_hidden()
    expect(page.locator("#goodbye")).to_contain_text("in spring 2028")
    assert barriers(page) == []
    page.get_by_role("link", name="Help now").click()
    expect(page.locator("#contacts a").first).to_be_visible()


def test_one_tap_leaves_any_room_and_back_does_not_lead_there_again(
    site: Site, page: Page, phone: BrowserContext
):
    phone.route("https://www.wikipedia.org/", lambda route: route.fulfill(body="elsewhere"))
    for path in ("/", "/help", "/sent", "/coming", "/more", "/install"):
        page.goto(f"{site.address}/help/plain")
        page.goto(f"{site.address}{path}")
        page.get_by_role("link", name="Leave quickly").click()
        page.wait_for_url("https://www.wikipedia.org/")
        page.go_back()
        assert page.url.endswith("/help/plain"), path


def test_a_disconnected_phone_finds_nothing_in_the_rooms(site: Site, page: Page):
    cast, who = site.cast, site.cast.coordinator
    revoke_device(cast.context, cast.actor(who), who, cast.ada.id, cast.ada.device.id)
    page.goto(f"{site.address}/sent")
    page.wait_for_url(f"{site.address}/")
    expect(page.locator("#stranger")).to_be_visible()


ROOMS = {
    "/": "/today", "/help": "/help/plain", "/sent": "/sent/plain", "/coming": "/coming/plain",
    "/mine": "/mine/plain", "/about": "/about/plain", "/outside": "/outside/plain",
}  # fmt: skip


def test_without_scripts_or_below_the_floor_each_room_leads_to_its_plain_twin(
    site: Site, browser: Browser
):
    none = site.phone(browser, site.cast.ada, java_script_enabled=False)
    old = site.phone(browser, site.cast.ada)
    old.add_init_script("delete AbortSignal.timeout")
    for phone in (none, old):
        opened = phone.new_page()
        for room, twin in ROOMS.items():
            opened.goto(f"{site.address}{room}")
            opened.wait_for_url(f"{site.address}{twin}")
            expect(opened.locator("h1")).to_be_visible()
        phone.close()


def test_help_now_names_the_number_at_any_hour_after_a_session_offline_too(
    site: Site, page: Page, phone: BrowserContext, clock: FixedClock
):
    page.goto(f"{site.address}/help")
    expect(page.locator("#contacts a").first).to_be_visible()
    expect(page.locator("#first")).to_be_hidden()
    clock.move(timedelta(days=3))
    page.goto(site.address)
    expect(page.locator("#first a")).to_be_visible()
    phone.set_offline(True)
    page.goto(f"{site.address}/help")
    expect(page.locator("#first a")).to_have_attribute("href", "tel:+49309999999")
    assert barriers(page) == []


def test_a_press_before_any_pin_was_typed_is_no_wrong_pin(site: Site, page: Page):
    begin(page, "How you have been")
    page.locator(".now label.row").first.click()
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    page.reload()
    page.get_by_label("Your PIN").wait_for()
    press(page, "Go on")
    expect(page.get_by_label("Your PIN")).to_be_focused()
    expect(page.locator("[data-wrong]")).to_be_hidden()
    page.get_by_label("Your PIN").fill("000000")
    press(page, "Go on")
    expect(page.locator("[data-wrong]")).to_contain_text("Tries left: 9")
