"""What goes wrong, in words for staff."""

from __future__ import annotations

import pytest
from flask import Flask

from server.domain.people import Staff
from tests.conftest import Browser


def test_a_store_that_is_busy_says_that_nothing_was_changed(
    app: Flask, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.errors import BusyError
    from server.web.staff import today

    def busy(*_args: object) -> None:
        raise BusyError("The database is busy; nothing was changed. Try again in a moment.")

    monkeypatch.setattr(today, "_page", busy)
    response = desk.get("/staff/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert "nothing was changed" in response.text


def test_a_fault_of_ours_tells_nothing_of_the_inside(
    app: Flask, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.web.staff import today

    def broken(_viewer: Staff) -> None:
        raise RuntimeError("canary in the inside")

    monkeypatch.setattr(today, "_page", broken)
    app.testing = False
    response = desk.get("/staff/")

    assert response.status_code == 500
    assert "canary" not in response.text
    assert "Something went wrong" in response.text
