"""A browser killed while it wrote: its database is mended, and what was finished lies in a second place."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.chromium import ARGUMENTS, CHROMIUM, PHONE
from tests.browser.phone import PIN, Site, answer, answer_all, begin, choose_pin, press, until

pytestmark = pytest.mark.browser
COPIES = "async () => (await (await caches.open('outbox')).keys()).length"
LOSE = """() => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase("attune");
  request.onsuccess = resolve;
  request.onerror = reject;
})"""
# LevelDB's log: blocks of this size, in them records that begin with checksum, length and kind.
BLOCK = 32_768
HEADER = struct.Struct("<IHB")


def _stored(site: Site) -> int:
    return int(str(site.value("SELECT COUNT(*) FROM responses")))


def _finish_offline(page: Page, phone: BrowserContext) -> None:
    phone.set_offline(True)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    until(page, lambda: page.evaluate(COPIES) == 1)


def test_answers_that_wait_survive_a_lost_database(site: Site, page: Page, phone: BrowserContext):
    _finish_offline(page, phone)
    page.evaluate(LOSE)
    phone.set_offline(False)
    page.goto(site.address)
    until(page, lambda: _stored(site) == 1)
    assert site.value("SELECT COUNT(*) FROM envelopes") == 1


def _start(browser: Browser, profile: Path, site: Site) -> BrowserContext:
    phone = browser.browser_type.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=ARGUMENTS, viewport=PHONE
    )
    # On a phone it has been on the disk for days; the browser writes it there within half a minute.
    phone.add_cookies(
        [{"name": "__Host-device", "value": site.cast.ada.token, "domain": "localhost",
          "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}]
    )  # fmt: skip
    return phone


def _kill(phone: BrowserContext, profile: Path) -> None:
    asked = ["pgrep", "-f", f"user-data-dir={profile}"]
    found = subprocess.run(asked, capture_output=True, text=True, check=True)
    for process in found.stdout.split():
        os.kill(int(process), signal.SIGKILL)
    with suppress(PlaywrightError):
        phone.close()
    (profile / "SingletonLock").unlink(missing_ok=True)


def _tear(log: Path) -> None:
    """Leave of the last record only its header: the kill came between the two writes that make one."""
    data, at, last = log.read_bytes(), 0, 0
    while at + HEADER.size <= len(data):
        if BLOCK - at % BLOCK < HEADER.size:
            at += BLOCK - at % BLOCK
            continue
        _, length, _ = HEADER.unpack_from(data, at)
        last, at = at, at + HEADER.size + length
    os.truncate(log, last + HEADER.size)


def _log(profile: Path) -> Path:
    (found,) = profile.glob("Default/IndexedDB/*.indexeddb.leveldb/*.log")
    return found


def _go_on(page: Page, form: str) -> None:
    page.goto(form)
    page.locator(".now .field").fill(PIN)
    press(page, "Go on")
    page.locator("[data-item].now").wait_for()


@pytest.mark.slow
def test_what_was_begun_survives_a_browser_that_was_killed_while_it_wrote(
    site: Site, browser: Browser, tmp_path: Path
):
    """Chromium writes on behind the torn record and cannot read it at the start after: the log must go."""
    profile = tmp_path / "profile"
    phone = _start(browser, profile, site)
    page = phone.pages[0]
    choose_pin(page, site)
    begin(page, "How you have been")
    answer(page, 3)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    form = page.url
    _kill(phone, profile)
    torn = _log(profile)
    _tear(torn)
    phone = _start(browser, profile, site)
    page = phone.pages[0]
    _go_on(page, form)
    expect(page.locator(".now input").nth(3)).to_be_checked()
    until(page, lambda: not torn.exists())
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    _kill(phone, profile)
    phone = _start(browser, profile, site)
    page = phone.pages[0]
    _go_on(page, form)
    expect(page.locator(".now input").nth(1)).to_be_checked()
    phone.close()


@pytest.mark.slow
def test_answers_that_wait_survive_a_browser_that_was_killed_while_it_wrote(
    site: Site, browser: Browser, tmp_path: Path
):
    """Where nothing could be mended in time, Chromium throws all away; but not the copies."""
    profile = tmp_path / "profile"
    phone = _start(browser, profile, site)
    page = phone.pages[0]
    choose_pin(page, site)
    _finish_offline(page, phone)
    _kill(phone, profile)
    _tear(_log(profile))
    phone = _start(browser, profile, site)
    phone.add_init_script("delete Navigator.prototype.userAgentData")
    phone.set_offline(True)
    page = phone.pages[0]
    with page.expect_event("requestfailed", lambda it: "/api/envelopes/" in it.url):
        page.goto(site.address)
    expect(page.locator("#sent")).to_contain_text("On this phone")
    _kill(phone, profile)
    assert _stored(site) == 0
    phone = _start(browser, profile, site)
    page = phone.pages[0]
    page.goto(site.address)
    until(page, lambda: _stored(site) == 1)
    phone.close()
    assert site.value("SELECT COUNT(*) FROM envelopes") == 1
