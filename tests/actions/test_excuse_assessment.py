"""Excused and on paper: nobody is reminded or asked, the reason stays, and it can be taken back."""

from __future__ import annotations

from datetime import date

import pytest

from server.actions.context import Context
from server.actions.excuse_assessment import excuse_assessment, withdraw_excuse
from server.actions.mark_on_paper import mark_on_paper, withdraw_paper
from server.actions.note_begun import note_begun
from server.clock import FixedClock
from server.domain.assessment import state
from server.errors import BadInputError, ConflictError
from server.store import assessment_facts, assessments, messages
from server.store.verification import verify
from tests.cast import EVERYTHING, Cast, at


@pytest.fixture
def asked(cast: Cast) -> str:
    return cast.assessment(cast.ada, "wellbeing-baseline")


def excuse(cast: Cast, asked: str, reason: str = "was abroad") -> None:
    who = cast.coordinator
    excuse_assessment(cast.context, cast.actor(who), who, asked, reason)


def mark(cast: Cast, asked: str, on: date = date(2027, 2, 28)) -> None:
    mark_on_paper(cast.context, cast.actor(cast.coordinator), cast.coordinator, asked, on)


def shown(cast: Cast, asked: str) -> str:
    row = assessments.one(cast.context.db, EVERYTHING, asked)
    return state(row, cast.context.clock.now())


def reminded_of(cast: Cast) -> set[str]:
    rows = messages.stored(cast.context.db, cast.ada.id).values()
    return {
        each for row in rows if row["state"] == "due" for each in row["assessment_ids"].split('"')
    }


def on_the_phone(cast: Cast) -> set[str]:
    rows = assessments.open_or_soon(cast.context.db, cast.ada.device, cast.context.clock.now())
    return {row["id"] for row in rows}


def due(cast: Cast) -> set[str]:
    return {
        row["id"] for row in assessments.due(cast.context.db, EVERYTHING, cast.context.clock.now())
    }


@pytest.mark.parametrize("how", ["excused", "on-paper"])
def test_it_is_asked_no_more_anywhere_and_again_once_that_is_taken_back(
    cast: Cast, asked: str, how: str, clock: FixedClock
):
    assert asked in on_the_phone(cast) & due(cast) & reminded_of(cast)

    (excuse if how == "excused" else mark)(cast, asked)

    assert shown(cast, asked) == how
    assert asked not in on_the_phone(cast) | due(cast) | reminded_of(cast)
    clock.at = at("2027-03-03T09:00Z")
    assert asked not in {
        row["id"] for row in assessments.missed(cast.context.db, EVERYTHING, clock.now())
    }
    clock.at = at("2027-03-01T09:05Z")
    back = withdraw_excuse if how == "excused" else withdraw_paper
    back(cast.context, cast.actor(cast.coordinator), cast.coordinator, asked)
    assert shown(cast, asked) == "open"
    assert asked in on_the_phone(cast) & due(cast) & reminded_of(cast)
    verify(cast.context.db)


def test_an_answer_that_comes_all_the_same_counts(cast: Cast, asked: str):
    excuse(cast, asked)
    cast.send(cast.ada, cast.payload(asked))
    assert shown(cast, asked) == "answered"
    with pytest.raises(ConflictError, match="answered already"):
        excuse(cast, asked)
    with pytest.raises(ConflictError, match="answered already"):
        mark(cast, asked)


def test_an_excuse_has_a_reason_and_is_given_once(cast: Cast, asked: str):
    for reason in ("", " \n ", "x" * 501):
        with pytest.raises(BadInputError) as caught:
            excuse(cast, asked, reason)
        assert list(caught.value.places) == ["reason"]
    excuse(cast, asked)
    with pytest.raises(ConflictError, match="excused"):
        excuse(cast, asked)
    told = assessment_facts.of(cast.context.db, cast.coordinator, asked)
    assert [(fact["kind"], fact["reason"], fact["name"]) for fact in told] == [
        ("excused", "was abroad", "Cora Coordinator")
    ]


def test_what_comes_later_may_be_excused_but_cannot_lie_on_paper_yet(cast: Cast):
    later = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    with pytest.raises(ConflictError, match="not opened"):
        mark(cast, later)
    excuse(cast, later)
    assert shown(cast, later) == "excused"


def test_a_paper_of_tomorrow_or_of_before_they_joined_is_refused(cast: Cast, asked: str):
    for on in (date(2027, 3, 2), date(2027, 2, 23)):
        with pytest.raises(BadInputError) as caught:
            mark(cast, asked, on)
        assert list(caught.value.places) == ["on"]


def test_taking_back_what_was_not_said_is_refused(cast: Cast, asked: str):
    who = cast.coordinator
    with pytest.raises(ConflictError):
        withdraw_excuse(cast.context, cast.actor(who), who, asked)
    with pytest.raises(ConflictError):
        withdraw_paper(cast.context, cast.actor(who), who, asked)


def test_begun_and_not_sent_is_half_done_and_silence_is_unopened(
    cast: Cast, context: Context, asked: str, clock: FixedClock
):
    silent = cast.assessment(cast.ada, "distress-baseline")
    theirs = cast.assessment(cast.ben, "wellbeing-baseline")
    note_begun(context, cast.ada.device, {asked: at("2027-03-01T08:00Z"), theirs: clock.now()})
    before = context.db.value("SELECT COUNT(*) FROM audit")
    note_begun(context, cast.ada.device, {asked: at("2027-03-01T08:30Z"), "nothing": clock.now()})
    assert context.db.value("SELECT COUNT(*) FROM audit") == before  # said again, it is no news

    clock.at = at("2027-03-03T09:00Z")
    assert (shown(cast, asked), shown(cast, silent)) == ("half-done", "unopened")
    assert shown(cast, theirs) == "unopened"
