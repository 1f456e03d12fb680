"""What a phone goes through: killed tabs and browsers, two windows, no room, eight weeks, lost credentials."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from server.actions.change_participant import Change, change_participant
from tests.browser.chromium import ARGUMENTS, CHROMIUM, PHONE
from tests.browser.phone import (
    PIN,
    Site,
    answer,
    answer_all,
    begin,
    choose_pin,
    press,
    tap,
    until,
)

pytestmark = pytest.mark.browser
AHEAD = """
const real = Date.now.bind(Date);
const RealDate = Date;
const ahead = () => Number(localStorage.getItem("ahead") ?? 0);
globalThis.Date = class extends RealDate {
  constructor(...args) { if (args.length) super(...args); else super(real() + ahead()); }
  static now() { return real() + ahead(); }
};
"""


def _unlock(page: Page) -> None:
    page.locator(".now .field").fill(PIN)
    press(page, "Go on")
    page.locator("[data-item].now").wait_for()


def _stored(site: Site) -> int:
    return int(str(site.value("SELECT COUNT(*) FROM responses")))


def test_a_closed_tab_loses_nothing_offline_either(site: Site, page: Page, phone: BrowserContext):
    phone.set_offline(True)
    begin(page, "How you have been")
    answer(page, 2)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    place = page.url
    page.close(run_before_unload=False)
    again = phone.new_page()
    again.goto(place)
    _unlock(again)
    expect(again.locator(".now input:checked")).to_have_count(1)
    press(again, "Next")
    answer_all(again, 4)
    press(again, "Send my answers")
    expect(again.get_by_role("heading", name="On this phone")).to_be_visible()
    phone.set_offline(False)
    again.goto(site.address)
    again.locator("#sent", has_text="Sent. We have it.").wait_for()
    until(again, lambda: _stored(site) == 1)


def test_a_killed_browser_loses_nothing_after_it_said_kept(
    site: Site, browser: Browser, tmp_path: Path
):
    def start() -> BrowserContext:
        return browser.browser_type.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=CHROMIUM, args=ARGUMENTS, viewport=PHONE
        )

    opened = start()
    opened.add_cookies(
        [{"name": "__Host-device", "value": site.cast.ada.token, "domain": "localhost",
          "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax",
          "expires": 4_000_000_000}]
    )  # fmt: skip
    page = opened.new_page()
    choose_pin(page, site)
    begin(page, "How you have been")
    answer(page, 3)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    place = page.url
    mine = subprocess.run(
        ["pgrep", "-f", f"user-data-dir={tmp_path / 'profile'}"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    for process in mine:
        os.kill(int(process), signal.SIGKILL)
    with suppress(PlaywrightError):
        opened.close()
    again = start()
    page = again.new_page()
    page.goto(place)
    _unlock(page)
    expect(page.locator(".now input:checked")).to_have_count(1)
    again.close()


def test_of_two_windows_one_writes_and_the_other_says_so(
    site: Site, page: Page, phone: BrowserContext
):
    begin(page, "How you have been")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    other, place = phone.new_page(), page.url
    other.goto(place)
    expect(other.get_by_role("heading", name="Open in another place")).to_be_visible()
    page.close()
    other.evaluate(
        """async () => {
          while ((await navigator.locks.query()).held.length)
            await new Promise((resolve) => setTimeout(resolve, 20));
        }"""
    )
    other.goto(place)
    _unlock(other)
    expect(other.locator(".now input:checked")).to_have_count(1)


def test_without_room_it_says_so_and_keeps_what_it_had(page: Page):
    begin(page, "How you have been")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    # As a full phone answers; Chromium's own quota lets so little through.
    page.evaluate(
        """() => {
          self.put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = () => {
            throw new DOMException("no room", "QuotaExceededError");
          };
        }"""
    )
    press(page, "Next")
    answer(page, 2)
    expect(page.locator("#kept")).to_contain_text("no room")
    page.evaluate("() => { IDBObjectStore.prototype.put = self.put; }")
    answer(page, 3)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    page.reload()
    _unlock(page)
    expect(page.locator(".now input:checked")).to_have_count(1)


def test_eight_weeks_without_network_and_it_arrives_once(site: Site, browser: Browser):
    """The phone's clock goes on; forms open and close by it; all arrives when the network is back."""
    phone = site.phone(browser, site.cast.ada)
    # The study's clock stands still in a year of its own: the phone's is set to it.
    apart = site.cast.context.clock.now() - datetime.now(UTC)
    base = round(apart / timedelta(milliseconds=1))
    phone.add_init_script(AHEAD.replace("?? 0", f"?? {base}"))
    page = phone.new_page()
    choose_pin(page, site)
    phone.set_offline(True)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    for week in range(1, 9):
        page.evaluate("ahead => localStorage.setItem('ahead', ahead)", base + week * 7 * 86_400_000)
        page.goto(site.address)
        page.locator("#sent li").first.wait_for()
    expect(page.locator("#sent")).to_contain_text("Please call us")
    phone.set_offline(False)
    site.cast.context.clock.move(timedelta(days=56))  # type: ignore[attr-defined]  # the cast lives by a FixedClock
    page.goto(site.address)
    page.goto(f"{site.address}/sent")
    expect(page.locator("#list li")).to_have_count(1)
    expect(page.locator("#list [data-state=sent]")).to_be_visible()
    until(page, lambda: _stored(site) == 1)
    assert site.value("SELECT late FROM responses") == 0, "finished in time, whatever the mail took"
    phone.close()


def test_a_form_replaced_meanwhile_is_stored_under_the_version_that_was_shown(
    site: Site, page: Page, phone: BrowserContext
):
    """F14: the draft keeps the page it was begun on, and so does the answer."""
    begin(page, "How you have been")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    shown = page.url.split("/f/")[1][:64]
    shelf = site.app.extensions["attune_forms"]
    newer = str(site.value("SELECT hash FROM forms WHERE instrument = 'practice' LIMIT 1"))
    real = type(shelf).form
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(shelf), "form",
            lambda self, instrument, language: newer
            if instrument == "who-5" else real(self, instrument, language),
        )  # fmt: skip
        page.goto(site.address)
        link = page.locator("#due li", has_text="How you have been").locator("a")
        expect(link).to_have_attribute("href", re.compile(shown))
        tap(page, link)
        _unlock(page)
        answer_all(page, 5)
        press(page, "Send my answers")
        expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    assert site.value("SELECT form_hash FROM responses") == shown


def test_a_lost_credential_still_delivers_and_is_kept_apart(
    site: Site, page: Page, phone: BrowserContext
):
    """R32: what an unknown phone sends is kept and shown to staff."""
    phone.set_offline(True)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    phone.clear_cookies()
    phone.set_offline(False)
    page.goto(site.address)
    expect(page.locator("#lost")).to_be_visible()
    page.locator("#sent", has_text="Sent. We have it.").wait_for()
    assert site.value("SELECT reason FROM openings") == "unknown-device"


def test_after_leaving_the_study_the_queue_is_still_delivered(
    site: Site, page: Page, phone: BrowserContext
):
    phone.set_offline(True)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    cast, who = site.cast, site.cast.coordinator
    change_participant(
        cast.context, cast.actor(who), who, cast.ada.id, Change(status="withdrawn", reason="moved")
    )
    phone.set_offline(False)
    page.goto(site.address)
    page.wait_for_function("() => document.querySelector('#sent')?.textContent.includes('Sent')")
    assert site.value("SELECT COUNT(*) FROM envelopes") == 1
    assert site.value("SELECT outcome FROM openings") in {"quarantined", "opened"}
