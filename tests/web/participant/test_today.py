"""The plain start page: what is open, until when by their own clock, what comes next."""

from __future__ import annotations

import re
from datetime import timedelta

from server.clock import FixedClock
from tests.cast import Cast
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


def test_the_credential_lives_on_from_each_visit(client: Browser, cast: Cast):
    answer = client.as_phone(cast.ada).get("/today")
    assert "Max-Age=34560000" in answer.headers["Set-Cookie"]
    assert answer.headers["Cache-Control"] == "no-store"
