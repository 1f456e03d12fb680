"""What all browser tests share: one browser, one shelf of static files, each form and template made once.

A browser costs a second, an application without any of these two; a test's own context (its cookies, its
storage, its service worker) and its own store cost little, so each test has them to itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from playwright.sync_api import Browser, BrowserContext, Page

from server.actions.context import Context
from server.domain.instrument import Instrument, Wording
from server.outputs import forms
from server.web import assets
from tests.browser.chromium import chromium
from tests.browser.phone import Site, choose_pin, serving


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, for every test of this process: whoever opens a context in it closes it."""
    with chromium() as started:
        yield started


@pytest.fixture
def site(context: Context) -> Iterator[Site]:
    """The whole application over this test's own store, served on a port of its own."""
    with serving(context) as running:
        yield running


@pytest.fixture
def phone(site: Site, browser: Browser) -> Iterator[BrowserContext]:
    """Ada's connected phone."""
    opened = site.phone(browser, site.cast.ada)
    yield opened
    opened.close()


@pytest.fixture
def page(site: Site, phone: BrowserContext) -> Page:
    """Its start page, after a PIN was chosen: all of it works offline."""
    opened = phone.new_page()
    choose_pin(opened, site)
    return opened


class _Compiled(BytecodeCache):
    """Templates as they were compiled once, for whatever application asks next."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _made_once(published: Path) -> Iterator[None]:
    """Let every application of this process find what the first one rendered, compressed and compiled."""
    real = forms.render
    made: dict[tuple[int, int, str, bool], bytes] = {}
    alive: list[object] = []  # a name in memory is nobody else's while its bearer lives

    def render(
        instrument: Instrument, wording: Wording, static_version: str, *, synthetic: bool = False
    ) -> bytes:
        key = (id(instrument), id(wording), static_version, synthetic)
        if key not in made:
            made[key] = real(instrument, wording, static_version, synthetic=synthetic)
            alive.extend((instrument, wording))
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "render", render)
        patch.setattr(assets, "_shelf", lambda _config: published)
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": _Compiled()})
        yield
