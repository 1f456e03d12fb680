"""Saying go: who is asked for, what they get from then on, and what stays behind for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions.bind_device import bind_device
from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.go_live import NotLiveError
from server.actions.invite_device import invite_device
from server.actions.release_participants import prepared, release_participants
from server.actions.send_test_reminder import send_test_reminder
from server.clock import FixedClock, to_text
from server.domain.assessment import state
from server.errors import BadInputError, ForbiddenError
from server.store import assessments, messages, participants
from tests.actions.importing import row, write
from tests.cast import EVERYTHING, TESTER, Cast

# Enrolled five days ago: the baseline is open until tomorrow evening, and two reminders of it lie behind.
LATELY = row(enrolled_on="2027-02-24", preparation_1="", dosing_1="", dosing_2="")


@pytest.fixture
def person(context: Context, cast: Cast) -> str:
    write(context, LATELY)
    return participants.by_code(context.db, cast.study_id)["p-001"]


def connect(context: Context, cast: Cast, person: str) -> None:
    invitation = invite_device(context, TESTER, cast.coordinator, person, "clinic")
    bind_device(context, code=invitation.code, address="127.0.0.1", agent="A phone")


def moments(context: Context, person: str) -> list[str]:
    rows = messages.of(context.db, EVERYTHING, person)
    return [each["local_moment"] for each in rows if each["state"] == "due"]


def test_only_what_is_to_come_is_sent_afterwards(context: Context, cast: Cast, person: str):
    connect(context, cast, person)
    assert moments(context, person) == []
    assert release_participants(context, TESTER, cast.coordinator, [person]) == 1
    assert participants.present(context.db, person)["status"] == "active"
    assert moments(context, person) == ["2027-03-01T18:00"]


def test_what_lay_behind_stays_behind_whatever_happens_next(
    context: Context, cast: Cast, person: str, clock: FixedClock
):
    clock.move(
        timedelta(hours=10)
    )  # seven in the evening: the last reminder of the baseline is past
    release_participants(context, TESTER, cast.coordinator, [person])
    connect(context, cast, person)
    change_participant(context, TESTER, cast.coordinator, person, Change(language="de"))
    assert moments(context, person) == []


def test_what_falls_due_after_the_go_is_sent_like_any_other(
    context: Context, cast: Cast, person: str, clock: FixedClock
):
    release_participants(context, TESTER, cast.coordinator, [person])
    clock.move(timedelta(hours=10))
    connect(context, cast, person)
    assert moments(context, person) == ["2027-03-01T18:00"]


def test_only_those_chosen_go_and_only_once(context: Context, cast: Cast, person: str):
    write(context, {**LATELY, "code": "P-002", "email": "p002@example.org"})
    assert release_participants(context, TESTER, cast.coordinator, {person}) == 1
    (left,), count = prepared(context, cast.coordinator, 10)
    assert (left.person["code"], count) == ("P-002", 1)
    with pytest.raises(BadInputError, match="somebody else has said go already"):
        release_participants(context, TESTER, cast.coordinator, {person})


def test_whoever_is_no_import_or_of_another_study_is_not_there(
    context: Context, cast: Cast, person: str
):
    with pytest.raises(BadInputError, match="Nobody was chosen"):
        release_participants(context, TESTER, cast.coordinator, [cast.ada.id])
    with pytest.raises(BadInputError, match="Nobody was chosen"):
        release_participants(context, TESTER, cast.outsider, [person])
    assert prepared(context, cast.outsider, 10) == ([], 0)
    with pytest.raises(ForbiddenError):
        release_participants(context, TESTER, cast.monitor, [person])


def test_a_reminder_without_an_address_stops_the_go(context: Context, cast: Cast, person: str):
    change_participant(context, TESTER, cast.coordinator, person, Change(channel="none", email=""))
    write(context, {"code": "P-001", "email": "again@example.org", "channel": "email"})
    with context.write(TESTER, "the address is gone") as tx:
        tx.execute("DELETE FROM contacts WHERE participant_id = ?", [person])
        tx.note("contacts", person, "sealed", None)
    (look,), _ = prepared(context, cast.coordinator, 10)
    assert look.lacks_address
    with pytest.raises(BadInputError, match="no mail address for P-001"):
        release_participants(context, TESTER, cast.coordinator, [person])
    assert participants.present(context.db, person)["status"] == "prepared"


def test_the_page_shows_what_would_come(context: Context, cast: Cast, person: str):
    assert person
    (look,), _ = prepared(context, cast.coordinator, 10)
    assert (look.over, look.open, look.coming) == (0, 1, 0)
    assert [f"{each.local_moment}" for each in look.messages] == ["2027-03-01T18:00"]


def test_a_study_that_is_not_live_writes_to_nobody(context: Context, cast: Cast, person: str):
    with context.write(TESTER, "a real study") as tx:
        tx.change("studies", cast.study_id, {"synthetic": 0})
    with pytest.raises(NotLiveError):
        release_participants(context, TESTER, cast.coordinator, [person])
    assert participants.present(context.db, person)["status"] == "prepared"


@pytest.mark.parametrize("status", ["active", "paused"])
def test_there_is_no_other_way_to_begin(context: Context, cast: Cast, person: str, status: str):
    with pytest.raises(BadInputError) as caught:
        change_participant(context, TESTER, cast.coordinator, person, Change(status=status))
    assert caught.value.places == {"status": "Say go first: Participants, Imported."}


def test_what_was_over_before_anybody_asked_here_was_missed_by_nobody(
    context: Context, cast: Cast, clock: FixedClock
):
    write(context, row())
    who = participants.by_code(context.db, cast.study_id)["p-001"]
    before = assessments.of(context.db, EVERYTHING, who)
    over = {each["id"] for each in before if each["closes_at"] <= to_text(clock.now())}
    assert over
    release_participants(context, TESTER, cast.coordinator, [who])
    states = {
        each["id"]: state(each, clock.now()) for each in assessments.of(context.db, EVERYTHING, who)
    }
    assert {name for name, found in states.items() if found == "excused"} == over
    clock.move(timedelta(days=60))
    later = {
        each["id"]: state(each, clock.now()) for each in assessments.of(context.db, EVERYTHING, who)
    }
    assert "unopened" in later.values()  # what nobody answers from now on is missed like anybody's


def test_not_even_a_test_message_leaves_before(context: Context, cast: Cast, person: str):
    with pytest.raises(BadInputError, match="say go first"):
        send_test_reminder(context, TESTER, cast.coordinator, person)
    release_participants(context, TESTER, cast.coordinator, [person])
    assert send_test_reminder(context, TESTER, cast.coordinator, person)
