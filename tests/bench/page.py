"""What every measurement of a page needs: a phone that is ready, and the weight of all it loads."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

PIN = "271828"


def connect(page: Page, address: str) -> None:
    """Choose a PIN, as the join page asks: a form opens only on a phone that is ready."""
    page.goto(f"{address}/join#pin")
    for field in ("#pin", "#again"):
        page.locator(field).fill(PIN)
    page.locator('[data-step="pin"] button').click()
    page.locator('[data-step="practice"].now').wait_for()


def weigh(session: Any) -> dict[str, int]:
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
