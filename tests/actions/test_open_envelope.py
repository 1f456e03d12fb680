"""What is opened is filed where it belongs; what cannot be is kept apart with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Any

import pytest

from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.open_envelope import open_envelope, open_waiting
from server.actions.receive_envelope import receive
from server.actions.record_visit import VisitEntry, record_visit
from server.actions.revoke_device import revoke_device
from server.clock import FixedClock
from server.domain.people import Device
from server.ids import new_id
from server.store import alerts, devices, drafts, envelopes, messages, responses
from server.store.database import Row
from server.store.keys import Keys
from tests.cast import DOSED, EVERYTHING, PREPARED, Cast


def _opening(context: Context, seq: int | None = None) -> Row:
    found = envelopes.opening(context.db, seq or envelopes.last(context.db))
    assert found is not None
    return found


def _only_response(context: Context, participant_id: str) -> Row:
    (found,) = responses.of(context.db, EVERYTHING, participant_id)
    return found


def test_r20_skipped_unanswered_and_not_shown_stay_three_things(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "distress-baseline")
    answers: dict[str, Any] = cast.answers("ies-r", 2)
    first, second, third, *_ = answers
    answers[first] = {"state": "skipped"}
    answers[second] = {"state": "not-shown"}
    del answers[third]
    cast.send(cast.ada, cast.payload(asked, answers))
    rows = responses.answers(context.db, EVERYTHING, _only_response(context, cast.ada.id)["id"])
    assert [row["state"] for row in rows[:4]] == ["skipped", "not-shown", "unanswered", "answered"]
    assert rows[3]["value"] == 2
    total = [
        s for s in responses.scores(context.db, EVERYTHING, cast.ada.id) if s["score"] == "total"
    ]
    assert total[0]["value"] is None
    assert total[0]["reason"]


def test_r12_r21_three_clocks_and_the_version_shown_are_kept(
    cast: Cast, context: Context, clock: FixedClock
):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    payload = cast.payload(
        asked,
        began_at="2027-02-28T22:00:00+01:00", finished_at="2027-02-28T22:04:00+01:00",
        elapsed_ms=111_000, process={"changes": [["w1", 2, 3]], "odd": "\ud800"},
    )  # fmt: skip
    cast.send(cast.ada, payload)
    row = _only_response(context, cast.ada.id)
    assert row["finished_at"] == "2027-02-28T21:04:00.000Z"
    assert row["elapsed_ms"] == 111_000
    assert row["received_at"] == "2027-03-01T09:00:00.000Z"
    assert row["device_zone"] == "Europe/Berlin"
    form = context.db.one("SELECT * FROM forms WHERE hash = ?", [row["form_hash"]])
    assert form is not None
    assert (row["wording"], row["instrument_version"]) == (
        form["wording"],
        form["instrument_version"],
    )


def test_the_reminders_that_hung_on_it_are_cancelled(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    assert messages.due_with(context.db, asked)
    cast.send(cast.ada, cast.payload(asked))
    assert not messages.due_with(context.db, asked)


def test_a_second_answer_to_the_same_form_is_kept_apart(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    cast.send(cast.ada, cast.payload(asked))
    cast.send(cast.ada, cast.payload(asked, cast.answers("who-5", 5)))
    assert _opening(context)["reason"] == "second-response"
    assert len(responses.of(context.db, EVERYTHING, cast.ada.id)) == 1
    (alert,) = alerts.standing(context.db, cast.coordinator)
    assert (alert["kind"], alert["code"]) == ("quarantined", "SYN-001")


Spoil = Callable[[Cast, dict[str, Any]], Mapping[str, Any]]
WRONG: dict[str, Spoil] = {
    "unknown-assessment": lambda cast, payload: {**payload, "assessment": new_id()},
    "not-theirs": lambda cast, payload: {
        **payload, "assessment": cast.assessment(cast.ben, "wellbeing-baseline"),
    },
    "unknown-form": lambda cast, payload: {**payload, "form": "0" * 64},
    "wrong-form": lambda cast, payload: {**payload, "form": cast.form("ies-r")},
    "unknown-person": lambda cast, payload: {**payload, "about": cast.rated.id},
    "invalid-answers": lambda cast, payload: {
        **payload, "answers": {"nothing_of_ours": {"state": "skipped"}},
    },
    "unreadable": lambda cast, payload: {**payload, "kind": "poem"},
}  # fmt: skip


@pytest.mark.parametrize("reason", WRONG)
def test_what_cannot_be_filed_is_receipted_and_kept_apart(
    cast: Cast, context: Context, reason: str
):
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))
    receipt = cast.send(cast.ada, WRONG[reason](cast, payload))
    assert receipt.digest
    opening = _opening(context)
    assert (opening["outcome"], opening["reason"]) == ("quarantined", reason)
    assert opening["participant_id"] == cast.ada.id
    assert responses.of(context.db, EVERYTHING, cast.ada.id) == []
    assert [row["kind"] for row in alerts.standing(context.db, cast.coordinator)] == ["quarantined"]
    assert [row["reason"] for row in envelopes.quarantined(context.db, cast.coordinator)] == [
        reason
    ]
    assert envelopes.quarantined(context.db, cast.outsider) == []


def test_a_damaged_or_renamed_envelope_is_unreadable_but_kept(cast: Cast, context: Context):
    name, body = cast.seal(cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    renamed = new_id()
    receive(
        context, cast.ada.device, renamed, body.replace(name.encode(), renamed.encode()), "phone"
    )
    assert _opening(context)["reason"] == "unreadable"
    head, _, tail = body.partition(b'"ct": "')
    turned = bytes([tail[5] ^ 1]) if tail[5] ^ 1 in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" else b"Q"
    if turned == tail[5:6]:
        turned = b"R"
    receive(
        context, cast.ada.device, name, head + b'"ct": "' + tail[:5] + turned + tail[6:], "phone"
    )
    assert _opening(context)["reason"] == "unreadable"


def test_r32_an_unknown_phone_is_kept_apart_and_every_study_is_told(cast: Cast, context: Context):
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"), form="0" * 64)
    receive(context, None, *cast.seal(payload), "phone")
    receive(context, Device(new_id(), cast.ada.id), *cast.seal(payload), "phone")
    assert [_opening(context, seq)["reason"] for seq in (1, 2)] == ["unknown-device"] * 2
    assert alerts.standing(context.db, cast.coordinator)


def test_r32_f13_a_revoked_phone_is_kept_apart_from_then_on(
    cast: Cast, context: Context, clock: FixedClock
):
    before = cast.seal(cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    receive(context, cast.ada.device, *before, "phone")
    clock.move(timedelta(hours=1))
    revoke_device(
        context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id, cast.ada.device.id
    )
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "distress-baseline")))
    assert _opening(context, 1)["outcome"] == "opened"
    assert _opening(context, 2)["reason"] == "revoked-device"


def test_f13_what_comes_after_withdrawal_is_kept_apart(cast: Cast, context: Context):
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))
    change_participant(
        context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id,
        Change(status="withdrawn"),
    )  # fmt: skip
    cast.send(cast.ada, payload)
    assert _opening(context)["reason"] == "withdrawn"


def test_an_answer_finished_in_time_and_delivered_weeks_later_is_not_late(
    cast: Cast, context: Context, clock: FixedClock
):
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))
    clock.move(timedelta(days=56))
    cast.send(cast.ada, payload)
    row = _only_response(context, cast.ada.id)
    assert (row["late"], row["clock_doubtful"]) == (0, 0)


def test_an_answer_begun_in_time_and_finished_after_closing_is_flagged(
    cast: Cast, context: Context, clock: FixedClock
):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    clock.at = clock.at.replace(day=2, hour=19, minute=1)  # closes at 20:00 in Berlin
    payload = cast.payload(asked, began_at="2027-03-02T18:58:00Z")
    cast.send(cast.ada, payload)
    assert _only_response(context, cast.ada.id)["late"] == 1


def test_r23_an_answer_begun_after_closing_is_kept_apart_where_the_protocol_says_so(
    cast: Cast, context: Context, clock: FixedClock
):
    clock.move(timedelta(days=30))
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    assert _opening(context)["reason"] == "closed"


@pytest.mark.parametrize("off", [timedelta(hours=26), timedelta(days=365), timedelta(days=-365)])
def test_a22_a_phone_whose_clock_was_set_is_judged_by_the_servers_and_flagged(
    cast: Cast, context: Context, clock: FixedClock, off: timedelta
):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    claimed = (clock.now() + off).isoformat()
    cast.send(cast.ada, cast.payload(asked, began_at=claimed, finished_at=claimed))
    row = _only_response(context, cast.ada.id)
    assert (row["late"], row["clock_doubtful"]) == (0, 1)
    assert row["finished_at"] != row["received_at"]


def test_an_answer_to_a_form_that_left_the_plan_is_kept_as_unscheduled(
    cast: Cast, context: Context
):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    payload = cast.payload(asked)
    # Another preparation before the same dosing: "the last preparation" is another visit now.
    record_visit(
        context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id,
        VisitEntry("preparation", date(2027, 3, 1), time(10), "held"),
    )  # fmt: skip
    cast.send(cast.ada, payload)
    row = _only_response(context, cast.ada.id)
    assert (row["assessment_id"], row["unscheduled"]) == (asked, 1)
    assert row["anchor_on"] == PREPARED.isoformat()
    newer = [
        each for each in context.db.all("SELECT * FROM assessments WHERE definition = 'alliance-prep'")
        if each["participant_id"] == cast.ada.id and each["retired_at"] is None
    ]  # fmt: skip
    assert {each["response_id"] for each in newer} == {None}


def test_an_answered_form_keeps_its_anchor_when_the_session_moves(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(asked))
    record_visit(
        context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id,
        VisitEntry("dosing", DOSED + timedelta(days=7), time(9), "planned",
                   visit_id=context.db.value("SELECT v.id FROM visits v WHERE kind = 'dosing' AND participant_id = ?", [cast.ada.id])),
    )  # fmt: skip
    assert _only_response(context, cast.ada.id)["anchor_on"] == PREPARED.isoformat()


def test_i_meant_the_other_therapist_before_sending_files_it_under_the_other(
    cast: Cast, context: Context
):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    other = cast.assessment(cast.ada, "alliance-prep", cast.second)
    cast.send(cast.ada, cast.payload(asked, about=cast.second.id))
    row = _only_response(context, cast.ada.id)
    assert (row["assessment_id"], row["about_staff_id"]) == (other, cast.second.id)
    # And the one it was opened from still waits for its own answer.
    cast.send(cast.ada, cast.payload(asked))
    assert _opening(context)["outcome"] == "opened"


def test_a_practice_form_ticks_the_phone_and_files_nothing(cast: Cast, context: Context):
    cast.send(cast.ada, {"kind": "practice"})
    assert _opening(context)["outcome"] == "practice"
    (phone,) = devices.of(context.db, cast.coordinator, cast.ada.id)
    assert phone["practised_at"] == "2027-03-01T09:00:00.000Z"


def test_the_draft_kept_on_the_server_vanishes_with_the_answer(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    with context.write(cast.actor(cast.coordinator), "a draft") as tx:
        drafts.save(tx, cast.ada.device, asked, new_id(), {"w1": {"state": "skipped"}})
    assert drafts.one(context.db, cast.ben.device, asked) is None
    assert drafts.one(context.db, cast.ada.device, asked) is not None
    cast.send(cast.ada, cast.payload(asked))
    assert drafts.one(context.db, cast.ada.device, asked) is None


def test_an_envelope_whose_key_is_missing_waits_and_staff_are_told_once(
    cast: Cast, context: Context, tmp_path_factory: pytest.TempPathFactory
):
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))
    name, body = cast.seal(payload)
    elsewhere = Context(
        context.config, context.db, context.catalog, context.clock,
        Keys.load(tmp_path_factory.mktemp("other")), context.channel,
    )  # fmt: skip
    receive(elsewhere, cast.ada.device, name, body, "phone")
    for _ in range(3):
        assert open_waiting(elsewhere) == 0
    told = [row for row in alerts.standing(context.db, EVERYTHING) if row["kind"] == "unopened"]
    assert len(told) == 1
    # The key is put back: nothing was lost.
    assert open_waiting(context) == 1
    assert responses.exists(context.db, name)


def test_f19_one_envelope_that_breaks_the_opener_does_not_stop_the_others(
    cast: Cast, context: Context, monkeypatch: pytest.MonkeyPatch
):
    from server.actions import open_envelope as module
    from server.actions import receive_envelope

    monkeypatch.setattr(receive_envelope, "open_envelope", lambda *_: None)
    bad = cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    good = cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "distress-baseline")))
    from server.actions.file_response import file_response as real

    def poisoned(tx: Any, here: Any, arrival: Any) -> str:
        if arrival.id == bad.id:
            raise ZeroDivisionError
        return real(tx, here, arrival)

    monkeypatch.setattr(module, "file_response", poisoned)
    assert open_waiting(context) == 1
    assert open_waiting(context) == 0
    assert responses.exists(context.db, good.id)
    assert envelopes.waiting(context.db) == [1]
    told = [row for row in alerts.standing(context.db, EVERYTHING) if row["kind"] == "unopened"]
    assert len(told) == 1


def test_opening_again_changes_nothing(cast: Cast, context: Context):
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    before = context.db.value("SELECT COUNT(*) FROM audit")
    assert open_envelope(context, 1) == "opened"
    assert context.db.value("SELECT COUNT(*) FROM audit") == before


def test_what_the_rated_guide_must_not_know_is_not_in_alerts_or_quarantine(
    cast: Cast, context: Context
):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(asked))
    cast.send(cast.ada, cast.payload(asked))  # a second one: kept apart, with an alert
    for guide in (cast.rated, cast.second):
        assert alerts.standing(context.db, guide) == []
        assert envelopes.quarantined(context.db, guide) == []
        assert envelopes.count_by_device(context.db, guide, cast.ada.id) == {}
        assert responses.scores(context.db, guide, cast.ada.id) == []
    counts = envelopes.count_by_device(context.db, cast.coordinator, cast.ada.id)
    assert counts[cast.ada.device.id]["delivered"] == 2
