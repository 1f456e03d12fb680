"""What is begun and never sent: the phone says so, at once or when it is back online, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from server.actions.context import Context
from server.clock import FixedClock
from server.domain.assessment import state
from server.store import assessments
from tests.browser.chromium import chromium
from tests.browser.phone import Site, answer, begin, choose_pin, serving
from tests.cast import EVERYTHING

pytestmark = pytest.mark.browser
_TOLD = "SELECT COUNT(*) FROM assessment_facts WHERE kind = 'begun'"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(context: Context) -> Iterator[Site]:
    with serving(context) as running:
        yield running


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    phone = site.phone(browser, site.cast.ada)
    yield phone.new_page()
    phone.close()


def _told(page: Page, site: Site, count: int) -> None:
    for _ in range(50):
        if site.value(_TOLD) == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"told {site.value(_TOLD)} times, not {count}")


def test_one_answer_is_enough_to_be_half_done_and_a_look_is_not(
    page: Page, site: Site, clock: FixedClock
):
    choose_pin(page, site)
    begin(page, "How you have been")
    assert site.value(_TOLD) == 0  # looked at, and nothing answered
    with page.expect_request("**/api/begun") as asked:
        answer(page, 1)
    assert asked.value.post_data_json["begun"].keys() == {
        site.cast.assessment(site.cast.ada, "wellbeing-baseline")
    }
    _told(page, site, 1)
    page.goto(site.address)  # told again, and known already
    page.locator("#due a").first.wait_for()

    clock.move(timedelta(days=3))
    row = assessments.one(
        site.cast.context.db, EVERYTHING, site.cast.assessment(site.cast.ada, "wellbeing-baseline")
    )
    assert state(row, clock.now()) == "half-done"
    assert site.value(_TOLD) == 1


def test_begun_without_network_is_told_when_the_phone_is_back(page: Page, site: Site):
    choose_pin(page, site)
    begin(page, "How you have been")
    # What outlives its page passes by the browser's own way of being offline.
    page.context.route("**/api/begun", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        answer(page, 1)
    assert site.value(_TOLD) == 0
    page.context.unroute("**/api/begun")
    page.goto(site.address)

    _told(page, site, 1)
