"""Browsers of staff who are signed in."""

from __future__ import annotations

import pytest

from server.store import staff
from tests.cast import TESTER, Cast
from tests.conftest import Browser
from tests.web.staff.reading import KEPT


@pytest.fixture
def desk(client: Browser, cast: Cast) -> Browser:
    """The coordinator's browser."""
    return client.as_staff(cast, cast.coordinator)


@pytest.fixture
def one(cast: Cast) -> str:
    """Ada's page."""
    return f"/staff/participants/{cast.ada.id}"


@pytest.fixture
def address(cast: Cast) -> str:
    """The coordinator has an account; so has the administrator."""
    with cast.context.write(TESTER, "accounts") as tx:
        staff.set_password(tx, cast.coordinator.id, KEPT)
        staff.set_password(tx, cast.administrator.id, KEPT)
    person = staff.one(cast.context.db, cast.coordinator.id)
    assert person is not None
    return str(person["email"])
