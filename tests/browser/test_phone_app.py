"""The phone's app: installed, renewed between forms and never under one, plain pages below the floor."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from server.actions.context import Context
from server.web import assets
from tests.browser.chromium import barriers
from tests.browser.phone import Site, begin, choose_pin, press, serving

pytestmark = pytest.mark.browser
SMALL = {"width": 360, "height": 640}
# A start page looks once more after a moment, for the form that was just left. Here the start itself counts.
NO_SECOND_LOOK = """
const later = setTimeout;
self.setTimeout = (act, pause, ...more) => (pause === 1500 ? 0 : later(act, pause, ...more));
"""
RUNS = "name => document.querySelector(`script[src*='${name}']`)"


@pytest.fixture
def site(context: Context, tmp_path: Path) -> Iterator[Site]:
    """Serve from a tree of static files of its own, so that a release can be made by changing one."""
    shutil.copytree(context.config.static, tmp_path / "static")
    config = replace(context.config, static=tmp_path / "static")
    with serving(replace(context, config=config)) as running:
        yield running
    assets._version.cache_clear()


def _release(site: Site) -> str:
    """Publish a new release and return the name of its tree."""
    config = site.cast.context.config
    script = config.static / "app" / "today.js"
    script.write_text(script.read_text() + f"\nself.release = {len(script.read_text())};\n")
    # A real release is another process, which looks at the shelf before it answers anybody.
    name = assets._version.__wrapped__(config.static)
    tree = assets._shelf(config) / name
    assets._publish(config.static, tree)
    site.app.wsgi_app.add_files(str(tree), prefix=f"static/{name}/")  # type: ignore[attr-defined]
    assets._version.cache_clear()
    return name


def _trees(page: Page) -> set[str]:
    """Return the releases that the files of this page came from."""
    # A page that starts anew for a new release is asked again once it stands.
    for _ in range(4):
        with suppress(PlaywrightError):
            return _trees_now(page)
        page.wait_for_load_state()
    return _trees_now(page)


def _trees_now(page: Page) -> set[str]:
    return set(
        page.evaluate(
            """() => [...document.querySelectorAll("[src],link[href]")]
              .map((each) => (each.src || each.href).match(/static\\/(\\w+)\\//)?.[1])
              .concat(performance.getEntriesByType("resource")
                .map(({ name }) => name.match(/static\\/(\\w+)\\//)?.[1]))
              .filter(Boolean)"""
        )
    )


def _wait_for_waiting(page: Page) -> None:
    page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.ready;
          await registration.update();
          while (registration.installing) await new Promise((resolve) => setTimeout(resolve, 20));
        }"""
    )


def test_within_a_few_starts_every_phone_runs_the_new_release_and_never_a_mix(
    site: Site, browser: Browser
):
    old = assets.version(site.cast.context.config)
    phones = [site.phone(browser, person) for person in (site.cast.ada, site.cast.ben)]
    for phone in phones:
        phone.add_init_script(NO_SECOND_LOOK)
    pages = [phone.new_page() for phone in phones]
    for page in pages:
        choose_pin(page, site)
        assert _trees(page) == {old}
    new = _release(site)
    for page in pages:
        page.goto(site.address)
        page.locator("#today").wait_for()
        assert len(_trees(page)) == 1, "never a mix"
        _wait_for_waiting(page)
        # The next start, mostly. A browser that thinks the old worker still busy puts it off to the one after.
        for _ in range(3):
            # It may be starting anew by itself just then.
            with suppress(PlaywrightError):
                page.goto(site.address)
                page.wait_for_function(RUNS, arg=new, timeout=4_000)
                break
            assert len(_trees(page)) == 1, "never a mix"
        page.locator("#due a").first.wait_for()
        assert _trees(page) == {new}
    for phone in phones:
        phone.close()


def test_an_update_is_offered_and_never_forced_on_whoever_is_answering(
    site: Site, browser: Browser
):
    phone = site.phone(browser, site.cast.ada)
    form, start = phone.new_page(), phone.new_page()
    choose_pin(form, site)
    begin(form, "How you have been")
    old = _trees(form)
    new = _release(site)
    start.goto(site.address)
    start.locator("#due a").first.wait_for()
    _wait_for_waiting(start)
    expect(start.locator("#newer")).to_be_visible()
    press(start, "Use it now")
    start.wait_for_timeout(300)
    assert start.evaluate("!!navigator.serviceWorker.controller")
    assert _trees(start) == old, "a form is open in another window: the release waits"
    form.locator(".now label.row").first.click()
    expect(form.locator("#kept")).to_have_text("Kept on this phone")
    assert _trees(form) == old
    form.goto(site.address)
    # Left, it may begin by itself; a browser that still thinks the old worker busy needs the button.
    for _ in range(2):
        with suppress(PlaywrightError):
            form.wait_for_function(RUNS, arg=new, timeout=2_500)
            break
        with suppress(PlaywrightError):
            form.get_by_role("button", name="Use it now").click(timeout=1_000)
    # Under load even that may not do: then it is the app's next start, once it was closed.
    for _ in range(4):
        with suppress(PlaywrightError):
            form.wait_for_function(RUNS, arg=new, timeout=2_500)
            break
        for page in phone.pages:
            page.close()
        form = phone.new_page()
        form.goto(site.address)
    form.locator("#due a").first.wait_for()
    assert _trees(form) == {new}
    phone.close()


@pytest.mark.parametrize(
    "lacking",
    ["delete Navigator.prototype.locks", "delete AbortSignal.timeout", "delete Crypto.prototype.randomUUID",
     "Object.defineProperty(window, 'indexedDB', {value: undefined})"],
    ids=["locks", "timeout", "uuid", "indexedDB"],
)  # fmt: skip
def test_below_the_floor_the_plain_pages_open_by_themselves(
    site: Site, browser: Browser, lacking: str
):
    phone = site.phone(browser, site.cast.ada)
    phone.add_init_script(lacking)
    page = phone.new_page()
    page.goto(site.address)
    page.wait_for_url("**/today")
    expect(page.get_by_role("link", name="How you have been")).to_be_visible()
    phone.close()


def test_the_smallest_phone_with_the_largest_letters_scrolls_one_way_only(
    site: Site, browser: Browser
):
    """The smallest phone that we promise to serve, its letters twice as large."""
    phone = site.phone(browser, site.cast.ada, viewport=SMALL)
    phone.add_init_script(
        "addEventListener('DOMContentLoaded', () => {"
        " document.documentElement.style.fontSize = '225%'; })"
    )
    page = phone.new_page()
    page.goto(site.address)
    page.locator("#due a").first.wait_for()
    for path in ("/", "/help", "/install"):
        page.goto(f"{site.address}{path}")
        page.locator("h1:visible").first.wait_for()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SMALL["width"], path
        assert barriers(page) == [], path
    phone.close()


def test_installing_shows_the_steps_of_this_very_phone_first(site: Site, browser: Browser):
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604"
    phone = site.phone(browser, site.cast.ada, user_agent=iphone)
    page = phone.new_page()
    page.goto(f"{site.address}/install")
    shown = page.locator(".steps[open]")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Add to Home Screen")
    assert barriers(page) == []
    phone.close()
