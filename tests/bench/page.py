"""The first questionnaire on a phone that has nothing yet: bytes over the wire and requests."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.bench import serving
from tests.bench import world as worlds
from tests.bench.figures import Figure
from tests.browser.chromium import chromium

COMMAND = serving.SERVERS["gunicorn, 2 × 4 threads"]


def measure() -> list[Figure]:
    """Open the form with an empty cache and count what crosses the wire, headers included."""
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.make(Path(folder) / "data", serving.PORT)
        address = f"http://localhost:{serving.PORT}"
        assessment = worlds.fresh_assessments(world, 1)[0]
        with serving.serving(COMMAND, world), chromium() as browser:
            context = browser.new_context(viewport={"width": 390, "height": 844},
                                          service_workers="block")  # fmt: skip
            context.add_cookies(
                [{"name": "__Host-device", "value": world.token, "domain": "localhost",
                  "path": "/", "secure": True, "httpOnly": True}]
            )  # fmt: skip
            page = context.new_page()
            _connect(page, address)
            session = context.new_cdp_session(page)
            session.send("Network.clearBrowserCache")
            weights = _weigh(session)
            page.goto(f"{address}{serving.form_path(world)}#{assessment}", wait_until="networkidle")
    total = sum(weights.values())
    return [
        Figure("First questionnaire (22 items): bytes over the wire", total / 1024, "kB",
               ", ".join(f"{name} {size}" for name, size in weights.items()), "≤ 12"),
        Figure("First questionnaire: requests", len(weights), "", "with an empty cache", "≤ 6"),
    ]  # fmt: skip


def _connect(page: Page, address: str) -> None:
    """Choose a PIN, as the join page asks: a form opens only on a phone that is ready."""
    page.goto(f"{address}/join#pin")
    for field in ("#pin", "#again"):
        page.locator(field).fill("271828")
    page.locator('[data-step="pin"] button').click()
    page.locator('[data-step="practice"].now').wait_for()


def _weigh(session: Any) -> dict[str, int]:
    """Collect address → encoded bytes of all that is loaded from now on."""
    weights: dict[str, int] = {}
    names: dict[str, str] = {}

    def began(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"].split("#")[0].rsplit("/", 1)[-1]

    def ended(event: dict[str, Any]) -> None:
        weights[names[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", began)
    session.on("Network.loadingFinished", ended)
    session.send("Network.enable")
    return weights
