"""Debian's Chromium for every browser test: how it is started, and axe's verdict on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from server.config import ROOT

CHROMIUM = "/usr/bin/chromium"
# Of a feature list that is given twice only the last counts, so Playwright's own is repeated here. What
# we add: pop-ups of an address bar that nobody sees, which cost each new window a second of processor time.
UNUSED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNUSED)}",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# What fits, axe would copy out node by node, which takes thrice as long as looking; and it would fetch what
# only its rules about films and sound need.
FIND = """async (tags) => {
  const runOnly = { type: "tag", values: tags };
  const how = { runOnly, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(document, how);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id} at ${target}: ${help}`));
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser and end it."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def barriers(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands: rule, place and help, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe() + "\n;undefined")
    with _unrolled(page):
        found: list[str] = page.evaluate(FIND, RULES)
    return found


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


@contextmanager
def _unrolled(page: Page) -> Iterator[None]:
    """Show the whole page at once: what the bar at the bottom covers now can be scrolled to."""
    size = page.viewport_size or PHONE
    height = page.evaluate("document.documentElement.scrollHeight")
    if height <= size["height"]:
        yield
        return
    page.set_viewport_size({"width": size["width"], "height": height})
    try:
        yield
    finally:
        page.set_viewport_size(size)
