"""Scores on the screen: how each was made, what is known of a change, which one heads a form without a total."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.actions.choose_scoring import choose_scoring
from server.clock import FixedClock
from server.store import responses
from tests.actions.test_raise_alerts import safety_check
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import Browser
from tests.web.staff.reading import said


@pytest.fixture
def full_set(cast: Cast) -> None:
    """The newer protocol, which asks the WHOQOL-BREF."""
    with cast.context.write(TESTER, "the full set") as tx:
        tx.change("studies", cast.study_id, {"protocol_version": "1.1.0"})


def answer(cast: Cast, instrument: str, code: int, **changes: Any) -> str:
    """Send one more form of this instrument; return the response's id."""
    clock = cast.context.clock
    assert isinstance(clock, FixedClock)
    clock.at += timedelta(minutes=1)  # each a little later than the one before
    asked = safety_check(cast, instrument)
    (copy,) = cast.copies(asked, 1)
    cast.send(cast.ada, cast.payload(copy, {**cast.answers(instrument, code), **changes}))
    return str(responses.of(cast.context.db, EVERYTHING, cast.ada.id)[-1]["id"])


def page(desk: Browser, cast: Cast) -> str:
    return said(desk.get(f"/staff/participants/{cast.ada.id}").text)


def test_a_change_stands_with_what_it_rests_on(desk: Browser, cast: Cast) -> None:
    for code in (1, 4):
        answer(cast, "who-5", code)
    told = page(desk, cast)
    assert "Minimal important difference, 10 points: reached." in told
    assert "Topp et al. 2015" in told
    assert "+60" in told


def test_where_no_figure_is_agreed_on_the_difference_within_the_person_stands_alone(
    desk: Browser, cast: Cast
) -> None:
    for code in (3, 1):
        answer(cast, "ies-r", code)
    told = page(desk, cast)
    assert "−44" in told
    assert "Within this person only. No figure is agreed on" in told


def test_one_score_is_no_change(desk: Browser, cast: Cast) -> None:
    answer(cast, "who-5", 3)
    assert "Minimal important difference" not in page(desk, cast)


@pytest.mark.usefixtures("full_set")
def test_reliable_change_names_r_sd_and_source(desk: Browser, cast: Cast) -> None:
    for code in (4, 1):
        answer(cast, "whoqol-bref", code)
    told = page(desk, cast)
    assert "Reliable change, 16.92 points: reached." in told
    assert "r 0.81 (internal consistency), SD 14; Jacobson &amp; Truax 1991" in told


@pytest.mark.usefixtures("full_set")
def test_how_a_score_was_made_stands_beside_it(desk: Browser, cast: Cast) -> None:
    gap = {"state": "skipped"}
    response = answer(cast, "whoqol-bref", 3, whoqol03=gap, whoqol05=gap)
    told = said(desk.get(f"/staff/responses/{response}").text)
    assert "“Physical, 4 to 20” as a percentage of its range." in told
    assert "up to 2 of 7 items may be missing, filled with the mean of those answered" in told
    assert "(the authors&#39; rule" in told
    assert "≈" in told
    assert "higher: better quality of life" in told
    choose(cast, {"missing_rule": "syntax"})
    told = said(desk.get(f"/staff/responses/{response}").text)
    assert "Scoring version 1 missing_rule=syntax." in told
    assert "up to 1 of 7 items may be missing" in told
    before = told.partition("It was scored otherwise before")[2]
    assert "Scoring version 1" in before
    assert "Physical" in before


@pytest.mark.usefixtures("full_set")
def test_a_study_picks_what_heads_the_list(desk: Browser, cast: Cast) -> None:
    answer(cast, "whoqol-bref", 3)
    assert "Psychological" in _first_cell(desk, cast)
    answered = desk.post(
        "/staff/study/scoring", data={"instrument": "whoqol-bref", "choice-headline": "social"}
    )
    assert answered.status_code == 303
    assert "Social" in _first_cell(desk, cast)
    assert 'value="social" selected' in desk.get("/staff/study").text
    refused = {"instrument": "whoqol-bref", "choice-headline": "overall_health"}
    assert desk.post("/staff/study/scoring", data=refused).status_code == 400


def choose(cast: Cast, choices: dict[str, str]) -> None:
    viewer = cast.coordinator
    choose_scoring(cast.context, cast.actor(viewer), viewer, "whoqol-bref", choices)


def _first_cell(desk: Browser, cast: Cast) -> str:
    scores = desk.get(f"/staff/participants/{cast.ada.id}").text.partition('id="scores"')[2]
    return said(scores.partition("<tbody>")[2].partition("</tr>")[0])
