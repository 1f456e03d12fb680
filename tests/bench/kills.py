"""Browsers killed at random while somebody answers: what "Kept on this phone" was said of must be there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    BrowserContext,
    Error,
    Page,
    Playwright,
    TimeoutError,  # noqa: A004 - its own, not Python's
    expect,
    sync_playwright,
)

from tests.bench import serving
from tests.bench import world as worlds
from tests.bench.figures import Figure
from tests.bench.page import PIN, connect
from tests.bench.phone import COMMAND, READY
from tests.bench.world import World
from tests.browser.chromium import ARGUMENTS, CHROMIUM, PHONE
from tests.browser.phone import forms_ahead

KILLS = 100
TORN = 20
# What LevelDB writes first of a record of 3,609 bytes: checksum, length, kind. Its blocks end at a round number.
HALF = b"half" + (3_609).to_bytes(2, "little") + b"\x01"
BLOCK = 32_768
# Chooses one option after the other and tells each choice, and each that the page said it kept.
_ANSWERING = """async () => {
  const options = [...document.querySelectorAll(".now input")];
  const kept = document.querySelector("#kept");
  for (let turn = options.findIndex(({ checked }) => checked) + 1; ; turn += 1) {
    const option = options[turn % options.length];
    kept.textContent = "";
    option.click();
    console.log(`chose ${option.value}`);
    const end = performance.now() + 2000;
    while (!kept.textContent && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5));
    if (kept.textContent) console.log("kept");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""


class GoneError(Exception):
    """The browser no longer knows what was begun: it threw its database away (docs/adr/0018)."""


@dataclass
class Tally:
    """What came of the kills so far; `again` gathers what had opened in place of the form at first.

    `torn`: each kill is to come between the two writes that make a record.
    """

    torn: bool = False
    said: int = 0
    lost: int = 0
    gone: int = 0
    again: list[str] = field(default_factory=list)


def measure() -> list[Figure]:
    """Kill browsers and count what was lost after it was said to be kept."""
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.make(Path(folder) / "data", serving.PORT)
        with serving.serving(COMMAND, world), sync_playwright() as play:
            plain = _campaign(play, world, Path(folder) / "killed", Tally(), KILLS)
            torn = _campaign(play, world, Path(folder) / "torn", Tally(torn=True), TORN)
    return [
        Figure("Browsers killed while answering: changes lost after they were said to be kept",
               plain.lost, "", f"{KILLS} kills, {_told(plain)}", "0"),
        Figure("The same, where each kill leaves half a record in the browser's log", torn.lost, "",
               f"{TORN} kills, {_told(torn)}", "0"),
    ]  # fmt: skip


def _campaign(play: Playwright, world: World, folder: Path, tally: Tally, kills: int) -> Tally:
    done = 0
    while done < kills:
        done += _live(play, world, folder / f"profile-{done}", tally, kills - done)
    return tally


def _told(tally: Tally) -> str:
    return (
        f"in {tally.said} of them something had been said to be kept; {len(tally.again)} times the"
        f" form opened only at the second try, {tally.gone} times the browser had thrown its whole"
        " database away"
    )


def _live(play: Playwright, world: World, profile: Path, tally: Tally, kills: int) -> int:
    """Kill one browser so many times, or until it has lost everything; return how many kills that was."""
    form = _prepare(play, world, profile)
    for number in range(kills):
        try:
            told = _round(play, profile, form, tally)
            kept = _read(play, profile, form, tally)
        except GoneError:
            tally.lost += 1
            tally.gone += 1
            _kill(profile)
            return number + 1
        tally.said += bool(told)
        tally.lost += bool(told) and kept not in told
    return kills


def _prepare(play: Playwright, world: World, profile: Path) -> str:
    """Connect the phone, with all that works offline, begin a form and return its address."""
    assessment = worlds.fresh_assessments(world, 1)[0]
    address = f"http://localhost:{serving.PORT}"
    context = _start(play, profile)
    context.add_cookies(
        [{"name": "__Host-device", "value": world.token, "domain": "localhost", "path": "/",
          "secure": True, "httpOnly": True, "expires": 4_000_000_000}]
    )  # fmt: skip
    page = context.pages[0]
    connect(page, address)
    page.goto(address)
    forms_ahead(page)
    form = f"{address}{serving.form_path(world)}#{assessment}"
    page.goto(form)
    page.wait_for_function(READY)
    page.locator("[data-for=intro]").click()
    page.locator(".now input").first.click()
    expect(page.locator("#kept")).to_have_text("Kept on this phone")
    context.close()
    return form


def _start(play: Playwright, profile: Path) -> BrowserContext:
    return play.chromium.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=ARGUMENTS, viewport=PHONE
    )


def _open(context: BrowserContext, form: str, tally: Tally) -> Page:
    """Go on with the draft, as its owner does after anything happened to the phone.

    Where something else than the form opened, they try once more.
    """
    page = context.pages[0]
    if not _asks_pin(page, form):
        tally.again.append(page.url)
        if not _asks_pin(page, form):
            raise GoneError
    page.locator("#pin").fill(PIN)
    page.locator("[data-for=pin]").click()
    page.locator("[data-item].now").wait_for()
    return page


def _asks_pin(page: Page, form: str) -> bool:
    # The page may lead elsewhere before it has loaded.
    page.goto(form, wait_until="commit")
    with suppress(TimeoutError):
        page.locator("[data-step=pin].now #pin").wait_for(timeout=10_000)
    return "/f/" in page.url and page.locator("[data-step=pin].now #pin").is_visible()


def _round(play: Playwright, profile: Path, form: str, tally: Tally) -> set[str]:
    """Answer until the kill; return the values that may stand there: the last kept, and later ones."""
    context = _start(play, profile)
    page = _open(context, form, tally)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    with suppress(Error):
        page.evaluate(f"() => {{ ({_ANSWERING})(); }}")
        page.wait_for_timeout(random.uniform(80, 900))
    _kill(profile)
    with suppress(Error):
        context.close()
    if tally.torn:
        _tear(profile)
    return _allowed(heard)


def _tear(profile: Path) -> None:
    for log in profile.glob("Default/IndexedDB/*.indexeddb.leveldb/*.log"):
        if log.stat().st_size % BLOCK < BLOCK - len(HALF) - 3_609:
            with log.open("ab") as end:
                end.write(HALF)


def _allowed(heard: list[str]) -> set[str]:
    allowed: set[str] = set()
    last = ""
    for each in heard:
        if each.startswith("chose "):
            last = each.removeprefix("chose ")
            allowed.add(last)
        elif each == "kept":
            allowed = {last}
    return allowed if "kept" in heard else set()


def _kill(profile: Path) -> None:
    found = subprocess.run(
        ["pgrep", "-f", f"user-data-dir={profile}"], capture_output=True, text=True, check=False
    )
    for process in found.stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
    time.sleep(0.1)
    (profile / "SingletonLock").unlink(missing_ok=True)


def _read(play: Playwright, profile: Path, form: str, tally: Tally) -> str:
    context = _start(play, profile)
    page = _open(context, form, tally)
    value = page.locator(".now input:checked").get_attribute("value")
    context.close()
    return str(value)
