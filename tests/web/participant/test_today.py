"""The plain start page: what is open, until when by their own clock, what comes next."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from server.clock import FixedClock, from_text
from server.web.participant.today import since, until
from tests.cast import TESTER, Cast
from tests.conftest import Browser

UNSAID = re.compile(r"\b(dosing|facilitator|alliance|instrument|arm|score|band)s?\b", re.IGNORECASE)


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_is_open_stands_there_with_minutes_and_the_participants_own_time(
    client: Browser, cast: Cast
):
    ada = _words(client.as_phone(cast.ada).get("/today").text)
    assert "4 short forms today, about 16 minutes" in ada
    assert "About Robin" in ada
    assert "About 1 minute ·" in ada
    assert "Wednesday 3 March, 8:00" in ada
    ben = _words(client.as_phone(cast.ben).get("/today").text)
    assert "Robin" not in ben


def test_no_page_says_what_participants_are_not_to_read(client: Browser, cast: Cast):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    client.as_phone(cast.ada)
    for page in ("/", "/today", "/help", "/help/plain", "/join", "/practice", f"/a/{asked}"):
        assert not UNSAID.search(_words(client.get(page).text)), page


def test_when_there_is_nothing_it_is_calm_and_says_what_comes(
    client: Browser, cast: Cast, clock: FixedClock
):
    clock.move(timedelta(days=4))
    page = _words(client.as_phone(cast.ada).get("/today").text)
    assert "Nothing to do today" in page
    assert "Next: " in page
    assert "We will remind you." in page


def test_a_day_is_written_as_its_language_writes_it(app: Flask):
    closes = from_text("2026-11-26T05:00:00.000Z")
    with app.test_request_context("/today?language=de"):
        assert until(closes, "America/New_York") == "Mittwoch, 25. November"
    with app.test_request_context("/today?language=es"):
        assert until(closes, "America/New_York") == "miércoles 25 de noviembre"


def test_after_a_session_the_number_at_any_hour_stands_first(
    client: Browser, cast: Cast, clock: FixedClock
):
    with cast.context.write(TESTER, "a number for the night") as tx:
        tx.change("studies", cast.study_id, {"out_of_hours_phone": "+49 30 9999999"})
    for page in ("/today", "/call"):
        assert "at any hour" not in client.as_phone(cast.ada).get(page).text
    clock.move(timedelta(days=3))
    today = client.get("/today").text
    assert today.index('href="tel:+49309999999"') < today.index('<ul class="list">')
    assert "Until Saturday 6 March somebody answers at any hour:" in _words(today)
    assert 'href="tel:+49309999999"' in client.get("/call").text


def test_the_credential_lives_on_from_each_visit(client: Browser, cast: Cast):
    answer = client.as_phone(cast.ada).get("/today")
    assert "Max-Age=34560000" in answer.headers["Set-Cookie"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("closes_at", "zone", "shown"),
    [
        ("2026-11-26T05:00:00.000Z", "America/New_York", "Wednesday 25 November"),
        ("2026-11-25T08:00:00.000Z", "Europe/Berlin", "Wednesday 25 November, 9:00"),
    ],
)
def test_a_form_that_closes_at_midnight_is_open_for_the_whole_of_its_last_day(
    app: Flask, closes_at: str, zone: str, shown: str
):
    with app.test_request_context("/today"):
        assert until(from_text(closes_at), zone).startswith(shown)
        assert until(from_text(closes_at), zone).count(",") == shown.count(",")


@pytest.mark.parametrize(
    ("opens_at", "shown"),
    [
        ("2027-03-07T23:00:00.000Z", "Monday 8 March"),
        ("2027-03-08T09:00:00.000Z", "Monday 8 March, 10:00"),
    ],
)
def test_a_form_that_opens_at_midnight_opens_with_the_day(app: Flask, opens_at: str, shown: str):
    with app.test_request_context("/today"):
        found = since(from_text(opens_at), "Europe/Berlin")
    assert found.startswith(shown)
    assert found.count(",") == shown.count(",")
