"""Participants' phones: connected, tested, disconnected."""

from __future__ import annotations

import re
from dataclasses import replace

from server.actions.context import Context
from server.config import Config
from server.store import invitations, messages
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser
from tests.stock import Stock
from tests.web.staff.reading import said


def test_at_the_clinic_a_picture_and_a_code_for_ten_minutes(
    desk: Browser, cast: Cast, one: str
) -> None:
    page = desk.post(f"{one}/phone", data={"kind": "clinic"}).text

    assert "<svg" in page
    assert "for 10 minutes" in page
    code = re.search(r'class="code">([^<]+)<', page)
    assert code is not None
    assert len(code[1].replace(" ", "")) >= 8
    open_now = invitations.open_of(cast.context.db, cast.ada.id, "2027-03-01T09:05:00.000Z")
    assert [row["kind"] for row in open_now] == ["clinic"]


def test_at_home_a_link_and_a_code_and_no_picture(desk: Browser, one: str) -> None:
    page = desk.post(f"{one}/phone", data={"kind": "home"}).text

    assert "http://localhost:8000/join#t=" in page
    assert 'class="qr"' not in page
    assert desk.post(f"{one}/phone", data={"kind": "carrier pigeon"}).status_code == 422


def test_over_plain_http_no_picture_is_drawn_and_the_page_says_why(
    context: Context, config: Config, cast: Cast, one: str, stock: Stock
) -> None:
    plain = replace(context, config=replace(config, url="http://forms.example.org"))
    application = stock.app(plain)
    application.config["WTF_CSRF_ENABLED"] = False
    browser = application.test_client()
    browser.set_cookie("session", cast.session(cast.coordinator), domain="forms.example.org")

    page = browser.post(
        f"{one}/phone", data={"kind": "clinic"}, base_url="http://forms.example.org"
    ).text

    assert 'class="qr"' not in page
    assert "only over https" in page
    assert 'class="code"' in page


def test_a_phone_shows_its_three_ticks_and_can_be_disconnected(
    desk: Browser, cast: Cast, one: str
) -> None:
    before = said(desk.get(one).text)
    assert "connected not practised yet not reminder confirmed yet" in before

    desk.post(f"{one}/devices/{cast.ada.device.id}/revoke")
    assert "disconnected" in said(desk.get(one).text)


def test_a_test_reminder_is_put_in_line(desk: Browser, cast: Cast, one: str) -> None:
    assert desk.post(f"{one}/test-reminder").status_code == 303
    kinds = [row["kind"] for row in messages.of(cast.context.db, EVERYTHING, cast.ada.id)]
    assert "test" in kinds
