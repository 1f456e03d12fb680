"""What every test may ask for: a store on a clean disk, a clock that stands still, a fixed cast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.actions.context import Context
from server.catalog.catalog import Catalog
from server.catalog.load import load as load_catalog
from server.channels.channel import Message
from server.clock import FixedClock
from server.config import ROOT, Config
from server.domain.instrument import Instrument, Wording
from server.domain.people import Actor, Staff
from server.store import passwords, settings
from server.store.database import Database
from server.store.keys import Keys
from server.store.migrations import migrate
from server.store.transaction import transaction
from tests.cast import Cast, Person, assemble
from tests.stock import Stock

# As dear as it must be on a server, it would be half of what the tests that sign in cost.
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords.NOBODY = passwords.keep("a password nobody knows")

# A busy machine is slow at everything: that is no finding.
hypothesis.settings.register_profile(
    "attune", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("attune")

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@dataclass
class FakeChannel:
    """Keeps what was sent; set `error` to see what a failing channel does."""

    name: str = "email"
    sent: list[Message] = field(default_factory=list)
    error: Exception | None = None

    def send(self, message: Message) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(message)


_alive: list[object] = []


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The real definitions that we ship."""
    return load_catalog(ROOT / "forms", ROOT / "schedules")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.load(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        data=tmp_path / "data",
        bind="127.0.0.1",
        port=8000,
        url="http://localhost:8000",
        smtp=None,
        mail_from="forms@example.org",
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture(scope="session")
def stock() -> Stock:
    return Stock()


@pytest.fixture
def db(config: Config, clock: FixedClock, stock: Stock) -> Iterator[Database]:
    """An empty, migrated database, declared a demo."""
    database = Database(config.database)

    def found() -> None:
        migrate(database)
        with transaction(database, Actor("system", "tests"), "a test begins", clock.now()) as tx:
            settings.found(tx, "demo")

    stock.through(database, ("founded", clock.now()), found)
    yield database
    database.close()


@pytest.fixture
def context(
    config: Config,
    db: Database,
    catalog: Catalog,
    clock: FixedClock,
    keys: Keys,
    channel: FakeChannel,
) -> Context:
    return Context(config, db, catalog, clock, keys, channel)


@pytest.fixture
def cast(context: Context, stock: Stock) -> Cast:
    """A study and everybody in it (see tests/cast.py)."""
    return replace(stock.with_context(context, "cast", assemble), context=context)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this session's static files lie compressed: the same for every test's application."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session")
def printed() -> dict[tuple[int, int, str, bool], bytes]:
    """The forms' pages as they were rendered once: the definitions are the session's own."""
    return {}


@pytest.fixture
def app(
    context: Context,
    stock: Stock,
    monkeypatch: pytest.MonkeyPatch,
    published: Path,
    printed: dict[tuple[int, int, str, bool], bytes],
) -> Flask:
    """The whole application over this test's context.

    Rendering every form and compressing every script costs a second: tests share what they make.
    """
    from server.outputs import forms as pages
    from server.web import assets

    def render(
        instrument: Instrument, wording: Wording, static_version: str, *, synthetic: bool = False
    ) -> bytes:
        key = (id(instrument), id(wording), static_version, synthetic)
        if key not in printed:
            printed[key] = real(instrument, wording, static_version, synthetic=synthetic)
            _alive.extend((instrument, wording))  # so that no other takes its place in memory
        return printed[key]

    real = pages.render
    monkeypatch.setattr(pages, "render", render)
    monkeypatch.setattr(assets, "_shelf", lambda _config: published)
    application = stock.app(context)
    application.testing = True
    # Tests post what a browser would; tokens of forms have tests of their own.
    application.config["WTF_CSRF_ENABLED"] = False
    return application


class Browser(FlaskClient):
    """A test client that carries the cookies of whoever it acts for."""

    def as_staff(self, cast: Cast, viewer: Staff) -> Browser:
        """Sign somebody of the staff in."""
        self.set_cookie("__Host-session", cast.session(viewer), domain="localhost", secure=True)
        return self

    def as_phone(self, person: Person) -> Browser:
        """Be a participant's bound phone."""
        self.set_cookie("__Host-device", person.token, domain="localhost", secure=True)
        return self

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", "http://localhost:8000")
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser that nobody has signed in on."""
    app.test_client_class = Browser
    found = app.test_client()
    assert isinstance(found, Browser)
    return found
