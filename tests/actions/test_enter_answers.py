"""What staff enter: their own forms, and a participant's from paper; the same checks, scores and alerts."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from server.actions.assign_facilitator import assign_facilitator
from server.actions.assign_rater import assign_rater, end_rater
from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.enter_answers import (
    Entry,
    enter_answers,
    to_transcribe,
    transcribe_answers,
)
from server.actions.excuse_assessment import excuse_assessment
from server.actions.mark_on_paper import mark_on_paper
from server.catalog.catalog import Catalog
from server.clock import FixedClock
from server.domain.assessment import state
from server.domain.people import Staff
from server.errors import BadInputError, ConflictError, NotFoundError
from server.ids import new_id
from server.store import alerts, assessments, responses, staff
from server.store.database import Row
from server.store.verification import verify
from tests.cast import ENROLLED, EVERYTHING, Cast, at
from tests.desk import let_rate, with_staff_forms


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    return with_staff_forms(catalog)


def entry(cast: Cast, instrument: str, answers: dict[str, Any] | None = None, **more: Any) -> Entry:
    given = cast.answers(instrument, 0) if answers is None else answers
    return Entry(new_id(), cast.form(instrument), "en", None, given, **more)


def enter(cast: Cast, who: Staff, definition: str, instrument: str, **more: Any) -> str | None:
    asked = cast.assessment(cast.ada, definition)
    given = entry(cast, instrument, **more)
    return enter_answers(cast.context, cast.actor(who), who, asked, given)


def transcribe(cast: Cast, definition: str = "wellbeing-baseline", **more: Any) -> str | None:
    asked = cast.assessment(cast.ada, definition)
    instrument = assessments.one(cast.context.db, EVERYTHING, asked)["instrument"]
    given = entry(cast, instrument, **{"on": date(2027, 2, 27), **more})
    who = cast.coordinator
    return transcribe_answers(cast.context, cast.actor(who), who, asked, given)


def row_of(cast: Cast, definition: str) -> Row:
    return assessments.one(cast.context.db, EVERYTHING, cast.assessment(cast.ada, definition))


def answer_of(cast: Cast, definition: str) -> Row:
    found = responses.one(cast.context.db, EVERYTHING, row_of(cast, definition)["response_id"])
    assert found is not None
    return found


def test_r14_a_raters_total_is_scored_and_says_who_entered_it(cast: Cast):
    let_rate(cast, cast.ada)

    raw = {"total": {"state": "answered", "value": 23}}
    assert enter(cast, cast.rater, "severity", "grid-hamd-17", answers=raw) == "opened"

    stands = answer_of(cast, "severity")
    assert (stands["source"], stands["entered_by_name"]) == ("rater", "Rae Rater")
    (score,) = [
        each
        for each in responses.scores(cast.context.db, EVERYTHING, cast.ada.id)
        if each["response_id"] == stands["id"]
    ]
    assert score["value"] == 23
    assert state(row_of(cast, "severity"), cast.context.clock.now()) == "answered"
    verify(cast.context.db)


def test_only_whoever_a_form_is_for_and_is_assigned_may_answer_it(cast: Cast):
    form = "grid-hamd-17"
    with pytest.raises(NotFoundError):  # not assigned: there is no such participant
        enter(cast, cast.rater, "severity", form)
    for who in (cast.coordinator, cast.rated, cast.administrator):
        with pytest.raises(ConflictError, match="A rater"):
            enter(cast, who, "severity", form)
    with pytest.raises(ConflictError, match="The participant"):
        enter(cast, cast.coordinator, "wellbeing-baseline", "who-5")
    with pytest.raises(ConflictError, match="cares for"):
        enter(cast, cast.rated, "events", "adverse-events")

    let_rate(cast, cast.ada)
    end_rater(
        cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id, cast.rater.id
    )
    with pytest.raises(NotFoundError):  # no longer
        enter(cast, cast.rater, "severity", form)


def test_a_facilitator_of_the_participant_answers_theirs_while_they_guide_them(cast: Cast):
    assert enter(cast, cast.rated, "notes", "guide-notes") == "opened"

    stands = answer_of(cast, "notes")
    assert (stands["source"], stands["entered_by"]) == ("facilitator", cast.rated.id)


def test_whoever_guides_or_guided_somebody_is_no_independent_rater_of_them(cast: Cast):
    actor, who = cast.actor(cast.coordinator), cast.coordinator
    with pytest.raises(BadInputError):
        assign_rater(cast.context, actor, who, cast.ada.id, cast.rated.id)
    with cast.context.write(actor, "many hats") as tx:
        staff.grant(tx, cast.rated.id, cast.study_id, "rater")
    with pytest.raises(ConflictError, match="guides or guided"):
        assign_rater(cast.context, actor, who, cast.ada.id, cast.rated.id)
    let_rate(cast, cast.ada)
    with pytest.raises(ConflictError, match="already"):
        let_rate(cast, cast.ada)


def test_what_was_not_done_is_kept_with_its_reason_and_wants_a_person_where_it_is_watched(
    cast: Cast,
):
    raw = cast.answers("adverse-events", 0)
    raw["suicidal"] = {"state": "answered", "value": -1, "reason": "was asleep"}
    raw["headache"] = {"state": "not-done", "reason": "was asleep"}

    assert enter(cast, cast.coordinator, "events", "adverse-events", answers=raw) == "opened"

    stands = answer_of(cast, "events")
    told = {
        each["item"]: (each["state"], each["value"], each["reason"])
        for each in responses.answers(cast.context.db, EVERYTHING, stands["id"])
    }
    assert told["headache"] == ("not-done", None, "was asleep")
    assert told["suicidal"] == ("answered", -1, "was asleep")
    (raised,) = alerts.standing(cast.context.db, EVERYTHING)
    assert (raised["kind"], raised["level"]) == ("safety", "same day")
    assert "left empty or not done" in raised["detail"]


def test_what_must_be_answered_and_is_not_keeps_everything_back(cast: Cast):
    let_rate(cast, cast.ada)
    with pytest.raises(BadInputError) as caught:
        enter(cast, cast.rater, "severity", "grid-hamd-17", answers={})
    assert list(caught.value.places) == ["total"]
    assert row_of(cast, "severity")["response_id"] is None


def test_r24_a_paper_form_is_dated_as_the_paper_and_marked_as_transcribed(cast: Cast):
    assert transcribe(cast, on=date(2027, 2, 27), at=time(8, 15)) == "opened"

    stands = answer_of(cast, "wellbeing-baseline")
    assert stands["finished_at"] == "2027-02-27T07:15:00.000Z"  # 08:15 in Berlin
    assert (stands["source"], stands["entered_by"]) == ("paper", cast.coordinator.id)
    assert (stands["late"], stands["unscheduled"], stands["clock_doubtful"]) == (0, 0, 0)
    assert state(row_of(cast, "wellbeing-baseline"), cast.context.clock.now()) == "transcribed"
    assert stands["envelope_seq"] == 1  # it lies in the log like any other


def test_a_paper_raises_the_same_alerts_as_the_phone_would(cast: Cast):
    raw = cast.answers("phq-9", 0)
    watched = cast.context.catalog.instrument("phq-9").safety[0].item
    raw[watched] = {"state": "answered", "value": 3}

    assert transcribe(cast, "mood", answers=raw) == "opened"

    (raised,) = alerts.standing(cast.context.db, EVERYTHING)
    assert raised["kind"] == "safety"
    assert "27 February 2027" in raised["detail"]  # the paper's day, not today


def test_r23_a_paper_filled_in_after_closing_is_taken_in_and_flagged(cast: Cast, clock: FixedClock):
    clock.at = at("2027-08-20T09:00Z")  # the folder was found half a year later
    assert transcribe(cast, on=date(2027, 3, 5)) == "opened"

    stands = answer_of(cast, "wellbeing-baseline")
    assert (stands["late"], stands["clock_doubtful"]) == (1, 0)
    assert state(row_of(cast, "wellbeing-baseline"), clock.now()) == "late"


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"on": None}, "on"),
        ({"on": date(2027, 3, 2)}, "on"),
        ({"on": date(2027, 2, 23)}, "on"),
        ({"on": date(2027, 3, 1), "at": time(23, 0)}, "at"),
    ],
)
def test_a_day_that_cannot_be_is_refused(cast: Cast, more: dict[str, Any], place: str):
    with pytest.raises(BadInputError) as caught:
        transcribe(cast, **more)
    assert list(caught.value.places) == [place]


def test_r31_nothing_is_entered_before_it_opens_or_twice_or_of_somebody_who_left(
    cast: Cast, context: Context
):
    later = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    with pytest.raises(ConflictError, match="not opened"):
        to_transcribe(context, cast.coordinator, later)
    transcribe(cast)
    with pytest.raises(ConflictError, match="answered already"):
        transcribe(cast)
    who, actor = cast.coordinator, cast.actor(cast.coordinator)
    mark_on_paper(
        context, actor, who, cast.assessment(cast.ada, "distress-baseline"), date(2027, 2, 27)
    )
    change_participant(context, actor, who, cast.ada.id, Change(status="withdrawn", reason="asked"))
    with pytest.raises(ConflictError, match="withdrawn"):
        transcribe(cast, "distress-baseline")


def test_an_answer_from_the_phone_that_came_first_keeps_the_paper_apart_and_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    """Both at once: the page looked before the phone's answer was there."""
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    stood = assessments.one(cast.context.db, cast.coordinator, asked)
    cast.send(cast.ada, cast.payload(asked))
    monkeypatch.setattr(assessments, "one", lambda *_: stood)

    assert transcribe(cast) == "quarantined"
    (raised,) = alerts.standing(cast.context.db, EVERYTHING)
    assert "answered before" in raised["detail"]


def test_a_phone_cannot_answer_what_staff_answer(cast: Cast):
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "severity")))

    assert row_of(cast, "severity")["response_id"] is None
    (raised,) = alerts.standing(cast.context.db, EVERYTHING)
    assert raised["kind"] == "quarantined"


def test_hiding_beats_entering_a_coordinator_who_also_guides_does_not_find_alliance(
    cast: Cast, context: Context
):
    assign_facilitator(
        context, cast.actor(cast.administrator), cast.administrator, cast.ada.id,
        cast.rated.id, "Robin", ENROLLED,
    )  # fmt: skip
    both = Staff(cast.rated.id, cast.study_id, frozenset({"facilitator", "coordinator"}))
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    given, on = entry(cast, "wai-sr", on=date(2027, 2, 27)), date(2027, 2, 27)
    with pytest.raises(NotFoundError):
        transcribe_answers(context, cast.actor(both), both, asked, given)
    with pytest.raises(NotFoundError):
        excuse_assessment(context, cast.actor(both), both, asked, "was ill")
    with pytest.raises(NotFoundError):
        mark_on_paper(context, cast.actor(both), both, asked, on)
