"""The phone's pages for everybody: axe, 320 pixels, touch targets, no script, no secure context.

The way through all screens is walked once, at 320 pixels and so at 400 %; each screen is then looked at in
both sizes and both colours. Style sheets alone tell these apart, and other tests walk at a phone's size.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.actions.context import Context
from server.actions.invite_device import invite_device
from server.catalog.catalog import Catalog
from server.domain.instrument import Instrument, Item, ItemWording, OptionSet
from server.store import assessments
from tests.browser.chromium import PHONE, barriers
from tests.browser.phone import (
    PIN,
    Site,
    answer,
    answer_all,
    begin,
    choose_pin,
    open_form,
    press,
    serving,
)
from tests.cast import EVERYTHING

pytestmark = pytest.mark.browser
NARROW = ViewportSize(width=320, height=512)
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOKS = list(product((PHONE, NARROW), COLOURS))
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, textarea')]
  .map((each) => each.closest('label.row') ?? each)
  .filter((each) => each.checkVisibility({visibilityProperty: true}))
  .filter((each) => !each.closest('p, li ul, .error ul, .note ul') || each.tagName !== 'A')
  .map((each) => [each.textContent.trim() || each.id, each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.9 || box.width < 43.9)
  .map(([name, box]) => `${name}: ${box.width}x${box.height}`)"""


