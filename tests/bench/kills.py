"""Browsers killed at random while somebody answers: what "Kept on this phone" was said of must be there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import (
    BrowserContext,
    Error,
    Page,
    Playwright,
    TimeoutError,  # noqa: A004 - its own, not Python's
    sync_playwright,
)

from tests.bench import serving
from tests.bench import world as worlds
from tests.bench.figures import Figure
from tests.bench.page import PIN, connect
from tests.bench.phone import COMMAND, READY
from tests.bench.world import World
from tests.browser.chromium import ARGUMENTS, CHROMIUM, PHONE

KILLS = 100
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


def measure() -> list[Figure]:
    """Kill the browser `KILLS` times and count what was lost after it was said to be kept."""
    lost = said = 0
    again: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.make(Path(folder) / "data", serving.PORT)
        with serving.serving(COMMAND, world), sync_playwright() as play:
            profile, form = (
                Path(folder) / "profile",
                _prepare(play, world, Path(folder) / "profile"),
            )
            for _ in range(KILLS):
                told = _round(play, profile, form, again)
                kept = _read(play, profile, form, again)
                said += bool(told)
                lost += bool(told) and kept not in told
    return [
        Figure("Browsers killed while answering: changes lost after they were said to be kept",
               lost, "", f"{KILLS} kills, in {said} of them something had been said to be kept;"
               f" {len(again)} times the form opened only at the second try", "0"),
    ]  # fmt: skip


def _prepare(play: Playwright, world: World, profile: Path) -> str:
    """Connect the phone, begin a form and return its address."""
    assessment = worlds.fresh_assessments(world, 1)[0]
    address = f"http://localhost:{serving.PORT}"
    context = _start(play, profile)
    context.add_cookies(
        [{"name": "__Host-device", "value": world.token, "domain": "localhost", "path": "/",
          "secure": True, "httpOnly": True, "expires": 4_000_000_000}]
    )  # fmt: skip
    page = context.pages[0]
    connect(page, address)
    form = f"{address}{serving.form_path(world)}#{assessment}"
    page.goto(form)
    page.wait_for_function(READY)
    page.locator("[data-for=intro]").click()
    page.locator(".now input").first.click()
    page.wait_for_timeout(500)
    context.close()
    return form


def _start(play: Playwright, profile: Path) -> BrowserContext:
    return play.chromium.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=ARGUMENTS, viewport=PHONE
    )


def _open(context: BrowserContext, form: str, again: list[str]) -> Page:
    """Go on with the draft, as its owner does after anything happened to the phone.

    Where something else than the form opened, they try once more; `again` gathers what had opened.
    """
    page = context.pages[0]
    page.goto(form)
    try:
        page.locator(".now .field").fill(PIN, timeout=10_000)
    except TimeoutError:
        again.append(page.url)
        page.goto(form)
        page.locator(".now .field").fill(PIN, timeout=10_000)
    page.locator("[data-for=pin]").click()
    page.locator("[data-item].now").wait_for()
    return page


def _round(play: Playwright, profile: Path, form: str, again: list[str]) -> set[str]:
    """Answer until the kill; return the values that may stand there: the last kept, and later ones."""
    context = _start(play, profile)
    page = _open(context, form, again)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    with suppress(Error):
        page.evaluate(f"() => {{ ({_ANSWERING})(); }}")
        page.wait_for_timeout(random.uniform(80, 900))
    _kill(profile)
    with suppress(Error):
        context.close()
    return _allowed(heard)


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


def _read(play: Playwright, profile: Path, form: str, again: list[str]) -> str:
    context = _start(play, profile)
    page = _open(context, form, again)
    value = page.locator(".now input:checked").get_attribute("value")
    context.close()
    return str(value)
