"""A phone tells which of its own forms were begun, once each; anything else is refused or changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from server.store import assessment_facts
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser

AT = "2027-03-01T09:30:00+01:00"


@pytest.fixture
def phone(client: Browser, cast: Cast) -> Browser:
    return client.as_phone(cast.ada)


def told(cast: Cast, asked: str) -> list[tuple[str, str, str]]:
    facts = assessment_facts.of(cast.context.db, EVERYTHING, asked)
    return [(fact["kind"], fact["on_day"], fact["name"]) for fact in facts]


def test_the_first_word_is_kept_and_repeating_it_is_safe(phone: Browser, cast: Cast) -> None:
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    for at in (AT, AT, "2027-03-01T08:45:00Z"):
        assert phone.put("/api/begun", json={"begun": {asked: at}}).status_code == 200
    assert told(cast, asked) == [("begun", "2027-03-01", "")]


def test_a_clock_that_runs_ahead_begins_nothing_in_the_future(phone: Browser, cast: Cast) -> None:
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    phone.put("/api/begun", json={"begun": {asked: "2031-01-01T00:00:00Z"}})
    assert told(cast, asked) == [("begun", "2027-03-01", "")]


def test_a4_what_is_not_theirs_or_not_there_is_passed_over(phone: Browser, cast: Cast) -> None:
    foreign = cast.assessment(cast.ben, "wellbeing-baseline")
    sent = cast.assessment(cast.ada, "distress-baseline")
    cast.send(cast.ada, cast.payload(sent))
    before = cast.context.db.value("SELECT COUNT(*) FROM audit")
    told_all = {foreign: AT, sent: AT, "practice": AT, "nothing": AT}
    assert phone.put("/api/begun", json={"begun": told_all}).status_code == 200
    assert told(cast, foreign) == told(cast, sent) == []
    assert cast.context.db.value("SELECT COUNT(*) FROM audit") == before


@pytest.mark.parametrize(
    "body",
    [
        {}, {"begun": []}, {"begun": {"x": "yesterday"}}, {"begun": {"x": "2027-03-01T09:30:00"}},
        {"begun": {"x": 3}}, {"begun": {f"{each}": AT for each in range(101)}},
    ],
)  # fmt: skip
def test_another_shape_is_refused(phone: Browser, body: dict[str, Any]) -> None:
    assert phone.put("/api/begun", json=body).status_code == 422
