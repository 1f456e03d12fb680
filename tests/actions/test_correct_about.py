"""Whom an answer was about can be mended after sending; nothing is overwritten, nobody learns more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions.context import Context
from server.actions.correct_about import correct_about
from server.actions.verify_store import verify_store
from server.clock import FixedClock
from server.domain.people import Staff
from server.errors import ConflictError, NotFoundError
from server.store import messages, responses
from server.store.database import Row
from tests.cast import EVERYTHING, Cast


@pytest.fixture
def about_rated(cast: Cast) -> str:
    return cast.assessment(cast.ada, "alliance-prep", cast.rated)


@pytest.fixture
def about_second(cast: Cast) -> str:
    return cast.assessment(cast.ada, "alliance-prep", cast.second)


def _row(context: Context, assessment: str) -> Row:
    found = context.db.one("SELECT * FROM assessments WHERE id = ?", [assessment])
    assert found is not None
    return found


def _totals(cast: Cast) -> dict[str, float]:
    rows = responses.scores(cast.context.db, EVERYTHING, cast.ada.id)
    return {row["about_staff_id"]: row["value"] for row in rows if row["score"] == "total"}


def test_a_sent_answer_goes_to_the_other_person_and_the_first_form_waits_again(
    cast: Cast, context: Context, about_rated: str, about_second: str
):
    sent = cast.send(cast.ada, cast.payload(about_rated, cast.answers("wai-sr", 4)))
    assert not messages.due_with(context.db, about_rated)
    new = correct_about(context, cast.ada.device, about_rated, cast.second.id)
    assert _totals(cast) == {cast.second.id: 48.0}
    assert _row(context, about_rated)["response_id"] is None
    assert _row(context, about_second)["response_id"] == new
    assert messages.due_with(context.db, about_rated)
    # The old one stays, told of by the new one with its reason.
    kept = responses.bare(context.db, sent.id)
    stands_in = responses.bare(context.db, new)
    assert kept is not None
    assert stands_in is not None
    assert (kept["about_staff_id"], stands_in["corrects"]) == (cast.rated.id, sent.id)
    assert stands_in["correction"]
    answers = [responses.answers(context.db, EVERYTHING, each) for each in (sent.id, new)]
    assert answers[0] == answers[1]
    # And the first form can be answered now.
    cast.send(cast.ada, cast.payload(about_rated, cast.answers("wai-sr", 2)))
    assert _totals(cast) == {cast.second.id: 48.0, cast.rated.id: 24.0}
    verify_store(context)


def test_two_sent_answers_change_places(
    cast: Cast, context: Context, about_rated: str, about_second: str
):
    cast.send(cast.ada, cast.payload(about_rated, cast.answers("wai-sr", 5)))
    cast.send(cast.ada, cast.payload(about_second, cast.answers("wai-sr", 1)))
    correct_about(context, cast.ada.device, about_rated, cast.second.id)
    assert _totals(cast) == {cast.second.id: 60.0, cast.rated.id: 12.0}
    # Changing one's mind back works as well.
    correct_about(context, cast.ada.device, about_second, cast.rated.id)
    assert _totals(cast) == {cast.second.id: 12.0, cast.rated.id: 60.0}
    verify_store(context)


def test_neither_of_the_two_learns_anything_by_it(cast: Cast, context: Context, about_rated: str):
    sent = cast.send(cast.ada, cast.payload(about_rated))
    new = correct_about(context, cast.ada.device, about_rated, cast.second.id)
    for guide in (cast.rated, cast.second):
        assert responses.of(context.db, guide, cast.ada.id) == []
        assert responses.answers(context.db, guide, sent.id) == []
        assert responses.one(context.db, guide, new) is None


def test_after_a_week_only_staff_can_help(
    cast: Cast, context: Context, clock: FixedClock, about_rated: str
):
    cast.send(cast.ada, cast.payload(about_rated))
    clock.move(timedelta(days=7, seconds=1))
    with pytest.raises(ConflictError):
        correct_about(context, cast.ada.device, about_rated, cast.second.id)


def test_only_ones_own_answered_form_and_only_to_somebody_asked_about(
    cast: Cast, context: Context, about_rated: str
):
    def refused(device_of: str, person: Staff) -> None:
        with pytest.raises(NotFoundError):
            correct_about(context, getattr(cast, device_of).device, about_rated, person.id)

    refused("ada", cast.second)  # not answered yet
    cast.send(cast.ada, cast.payload(about_rated))
    refused("ben", cast.second)
    refused("ada", cast.rater)
    refused("ada", cast.rated)
