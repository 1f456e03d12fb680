"""Who holds the phone: the installed app beside its browser, wrong and forgotten PINs, what a thief finds."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.actions.invite_device import invite_device
from server.actions.revoke_device import revoke_device
from server.store import devices
from tests.browser.chromium import barriers
from tests.browser.phone import PIN, Site, answer, answer_all, begin, press
from tests.cast import EVERYTHING

pytestmark = pytest.mark.browser
# Lets a test set the phone's clock on; what is kept on the phone stays as it is.
CLOCK = """
const real = Date.now.bind(Date);
Date.now = () => real() + Number(sessionStorage.getItem("ahead") ?? 0);
"""


@pytest.fixture
def phone(site: Site, browser: Browser) -> Iterator[BrowserContext]:
    opened = site.phone(browser, site.cast.ada)
    opened.add_init_script(CLOCK)
    yield opened
    opened.close()


def _place(page: Page) -> str:
    return str(page.evaluate("fetch('/api/list').then((each) => each.json())")["locator"])


def _try(page: Page, pin: str) -> None:
    page.locator(".now .field").fill(pin)
    page.locator(".actions button.main:visible, .now button.main:visible").first.click()


def test_the_installed_app_asks_for_the_pin_once_and_is_the_same_person(
    site: Site, page: Page, browser: Browser
):
    """A5 of a phone's life: iOS keeps the home screen's storage apart from Safari's."""
    place = _place(page)
    installed = site.phone(browser)
    app = installed.new_page()
    app.goto(f"{site.address}/#{place}")
    expect(app.get_by_role("heading", name="Welcome back")).to_be_visible()
    assert barriers(app) == []
    _try(app, "000000")
    expect(app.locator("#known-error")).to_have_text("That PIN does not fit.")
    _try(app, PIN)
    expect(app.locator("#due a").first).to_be_visible()
    assert site.value("SELECT COUNT(*) FROM participants") == 2
    assert len(devices.of(site.cast.context.db, EVERYTHING, site.cast.ada.id)) == 2
    begin(app, "How you have been")
    answer(app, 1)
    expect(app.locator("#kept")).to_have_text("Kept on this phone")
    app.reload()
    expect(app.get_by_role("heading", name="Go on where you stopped")).to_be_visible()
    _try(app, PIN)
    expect(app.locator("[data-item].now")).to_be_visible()
    installed.close()


def test_a_mail_link_in_a_browser_beside_the_app_says_where_to_go_on(site: Site, browser: Browser):
    beside = site.phone(browser)
    page = beside.new_page()
    page.goto(site.address)
    expect(page.locator("#stranger")).to_contain_text("Then open it from there")
    assert barriers(page) == []
    beside.close()


