"""What participants change about themselves, how they leave, and what stands in their own file."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from server.actions.change_my_settings import Wish, change_my_settings, go_on, pause
from server.actions.change_participant import Change, change_participant
from server.actions.end_pauses import end_pauses
from server.actions.export_my_data import export_my_data
from server.actions.leave_study import Afterwards, leave_study
from server.clock import FixedClock
from server.domain.people import Actor
from server.errors import BadInputError, ConflictError
from server.store import alerts, messages, participants
from tests.cast import EVERYTHING, Cast

PAUSE_ENDS = date(2027, 3, 3)


def actor(cast: Cast) -> Actor:
    return Actor("device", cast.ada.device.id, "participant")


def due(cast: Cast) -> list[str]:
    rows = messages.stored(cast.context.db, cast.ada.id).values()
    return [row["local_moment"] for row in rows if row["state"] == "due"]


def status(cast: Cast) -> str:
    return str(participants.present(cast.context.db, cast.ada.id)["status"])


def test_the_hour_moves_what_is_planned_and_is_recorded_as_theirs(cast: Cast) -> None:
    change_my_settings(cast.context, actor(cast), cast.ada.device, Wish(hour="19:30"))
    assert any(at.endswith("T19:30") for at in due(cast))
    assert not any(at.endswith("T18:00") for at in due(cast))
    last = participants.history(cast.context.db, EVERYTHING, cast.ada.id)[-1]
    assert (last["kind"], last["value"], last["recorded_by"]) == (
        "hours", "19:30", f"device:{cast.ada.device.id}",
    )  # fmt: skip


@pytest.mark.parametrize(
    "wish", [Wish(hour="23:00"), Wish(hour="soon"), Wish(language="fr"), Wish(channel="sms")]
)
def test_what_is_not_offered_is_refused_and_nothing_changes(cast: Cast, wish: Wish) -> None:
    before = participants.history(cast.context.db, EVERYTHING, cast.ada.id)
    with pytest.raises(BadInputError):
        change_my_settings(cast.context, actor(cast), cast.ada.device, wish)
    assert participants.history(cast.context.db, EVERYTHING, cast.ada.id) == before


def test_a_pause_stops_reminders_and_ends_on_its_day(cast: Cast, clock: FixedClock) -> None:
    pause(cast.context, actor(cast), cast.ada.device, PAUSE_ENDS)
    assert (status(cast), due(cast)) == ("paused", [])
    clock.move(timedelta(days=1))
    assert end_pauses(cast.context) == 0
    clock.move(timedelta(days=1))
    assert end_pauses(cast.context) == 1
    assert status(cast) == "active"
    assert due(cast)
    assert end_pauses(cast.context) == 0


def test_an_open_pause_lasts_until_they_say_so(cast: Cast, clock: FixedClock) -> None:
    pause(cast.context, actor(cast), cast.ada.device, None)
    clock.move(timedelta(days=100))
    assert end_pauses(cast.context) == 0
    assert status(cast) == "paused"
    go_on(cast.context, actor(cast), cast.ada.device)
    assert status(cast) == "active"


def test_what_staff_decide_meanwhile_outlives_the_day_of_a_pause(
    cast: Cast, clock: FixedClock
) -> None:
    pause(cast.context, actor(cast), cast.ada.device, PAUSE_ENDS)
    coordinator = cast.coordinator
    for each in ("active", "paused"):
        change_participant(
            cast.context, cast.actor(coordinator), coordinator, cast.ada.id, Change(status=each)
        )
    clock.move(timedelta(days=10))
    assert end_pauses(cast.context) == 0
    assert status(cast) == "paused"


@pytest.mark.parametrize("day", [date(2027, 3, 1), date(2020, 1, 1), date(2029, 1, 1)])
def test_a_pause_into_the_past_or_for_years_is_refused(cast: Cast, day: date) -> None:
    with pytest.raises(BadInputError):
        pause(cast.context, actor(cast), cast.ada.device, day)
    assert status(cast) == "active"


@pytest.mark.parametrize("afterwards", ["keep", "call"])
def test_leaving_stops_everything_and_tells_the_team(cast: Cast, afterwards: Afterwards) -> None:
    leave_study(cast.context, actor(cast), cast.ada.device, afterwards)
    leave_study(cast.context, actor(cast), cast.ada.device, afterwards)
    assert (status(cast), due(cast)) == ("withdrawn", [])
    told = [
        each
        for each in alerts.standing(cast.context.db, cast.coordinator)
        if each["kind"] == "left"
    ]
    assert len(told) == 1
    assert messages.called(cast.context.db, told[0]["id"]) == (afterwards == "call")
    with pytest.raises(ConflictError):
        change_my_settings(cast.context, actor(cast), cast.ada.device, Wish(hour="19:30"))


def test_what_the_phone_still_holds_is_taken_after_leaving_and_kept_apart(cast: Cast) -> None:
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))
    leave_study(cast.context, actor(cast), cast.ada.device, "keep")
    assert cast.send(cast.ada, payload).id
    assert cast.context.db.value("SELECT reason FROM openings") == "withdrawn"


def test_the_file_holds_answers_in_words_and_codes_and_nothing_that_unblinds(cast: Cast) -> None:
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", cast.rated)))
    cast.send(cast.ben, cast.payload(cast.assessment(cast.ben, "wellbeing-baseline")))
    mine = export_my_data(cast.context, actor(cast), cast.ada.device)
    assert len(mine["forms"]) == 2
    answer = mine["forms"][0]["answers"][0]
    assert answer["asked"]
    assert answer["code"] == 3
    assert answer["words"]
    assert {form["about"] for form in mine["forms"]} == {None, "Robin"}
    written = json.dumps(mine)
    for never in ("immediate", "arm", "Robin Rated", cast.rated.id, cast.ben.code, "protocol"):
        assert f'"{never}"' not in written
    assert mine["me"]["email"] == "syn-001@example.org"
