"""The morning after a session, with a thumb: Today asks, one tap answers, and the forms about it open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from server.actions.context import Context
from server.actions.reconcile import reconcile
from server.clock import FixedClock
from server.store import visits
from tests.browser.chromium import DESK, PHONE, barriers
from tests.browser.phone import Site, serving
from tests.cast import DOSED, EVERYTHING, TESTER

pytestmark = pytest.mark.browser


@pytest.fixture
def site(context: Context, clock: FixedClock) -> Iterator[Site]:
    """Ada's and Ben's first dosing visit was two days ago, in the design where forms wait for that."""
    with serving(context) as found:
        with context.write(TESTER, "forms wait for the session to be confirmed") as tx:
            tx.change("studies", found.cast.study_id, {"protocol_version": "1.2.0"})
        for person in (found.cast.ada, found.cast.ben):
            with context.write(TESTER, "planned anew") as tx:
                reconcile(tx, context, person.id)
        clock.move(timedelta(days=DOSED.day + 1))
        yield found


def _desk(browser: Browser, site: Site, size: ViewportSize) -> BrowserContext:
    opened = browser.new_context(viewport=size, base_url=site.address)
    opened.set_default_timeout(10_000)
    opened.add_cookies(
        [{"name": "__Host-session", "value": site.cast.session(site.cast.coordinator),
          "domain": "localhost", "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}]
    )  # fmt: skip
    return opened


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_became_of_a_session_takes_one_tap(
    site: Site, browser: Browser, size: ViewportSize
) -> None:
    desk = _desk(browser, site, size)
    page = desk.new_page()

    page.goto(f"/staff/participants/{site.cast.ada.id}")
    expect(page.get_by_text("Dosing 1 to be confirmed as held")).to_be_visible()

    page.goto("/staff/")
    ada = page.get_by_role("listitem").filter(has_text="SYN-001, Dosing 1")
    expect(ada.get_by_text("not confirmed for 1 day")).to_be_visible()
    assert barriers(page) == []
    for answer in ("Held", "Moved", "Cancelled", "Nobody came"):
        box = ada.get_by_text(answer, exact=False).first.bounding_box()
        assert box is not None
        assert box["height"] >= (44 if size is PHONE else 24), answer

    ada.get_by_role("button", name="Held Dosing 1 SYN-001").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded as held.")
    expect(page.get_by_text("SYN-001, Dosing 1")).to_have_count(0)
    page.get_by_role("link", name="Not right? Change it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dosing 1")

    page.goto(f"/staff/participants/{site.cast.ada.id}")
    expect(page.get_by_text("Dosing 1 to be confirmed as held")).to_have_count(0)
    desk.close()


def test_moved_asks_for_the_new_day_where_it_was_tapped(site: Site, browser: Browser) -> None:
    desk = _desk(browser, site, PHONE)
    page = desk.new_page()
    page.goto("/staff/")
    ben = page.get_by_role("listitem").filter(has_text="SYN-002, Dosing 1")

    expect(ben.get_by_label("New day")).to_be_hidden()
    ben.get_by_text("Moved").click()
    ben.get_by_role("button", name="Move Dosing 1 SYN-002").click()
    expect(ben.get_by_text("Give the day that the visit was moved to.")).to_be_visible()
    expect(ben.get_by_label("New day")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("link", name="Today")).to_have_attribute("aria-current", "page")
    assert barriers(page) == []
    page.set_viewport_size(DESK)
    name = ben.get_by_role("heading").bounding_box()
    assert name is not None
    assert name["width"] > 150, "what is asked is squeezed beside the fields"
    page.set_viewport_size(PHONE)

    ben.get_by_label("New day").fill("2027-03-12")
    ben.get_by_role("button", name="Move Dosing 1 SYN-002").click()
    expect(page.get_by_role("status")).to_contain_text("Moved.")
    row = next(
        each
        for each in visits.of(site.cast.context.db, EVERYTHING, site.cast.ben.id)
        if each["kind"] == "dosing"
    )
    assert (row["status"], row["on_day"], row["at_time"]) == ("planned", "2027-03-12", "09:00")
    desk.close()


def test_all_dates_are_entered_by_keyboard_alone(site: Site, browser: Browser) -> None:
    desk = _desk(browser, site, DESK)
    page = desk.new_page()
    page.goto(f"/staff/participants/{site.cast.ada.id}/dates")
    assert barriers(page) == []

    page.get_by_label("Day, Dosing 2").fill("2027-03-31")
    page.get_by_label("Day, Follow-up 1").fill("2027-05-01")
    page.get_by_role("button", name="Add another Follow-up").press("Enter")
    expect(page.get_by_label("Day, Follow-up 1")).to_have_value("2027-05-01")
    page.get_by_label("Day, Follow-up 2").fill("2027-06-01")
    # Enter in a field records everything: it does not press the first button of the page.
    page.get_by_label("Day, Follow-up 2").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Recorded.")
    expect(page.get_by_role("row", name="Follow-up 2 1 Jun 2027")).to_be_visible()
    expect(page.get_by_role("row", name="Dosing 2 31 Mar 2027")).to_be_visible()
    desk.close()
