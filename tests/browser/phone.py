"""A phone before a running server with the fixed cast: what the browser tests of the phone share."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from server.actions.context import Context
from server.app import create_app
from tests.browser.chromium import PHONE
from tests.cast import Cast, Person, assemble

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PIN = "271828"


@dataclass
class Site:
    """A server in this process, so that a test can move its clock and look into its store."""

    address: str
    cast: Cast
    app: Flask

    def phone(
        self, browser: Browser, person: Person | None = None, **how: object
    ) -> BrowserContext:
        """Return a browser of phone size; with a person it is their connected phone."""
        opened = browser.new_context(**{"viewport": PHONE, **how})  # type: ignore[arg-type]
        opened.set_default_timeout(10_000)
        if person is not None:
            opened.add_cookies(
                [{"name": "__Host-device", "value": person.token, "domain": "localhost",
                  "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}]
            )  # fmt: skip
        return opened

    def value(self, sql: str) -> object:
        """Ask the store from the test's own thread."""
        return self.cast.context.db.value(sql)


@contextmanager
def serving(context: Context) -> Iterator[Site]:
    """Serve the whole application over this context on a free port."""
    # A port first, then the application, which must know its own address. The system hands out ports of
    # its own to whoever asks; one from below those is not taken while we get ready.
    port = _free_port()
    address = f"http://localhost:{port}"
    here = replace(context, config=replace(context.config, port=port, url=address))
    cast = assemble(here)
    app = create_app(context=here)
    server = make_server("127.0.0.1", port, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(address, cast, app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _whole(app: Flask) -> WSGIApplication:
    """Read each answer before it is sent: this server forgets the file of one whose reader walks away."""

    def answer_whole(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as parts:
            return list(parts)

    return answer_whole


def _free_port() -> int:
    for port in random.sample(range(20_000, 32_000), 50):
        with socket.socket() as holder, suppress(OSError):
            holder.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def until(page: Page, true: Callable[[], bool]) -> None:
    """Let the page go on until this holds in the store; fail after ten seconds."""
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(50)
    pytest.fail("it never came to hold")


def press(page: Page, name: str) -> None:
    """Press the button of this name that can be seen."""
    page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def choose_pin(page: Page, site: Site) -> None:
    """Choose a PIN on a connected phone, and wait on its start page until all of it works offline."""
    page.goto(f"{site.address}/join#pin")
    page.get_by_label("Six digits or more").fill(PIN)
    page.get_by_label("Once more").fill(PIN)
    press(page, "Keep this PIN")
    page.locator("#practise").wait_for()
    page.goto(site.address)
    page.locator("#due a").first.wait_for()
    forms_ahead(page)


def forms_ahead(page: Page) -> None:
    """Wait until the worker serves this page and every form of the list lies on the phone.

    It loops in the page: `wait_for_function` takes the promise of an async function for a yes.
    """
    page.evaluate(
        """async () => {
          const { practice, assessments } = await (await fetch("/api/list")).json();
          const cache = await caches.open("forms");
          const missing = async () => {
            if (!navigator.serviceWorker.controller) return "no worker";
            for (const { form } of [practice, ...assessments])
              if (!(await cache.match(`/f/${form}.html`))) return form;
          };
          for (const ends = performance.now() + 10_000; await missing();) {
            if (performance.now() > ends) throw new Error(`not on this phone: ${await missing()}`);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }"""
    )


def begin(page: Page, title: str, about: str = "") -> None:
    """Open a form from the start page and begin it."""
    open_form(page, title, about)
    press(page, "Begin")
    page.locator("[data-item].now").first.wait_for()


def open_form(page: Page, title: str, about: str = "") -> None:
    """Tap a form on the start page."""
    card = page.locator("#due li", has_text=title)
    tap(page, (card.filter(has_text=about) if about else card).first.locator("a"))


def tap(page: Page, link: Locator) -> None:
    """Tap what leads to a form, again where the list was drawn anew under the finger."""
    for _ in range(5):
        with suppress(PlaywrightTimeout):
            link.click(timeout=2_000)
            page.wait_for_url("**/f/**", wait_until="commit", timeout=2_000)
        if "/f/" in page.url:
            return
    pytest.fail(f"no form opened by {link}")


def answer(page: Page, option: int) -> None:
    """Choose an option of the question on the screen."""
    page.locator(".now label.row").nth(option).click()


def answer_all(page: Page, count: int, option: int = 1) -> None:
    """Answer every question that is left with the same option, up to the review."""
    for _ in range(count):
        place = page.locator(".count [data-slot=here]").inner_text()
        answer(page, option)
        press(page, "Next")
        page.wait_for_function(
            "place => document.querySelector('[data-step=review].now') ||"
            " document.querySelector('.count [data-slot=here]').textContent !== place",
            arg=place,
        )