def test_wrong_pins_are_slowed_then_clear_drafts_and_never_the_queue(
    site: Site, page: Page, phone: BrowserContext
):
    begin(page, "Working together", "About Sam")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    form = page.url
    page.goto(site.address)
    phone.route("**/api/envelopes/*", lambda route: route.abort())
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    page.goto(form)
    for wrong in range(1, 10):
        _try(page, "000000")
        expect(page.locator("[data-wrong]")).to_contain_text(f"Tries left: {10 - wrong}")
        if wrong < 3:
            expect(page.locator("[data-wait]")).to_be_hidden()
            continue
        expect(page.locator("[data-wait]")).to_be_visible()
        _try(page, PIN)
        expect(page.locator(".now .field")).to_have_value("")
        expect(page.get_by_role("heading", name="Go on where you stopped")).to_be_visible()
        page.evaluate(
            "sessionStorage.setItem('ahead', Number(sessionStorage.ahead ?? 0) + 7200000)"
        )
    _try(page, "000000")
    page.wait_for_url("**/join**")
    expect(page.locator("#wiped")).to_be_visible()
    page.evaluate("sessionStorage.clear()")
    phone.unroute("**/api/envelopes/*")
    page.goto(site.address)
    page.locator("#sent", has_text="Sent. We have it.").wait_for()
    assert site.value("SELECT COUNT(*) FROM responses") == 1, "what was finished arrives"
    counts = page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("attune");
          open.onsuccess = () => {
            open.result.transaction("drafts").objectStore("drafts").count().onsuccess =
              ({ target }) => resolve(target.result);
          };
        })"""
    )
    assert counts == 0


def test_a_forgotten_pin_has_a_kind_path_and_says_what_is_lost(site: Site, page: Page):
    begin(page, "How you have been")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    page.reload()
    page.get_by_role("link", name="I do not know my PIN").click()
    expect(page.get_by_role("heading", name="You do not know your PIN")).to_be_visible()
    expect(page.locator(".now")).to_contain_text("You lose only what you began and did not send")
    assert barriers(page) == []
    cast = site.cast
    who = cast.coordinator
    code = invite_device(cast.context, cast.actor(who), who, cast.ada.id, "clinic").code
    press(page, "I have a new code")
    page.locator("#code").fill(code)
    press(page, "Connect")
    expect(page.get_by_role("heading", name="Choose a PIN for this phone")).to_be_visible()
    page.get_by_label("Six digits or more").fill("161803")
    page.get_by_label("Once more").fill("161803")
    press(page, "Keep this PIN")
    page.locator("#practise").wait_for()
    page.goto(site.address)
    begin(page, "How you have been")
    answer(page, 2)
    page.reload()
    _try(page, "161803")
    expect(page.locator("[data-item].now")).to_be_visible()


def test_today_help_and_new_forms_never_ask_for_the_pin(site: Site, page: Page):
    begin(page, "Working together", "About Sam")
    answer(page, 1)
    for path in ("/", "/help"):
        page.goto(site.address + path)
        expect(page.locator("input[type=password]:visible")).to_have_count(0)
    page.goto(site.address)
    begin(page, "How you have been")
    expect(page.locator("input[type=password]:visible")).to_have_count(0)


def test_a_shared_phone_shows_the_next_person_nothing_of_the_one_before(
    site: Site, page: Page, phone: BrowserContext
):
    """A19: what the first one finished leaves under their own name; the rest is gone."""
    begin(page, "Working together", "About Sam")
    answer(page, 1)
    cast = site.cast
    phone.route("**/api/envelopes/*", lambda route: route.abort())
    page.goto(site.address)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    phone.unroute("**/api/envelopes/*")
    who = cast.coordinator
    code = invite_device(cast.context, cast.actor(who), who, cast.ben.id, "clinic").code
    page.goto(f"{site.address}/join")
    page.locator("#code").fill(code)
    press(page, "Connect")
    expect(page.get_by_role("heading", name="Choose a PIN for this phone")).to_be_visible()
    assert site.value(
        "SELECT p.code FROM responses r JOIN participants p ON p.id = r.participant_id"
    ) == cast.context.db.value("SELECT code FROM participants WHERE id = ?", [cast.ada.id])
    page.get_by_label("Six digits or more").fill("161803")
    page.get_by_label("Once more").fill("161803")
    press(page, "Keep this PIN")
    page.goto(site.address)
    page.locator("#due a").first.wait_for()
    assert "Sent" not in page.locator("#today").inner_text()
    assert page.locator("[data-begun]:visible").count() == 0


def test_a_lost_phone_is_wiped_at_its_next_contact(site: Site, page: Page):
    cast, who = site.cast, site.cast.coordinator
    revoke_device(cast.context, cast.actor(who), who, cast.ada.id, cast.ada.device.id)
    page.goto(site.address)
    expect(page.locator("#stranger")).to_be_visible()
    left = page.evaluate("caches.keys()")
    assert "forms" not in left


def test_a_revoked_phone_says_of_what_waits_that_it_goes_off_and_sends_it(
    site: Site, page: Page, phone: BrowserContext
):
    phone.route("**/api/envelopes/*", lambda route: route.abort())
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    cast, who = site.cast, site.cast.coordinator
    revoke_device(cast.context, cast.actor(who), who, cast.ada.id, cast.ada.device.id)
    page.goto(site.address)
    expect(page.locator("#still")).to_be_visible()
    assert barriers(page) == []
    phone.unroute("**/api/envelopes/*")
    page.reload()
    expect(page.locator("#stranger")).to_be_visible()
    expect(page.locator("#still")).to_be_hidden()
    assert site.value("SELECT reason FROM openings") == "revoked-device"


def test_a_phone_that_lost_its_credential_is_connected_again_by_its_pin(
    site: Site, page: Page, phone: BrowserContext
):
    begin(page, "How you have been")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    phone.clear_cookies()
    page.goto(site.address)
    page.get_by_role("link", name="Connect it again").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    _try(page, PIN)
    card = page.locator("#due li", has_text="How you have been")
    expect(card).to_contain_text("begun")
    expect(page.locator("#lost")).to_be_hidden()
    card.locator("a").click()
    page.get_by_label("Your PIN").wait_for()
    _try(page, PIN)
    expect(page.locator("[data-item].now")).to_be_visible()


def test_what_a_search_for_the_pin_would_cost(
    page: Page, record_property: Callable[[str, object], None]
):
    """A18: reports the price of six digits from the very parameters that lie on this phone."""
    script = page.evaluate(
        "fetch(document.querySelector('[src*=today]').src.replace('today', 'seal')).then((each) => each.text())"
    )
    found = re.search(r"ROUNDS=([\d_e]+)", script.replace(" ", ""))
    assert found is not None
    rounds = int(float(found[1].replace("_", "")))
    salt = page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("attune");
          open.onsuccess = () => {
            open.result.transaction("keys").objectStore("keys").get("drafts").onsuccess =
              ({ target }) => resolve(target.result.wrapped.salt);
          };
        })"""
    )
    began = time.perf_counter()
    hashlib.pbkdf2_hmac("sha256", b"000000", base64.urlsafe_b64decode(salt + "=="), rounds)
    hours = (time.perf_counter() - began) * 10**6 / 3600
    record_property("core_hours_for_six_digits", round(hours, 1))
    print(f"a search of all six digits: about {hours:.0f} hours of one core")
    assert rounds >= 600_000