def _sound(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page as it stands, in each size and colour."""
    found = []
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong = [f"too small: {each}" for each in page.evaluate(SMALL_TARGETS)] + barriers(page)
        wrong += [f"{wide} px too wide"] if wide > 0 else []
        found += [f"{name}, {scheme}, {size['width']} px wide: {each}" for each in wrong]
    return found


def test_every_screen_is_open_to_everybody(site: Site, browser: Browser):
    phone = site.phone(browser, site.cast.ada, viewport=NARROW, bypass_csp=True)
    page = phone.new_page()
    wrong: list[str] = []
    choose_pin(page, site)
    wrong += _sound(page, "today")
    open_form(page, "About Robin")
    page.get_by_role("button", name="Begin").wait_for()
    wrong += _sound(page, "introduction")
    press(page, "Begin")
    press(page, "Next")
    wrong += _sound(page, "asked about an empty one")
    answer_all(page, 12)
    wrong += _sound(page, "review")
    press(page, "Send my answers")
    page.get_by_role("heading", name="Sent. We have it.").wait_for()
    wrong += _sound(page, "sent")
    for path in ("/help", "/join", "/today", "/help/plain", "/practice", "/no-such-page"):
        page.goto(site.address + path)
        page.locator("h1 >> visible=true").first.wait_for()
        wrong += _sound(page, path)
    open_one = site.cast.assessment(site.cast.ada, "alliance-prep", site.cast.second)
    page.goto(f"{site.address}/a/{open_one}")
    wrong += _sound(page, "plain form")
    press(page, "Send my answers")
    page.get_by_role("heading", name="Before you send").wait_for()
    wrong += _sound(page, "plain form, asked")
    phone.close()
    assert wrong == []


def test_without_any_script_the_whole_way(site: Site, browser: Browser):
    cast = site.cast
    invited = invite_device(
        cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ben.id, "clinic"
    )
    phone = site.phone(browser, java_script_enabled=False)
    page = phone.new_page()
    page.goto(f"{site.address}/join")
    page.get_by_label("The code you were given").fill(invited.code)
    press(page, "Connect")
    expect(page).to_have_url(f"{site.address}/today")
    page.get_by_role("link", name=re.compile("How you have been")).click()
    page.get_by_role("group", name="My mood was bright.").get_by_label("Often").check()
    press(page, "Save and go on later")
    expect(page.locator("main")).to_contain_text("begun")
    page.get_by_role("link", name=re.compile("How you have been")).click()
    mood = page.get_by_role("group", name="My mood was bright.")
    expect(mood.get_by_label("Often")).to_be_checked()
    press(page, "Send my answers")
    expect(page.get_by_text("You left these empty.")).to_be_visible()
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    asked = cast.assessment(cast.ben, "wellbeing-baseline")
    assert assessments.one(cast.context.db, EVERYTHING, asked)["response_id"]
    page.goto(f"{site.address}/help")
    expect(page).to_have_url(f"{site.address}/help/plain")
    expect(page.locator('a[href="tel:+498000000000"]')).to_be_visible()
    page.goto(site.address)
    expect(page).to_have_url(f"{site.address}/today")
    phone.close()


def test_where_the_address_is_not_protected_the_page_says_so_and_works(
    site: Site, browser: Browser
):
    phone = site.phone(browser)
    phone.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    cast = site.cast
    invited = invite_device(
        cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ben.id, "home"
    )
    page = phone.new_page()
    page.goto(site.address + invited.path)
    expect(page.locator("#plain")).to_contain_text("This address is not protected")
    page.get_by_label("The code you were given").fill(invited.code)
    press(page, "Connect")
    expect(page).to_have_url(f"{site.address}/today")
    page.goto(site.address)
    expect(page).to_have_url(f"{site.address}/today")
    phone.close()


def test_the_first_questionnaire_is_light(site: Site, browser: Browser):
    """Goal 1: at most 12 kB over the wire in at most 6 requests, before anything was cached."""
    phone = site.phone(browser, site.cast.ada, service_workers="block")
    page = phone.new_page()
    choose_pin_without_worker(page, site)
    form = page.locator("#due a", has_text="About Robin").get_attribute("href")
    fresh = phone.new_page()
    wire = fresh.context.new_cdp_session(fresh)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    fresh.goto(f"{site.address}{form}")
    fresh.get_by_role("button", name="Begin").wait_for()
    fresh.wait_for_load_state("networkidle")
    bodies = fresh.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map((each) => each.encodedBodySize)"
    )
    print(
        f"first questionnaire: {sum(bodies)} bytes of bodies, {sum(sizes)} with heads, {len(bodies)} requests"
    )
    assert len(bodies) <= 6
    assert sum(bodies) <= 12_000
    phone.close()


def choose_pin_without_worker(page: Page, site: Site) -> None:
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    page.goto(site.address)
    page.locator("#due a").first.wait_for()
    page.goto(f"{site.address}/join#pin")
    page.get_by_label("Six digits or more").fill(PIN)
    page.get_by_label("Once more").fill(PIN)
    press(page, "Keep this PIN")
    page.locator("#practise").wait_for()
    page.goto(site.address)
    page.locator("#due a").first.wait_for()


def test_every_kind_of_question_can_be_answered_on_the_phone(context: Context, browser: Browser):
    kinds = {
        "one": Item(id="one", kind="choice", options="few"),
        "several": Item(id="several", kind="multi-choice", options="few"),
        "yes": Item(id="yes", kind="yes-no"),
        "told": Item(id="told", kind="information"),
        "hours": Item(id="hours", kind="number", minimum=0, maximum=24, step=0.5),
        "line": Item(id="line", kind="scale", minimum=0, maximum=100, step=1),
        "day": Item(id="day", kind="date"),
        "said": Item(id="said", kind="text", soft_limit=5),
    }
    with serving(replace(context, catalog=_with_practice(context.catalog, kinds))) as site:
        phone = site.phone(browser, site.cast.ada, bypass_csp=True)
        page = phone.new_page()
        choose_pin(page, site)
        page.goto(f"{site.address}/join#practice")
        page.get_by_role("link", name="Open the practice form").click()
        press(page, "Begin")
        answer(page, 0)
        press(page, "Next")
        page.locator(".now input").nth(0).check()
        page.locator(".now input").nth(1).check()
        press(page, "Next")
        page.get_by_label("Yes").check()
        press(page, "Next")
        press(page, "Next")
        page.locator(".now input").fill("25")
        press(page, "Next")
        expect(page.get_by_role("alert")).to_contain_text("a number from 0 to 24")
        page.locator(".now input").fill("7,5")
        press(page, "Next")
        line = page.get_by_role("slider")
        assert "untouched" in (line.get_attribute("class") or "")
        expect(page.locator(".now [name]")).to_have_value("")
        assert barriers(page) == []
        line.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".now [name]")).to_have_value("51")
        page.get_by_role("button", name="Less").click()
        expect(page.locator(".now [name]")).to_have_value("50")
        press(page, "Next")
        page.locator(".now input").fill("2027-02-28")
        press(page, "Next")
        page.locator(".now textarea").fill("more than five")
        expect(page.get_by_text("That is long; it is kept all the same.")).to_be_visible()
        press(page, "Next")
        page.get_by_role("heading", name="Look once more, then send").wait_for()
        answers = page.locator("#answers b").all_inner_texts()
        assert answers == ["A", "A, B", "Yes", "7.5", "50", "2027-02-28", "more than five"]
        page.reload()
        page.get_by_label("Your PIN").fill(PIN)
        press(page, "Go on")
        page.get_by_role("heading", name="Look once more, then send").wait_for()
        assert page.locator("#answers b").all_inner_texts() == answers
        press(page, "Send my answers")
        expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
        phone.close()


def _with_practice(catalog: Catalog, items: dict[str, Item]) -> Catalog:
    """Return the definitions with a practice form of these items."""
    old, words = catalog.instrument("practice"), catalog.wording("practice", "en")
    few = {"few": OptionSet(values=(1, 2))}
    # Made anew, not copied: an instrument remembers its questions.
    changed = {"items": tuple(items.values()), "options": few}
    form = Instrument.model_validate({**old.model_dump(), **changed})
    text = words.model_copy(
        update={
            "items": {name: ItemWording(text=f"About {name}?") for name in items},
            "options": {"few": {1: "A", 2: "B"}},
        }
    )
    return Catalog(
        tuple(form if each is old else each for each in catalog.instruments),
        # The German and Spanish practice forms say nothing of these items.
        (text, *(each for each in catalog.wordings if each.instrument != "practice")),
        catalog.protocols,
    )


def test_a_form_goes_on_after_begin_even_if_the_page_is_left_at_once(site: Site, browser: Browser):
    phone = site.phone(browser, site.cast.ada)
    page = phone.new_page()
    choose_pin(page, site)
    begin(page, "How you have been")
    page.get_by_role("link", name="Stop here, go on later").click()
    expect(page.locator("#due li", has_text="How you have been")).to_contain_text("begun")
    phone.close()
