"""Without network: filled in, kept, delivered later; what lies on the phone meanwhile is unreadable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from server.actions.revoke_device import revoke_device
from server.store import responses
from server.web.participant.shells import SHELLS
from tests.browser.chromium import ARGUMENTS, CHROMIUM, PHONE
from tests.browser.phone import Site, answer, answer_all, begin, choose_pin, press, until
from tests.cast import EVERYTHING, TESTER

pytestmark = pytest.mark.browser
CANARY = "canary that sings in the morning"


def _stored(site: Site) -> list[object]:
    return list(responses.of(site.cast.context.db, EVERYTHING, site.cast.ada.id))


def test_filled_in_without_network_and_delivered_later(
    site: Site, page: Page, phone: BrowserContext
):
    phone.set_offline(True)
    page.reload()
    expect(page.locator("#offline")).to_be_visible()
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    assert _stored(site) == []
    page.get_by_role("link", name="Back to today").click()
    expect(page.locator("#sent")).to_contain_text("On this phone")
    page.get_by_role("link", name="Help now").click()
    expect(page.locator("#waiting")).to_contain_text("Nobody has seen what you wrote last")
    expect(page.locator('a[href="tel:+498000000000"]')).to_be_visible()
    expect(page.locator('a[href="tel:+49300000000"]')).to_be_visible()
    phone.set_offline(False)
    page.goto(site.address)
    expect(page.locator("#sent")).to_contain_text("Sent. We have it.")
    expect(page.locator("#due")).not_to_contain_text("How you have been")
    assert len(_stored(site)) == 1
    page.get_by_role("link", name="Help now").click()
    expect(page.locator("#contacts a").first).to_be_visible()
    expect(page.locator("#waiting")).to_be_hidden()


def test_a_server_in_trouble_loses_nothing(site: Site, page: Page, phone: BrowserContext):
    """Each kind of refusal once, then the real server: the record survives them all."""
    troubles = [500, 403, 404, 401, 429]

    def refuse(route: Route) -> None:
        if troubles:
            route.fulfill(status=troubles.pop(), body="{}")
        else:
            route.continue_()

    phone.route("**/api/envelopes/*", refuse)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    while troubles:
        with page.expect_response("**/api/envelopes/*"):
            page.goto(site.address)
    page.goto(site.address)
    expect(page.locator("#sent")).to_contain_text("Sent. We have it.")
    assert len(_stored(site)) == 1


def test_a_lost_receipt_means_the_same_bytes_again_and_one_response(
    site: Site, page: Page, phone: BrowserContext
):
    bodies: list[bytes] = []

    def swallow(route: Route) -> None:
        bodies.append(route.request.post_data_buffer or b"")
        if len(bodies) == 1:
            route.fetch()  # the server has it; the answer never arrives
            route.abort()
        else:
            route.continue_()

    phone.route("**/api/envelopes/*", swallow)
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    page.goto(site.address)
    expect(page.locator("#sent")).to_contain_text("Sent. We have it.")
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert len(_stored(site)) == 1


def test_bytes_that_the_server_cannot_take_stay_and_ask_for_a_call(
    page: Page, phone: BrowserContext
):
    phone.route("**/api/envelopes/*", lambda route: route.fulfill(status=422, body="{}"))
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.locator("#call a")).to_have_text("+49 30 0000000")
    expect(page.locator("#sent")).to_contain_text("Please call us")


def test_the_worker_keeps_nobodys_data_and_touches_no_answer(page: Page, site: Site):
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) {
              const text = await (await caches.match(request, {ignoreVary: true})).text();
              found.push([new URL(request.url).pathname, text]);
            }
          return found;
        }"""
    )
    paths = [path for path, _ in kept]
    assert "/" in paths
    assert "/help" in paths
    for path, text in kept:
        assert path in SHELLS or path.startswith(("/static/", "/f/")), path
        for told in (site.cast.ada.id, site.cast.ada.code, "Robin", "0000000"):
            assert told not in text or path.startswith("/static/"), (path, told)


def test_a_revoked_phone_forgets_everything_but_still_delivers(
    site: Site, page: Page, phone: BrowserContext
):
    cast = site.cast
    phone.set_offline(True)
    begin(page, "Working together", "About Sam")
    answer(page, 1)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    page.goto(f"{site.address}/")
    begin(page, "How you have been")
    answer_all(page, 5)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    page.get_by_role("link", name="Back to today").click()
    revoke_device(
        cast.context,
        cast.actor(cast.coordinator),
        cast.coordinator,
        cast.ada.id,
        cast.ada.device.id,
    )
    phone.set_offline(False)
    page.goto(site.address)
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    until(page, lambda: site.value("SELECT count(*) FROM envelopes") == 1)
    left = page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("attune");
          open.onsuccess = () => {
            const stores = open.result.transaction(["keys", "kept", "drafts"]);
            const counts = {};
            for (const name of ["keys", "kept", "drafts"])
              stores.objectStore(name).count().onsuccess = ({target}) => counts[name] = target.result;
            stores.oncomplete = () => resolve(counts);
          };
        })"""
    )
    assert left == {"keys": 0, "kept": 0, "drafts": 0}


def test_a_copied_profile_tells_nothing_of_what_was_written(
    site: Site, browser: Browser, tmp_path: Path
):
    """A18: neither a draft nor the list nor a finished answer lies readable on the disk.

    Nor does what else was sent: words for somebody outside, or that a call was asked for.
    """
    with site.cast.context.write(TESTER, "somebody outside") as tx:
        who = {"outside_staff_id": site.cast.monitor.id, "outside_role": "ombudsperson"}
        tx.change("studies", site.cast.study_id, who)
    profile = tmp_path / "profile"
    opened = browser.browser_type.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=ARGUMENTS, viewport=PHONE
    )
    opened.add_cookies(
        [{"name": "__Host-device", "value": site.cast.ada.token, "domain": "localhost",
          "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}]
    )  # fmt: skip
    page = opened.new_page()
    choose_pin(page, site)
    practice = page.evaluate("fetch('/api/list').then((each) => each.json())")["practice"]
    page.goto(f"{site.address}/f/{practice['form']}.html#practice")
    press(page, "Begin")
    answer(page, 0)
    press(page, "Next")
    page.locator(".now textarea").fill(CANARY)
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    opened.set_offline(True)
    page.goto(site.address)
    press(page, "Ask for a call")
    expect(page.locator('[data-asked="phone"]')).to_be_visible()
    page.goto(f"{site.address}/outside")
    page.get_by_label("What would you like to say?").fill(CANARY)
    press(page, "Send it")
    expect(page.locator('[data-state="phone"]')).to_be_visible()
    page.wait_for_timeout(700)
    opened.close()
    assert any(profile.rglob("*.log"))
    for file in profile.rglob("*.indexeddb.leveldb/*"):
        for kind in (b"call", b"outside"):
            # A text as IndexedDB writes it: its length before it.
            assert b'"' + bytes([len(kind)]) + kind not in file.read_bytes(), (file.name, kind)
    for file in profile.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            for plain in (CANARY, "Night line", "Robin"):
                for coded in (
                    plain.encode(),
                    plain.encode("utf-16-le"),
                    json.dumps(plain).encode(),
                ):
                    assert coded not in data, (file.name, plain)
