"""What is begun and never sent: the phone says so, at once or when it is back online, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from server.clock import FixedClock
from server.domain.assessment import state
from server.store import assessments
from tests.browser.phone import Site, answer, choose_pin, open_form, press, until
from tests.cast import EVERYTHING

pytestmark = pytest.mark.browser
_TOLD = "SELECT COUNT(*) FROM assessment_facts WHERE kind = 'begun'"


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    phone = site.phone(browser, site.cast.ada)
    yield phone.new_page()
    phone.close()


def _open(page: Page) -> None:
    """Open the form and look at its first page, no further."""
    open_form(page, "How you have been")
    page.get_by_role("button", name="Begin", exact=True).wait_for()


def test_whoever_begins_and_stops_is_half_done_and_whoever_only_looks_is_not(
    page: Page, site: Site, clock: FixedClock
):
    asked = site.cast.assessment(site.cast.ada, "wellbeing-baseline")
    choose_pin(page, site)
    _open(page)
    assert site.value(_TOLD) == 0
    with page.expect_request("**/api/begun") as told:
        press(page, "Begin")
        answer(page, 1)
    said = told.value.post_data_json
    assert said is not None
    assert said["begun"].keys() == {asked}
    until(page, lambda: site.value(_TOLD) == 1)
    page.goto(site.address)  # told again, and known already
    page.locator("#due a").first.wait_for()

    clock.move(timedelta(days=3))
    row = assessments.one(site.cast.context.db, EVERYTHING, asked)
    assert state(row, clock.now()) == "half-done"
    assert site.value(_TOLD) == 1


def test_begun_without_network_is_told_when_the_phone_is_back(page: Page, site: Site):
    choose_pin(page, site)
    _open(page)
    # What outlives its page passes by the browser's own way of being offline.
    page.context.route("**/api/begun", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        press(page, "Begin")
        answer(page, 1)
    assert site.value(_TOLD) == 0
    page.context.unroute("**/api/begun")
    page.goto(site.address)

    until(page, lambda: site.value(_TOLD) == 1)
