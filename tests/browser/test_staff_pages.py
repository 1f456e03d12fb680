"""Staff pages before real eyes and hands: no barrier, nothing cut off, all by keyboard, no script of others.

A page is opened once and then looked at in one size and colour after the other: no script of these pages
asks for either, so what a rotated screen shows is what a page that is opened there shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from functools import partial
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, ViewportSize, expect

from server.actions.assign_facilitator import assign_facilitator
from server.actions.change_participant import Change, change_participant
from server.actions.change_study import HelpContact, Reach, change_study
from server.actions.context import Context
from server.actions.duty import Duty
from server.actions.record_visit import VisitEntry, record_visit
from server.domain.people import Staff
from server.store import alerts, messages, passwords, responses, staff
from tests.browser.chromium import DESK, PHONE, barriers
from tests.browser.phone import Site, serving
from tests.cast import ENROLLED, EVERYTHING, PREPARED, TESTER
from tests.staff_pages import pages

pytestmark = pytest.mark.browser

PASSWORD = "four wet umbrellas"
NARROW = ViewportSize(width=320, height=640)
LOOKS: list[tuple[ViewportSize, Literal["light", "dark"]]] = [
    (DESK, "light"),
    (PHONE, "dark"),
    (NARROW, "light"),
]
PUSHED = """[...document.querySelectorAll(".sheet")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 && !each.querySelector(".timeline"))
  .map((each) => each.getAttribute("aria-label") ?? each.getAttribute("aria-labelledby"))"""
# The pages are looked at in as many tests, so that no process is left alone with all of them.
PARTS = 4


@pytest.fixture
def site(context: Context) -> Iterator[Site]:
    with serving(context) as found:
        yield found


def _desk(
    browser: Browser, site: Site, viewer: Staff | None = None, size: ViewportSize = DESK
) -> BrowserContext:
    opened = browser.new_context(viewport=size, base_url=site.address)
    opened.set_default_timeout(10_000)
    if viewer is not None:
        opened.add_cookies(
            [{"name": "__Host-session", "value": site.cast.session(viewer), "domain": "localhost",
              "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}]
        )  # fmt: skip
    return opened


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_barrier_or_must_be_pushed_sideways(
    site: Site, browser: Browser, part: int
) -> None:
    """WCAG 1.4.10: 320 pixels are 400 % of 1280. On a phone a table is a list, and only a drawing moves."""
    desk = _desk(browser, site, site.cast.administrator)
    page = desk.new_page()
    found = []
    for path in pages(site.cast)[part::PARTS]:
        page.goto(path)
        found += [f"{path}: {each}" for look in LOOKS for each in _wrong(page, *look)]
    desk.close()

    assert found == []


def _wrong(page: Page, size: ViewportSize, scheme: Literal["light", "dark"]) -> list[str]:
    """Return what is wrong with the page at this size, in these colours."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    width = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{width} px wide at {size['width']}"] if width > size["width"] else []
    if size is PHONE:
        found += [f"the table {each} must be pushed" for each in page.evaluate(PUSHED)]
    return found if size is NARROW else found + barriers(page)


def test_everything_can_be_done_without_a_mouse(site: Site, browser: Browser) -> None:
    with site.cast.context.write(TESTER, "an account") as tx:
        staff.set_password(tx, site.cast.coordinator.id, passwords.keep(PASSWORD))
    person = staff.one(site.cast.context.db, site.cast.coordinator.id)
    assert person is not None
    desk = _desk(browser, site)
    page = desk.new_page()

    page.goto("/staff/participants")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type(person["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Participants")

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "SYN-001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="SYN-001")).to_be_visible()

    _tab_to(page, "Record a visit")
    page.keyboard.press("Enter")
    page.get_by_label("Kind of visit").focus()
    page.keyboard.type("Integration")
    page.get_by_label("Time, if known").fill("11:00")
    _tab_to(page, "Record")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Recorded").first).to_be_visible()
    expect(page.get_by_role("row", name="Integration 1")).to_be_visible()
    desk.close()


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus, and see that the focus shows."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.textContent.trim(), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0] }"
        )
        if here[0] == name:
            assert here[1], f"nobody sees that {name} has the focus"
            return
    pytest.fail(f"Tab never reaches {name}")


def test_what_people_type_never_runs(site: Site, browser: Browser) -> None:
    """A9: hostile text in every field that takes any, then every page is opened."""
    said: list[str] = []
    paths = pages(site.cast)
    _poison(site)
    response = responses.of(site.cast.context.db, EVERYTHING, site.cast.ada.id)[-1]["id"]
    desk = _desk(browser, site, site.cast.administrator)
    page = desk.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", partial(_dismissed, said))
    seen = ""
    for path in [*paths, f"/staff/responses/{response}", "/help", "/help/plain"]:
        page.goto(path)
        seen += page.content()
        assert page.evaluate("window.__x") is None, path
        assert page.locator("img[src='x']").count() == 0, path
    page.goto(f"/staff/participants/{site.cast.ada.id}")
    page.get_by_role("button", name="Show name and address").click()
    assert page.evaluate("window.__x") is None
    desk.close()

    assert seen.count("&lt;img src") > 10, "the text must have been shown to prove anything"
    # Pages that a typed text makes no sense to answer with a status; nothing of it may run.
    assert [line for line in said if "404" not in line and "422" not in line] == []


def _dismissed(said: list[str], dialog: Dialog) -> None:
    said.append(dialog.message)
    dialog.dismiss()


EVIL = '"><img src=x onerror="window.__x=1"><script>window.__x=1</script>{{7*7}}'


def _poison(site: Site) -> None:
    cast = site.cast
    context, viewer = cast.context, cast.coordinator
    actor, ada = cast.actor(viewer), cast.ada.id
    short = EVIL[:60]
    record_visit(
        context,
        actor,
        viewer,
        ada,
        VisitEntry("integration", PREPARED, time(15), "held", reason=EVIL),
    )
    assign_facilitator(context, actor, viewer, ada, cast.rated.id, short, ENROLLED)
    change_participant(
        context, actor, viewer, ada, Change(name=EVIL[:100], language="en", zone="UTC", reason=EVIL)
    )
    contact = HelpContact(EVIL, "+49 30 1", EVIL, EVIL)
    change_study(context, actor, viewer, Reach(EVIL, "+49 30 1", EVIL, (contact,), Duty()))
    answers = cast.answers("followup-open")
    for answer in answers.values():
        answer["value"] = EVIL
    with context.write(TESTER, "hostile text") as tx:
        alerts.add(tx, cast.study_id, ada, "quarantined", EVIL)
        tx.change("studies", cast.study_id, {"title": EVIL})
        tx.change("staff", cast.monitor.id, {"name": EVIL})
        tx.change("devices", cast.ada.device.id, {"agent": EVIL})
        one = messages.of(tx.db, EVERYTHING, ada)[0]["id"]
        tx.change("messages", one, {"state": "failed", "error": EVIL})
        words = tx.db.one("SELECT * FROM assessments WHERE participant_id = ? LIMIT 1", [ada])
        assert words is not None
        open_words = {
            **words, "id": "00000000-0000-4000-8000-000000000001", "instrument": "followup-open",
            "definition": "words", "label": EVIL, "response_id": None, "answered_at": None,
            "about_staff_id": None, "alliance": 0,
        }  # fmt: skip
        tx.add("assessments", open_words)
    cast.send(cast.ada, cast.payload(open_words["id"], answers))
