"""An answer that needs a person raises its alert with itself, and calls whoever is on duty."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.actions import file_response, open_envelope
from server.actions.context import Context
from server.actions.open_envelope import open_waiting
from server.actions.receive_envelope import receive
from server.channels.channel import NotNowError, RefusedError, UnknownError
from server.clock import FixedClock
from server.domain.people import Staff
from server.store import alerts, messages, studies, verification
from server.store.database import Row
from tests.actions.sending import run
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import FakeChannel
from tests.faults.arena import fork

ANSWERED = {"state": "answered"}
CALM = {name: {**ANSWERED, "value": 0} for name in ("worse", "harm", "call_me")}


def check(cast: Cast, **answers: Any) -> dict[str, Any]:
    """Return a safety check as a phone sends it; what is not named is calm."""
    asked = safety_check(cast)
    given = {"coping": {**ANSWERED, "value": 3}, **CALM, **answers}
    return cast.payload(asked, given)


def safety_check(cast: Cast, instrument: str = "safety-check") -> str:
    """Plan a form past the protocol of the cast, which asks about no safety."""
    base = cast.assessment(cast.ada, "wellbeing-baseline")
    row = cast.context.db.one("SELECT * FROM assessments WHERE id = ?", [base])
    assert row is not None
    (made,) = cast.copies(base, 1)
    with cast.context.write(TESTER, "asks about safety") as tx:
        changes = {"instrument": instrument, "definition": f"extra-{instrument}"}
        tx.change("assessments", made, changes)
    return made


def yes(value: int = 1) -> dict[str, Any]:
    return {**ANSWERED, "value": value}


def standing(cast: Cast, viewer: Staff | None = None) -> list[Row]:
    return alerts.standing(cast.context.db, viewer or cast.coordinator)


def calls(cast: Cast) -> list[Row]:
    rows = messages.of(cast.context.db, EVERYTHING, cast.ada.id)
    return [row for row in rows if row["kind"] == "alert"]


def to_duty(channel: FakeChannel) -> list[Any]:
    return [each for each in channel.sent if each.to == "duty@example.org"]


def test_calm_answers_call_nobody(cast: Cast):
    cast.send(cast.ada, check(cast))
    assert standing(cast) == []
    assert calls(cast) == []


def test_each_answer_that_needs_a_person_is_told_in_neutral_words_urgent_first(cast: Cast):
    cast.send(cast.ada, check(cast, worse=yes(), harm=yes(), call_me=yes()))
    rows = standing(cast)
    assert [(row["kind"], row["level"], row["code"]) for row in rows] == [
        ("safety", "urgent", "SYN-001"),
        ("call-me", "same day", "SYN-001"),
        ("safety", "next working day", "SYN-001"),
    ]
    assert rows[0]["detail"] == (
        "Safety check, question about thoughts of death or of self-harm: reached the study's mark, "
        "1 March 2027, 10:00 (Europe/Berlin). The study's rule: look at it at once."
    )


def test_silence_is_told_too(cast: Cast):
    cast.send(cast.ada, check(cast, harm={"state": "skipped"}))
    (row,) = standing(cast)
    assert "was left empty" in row["detail"]
    assert row["level"] == "same day"


def test_answers_given_twice_are_two_alerts(cast: Cast):
    for _ in range(2):
        cast.send(cast.ada, check(cast, harm=yes()))
    assert len(standing(cast)) == 2
    assert len(calls(cast)) == 2


def test_one_mail_at_any_hour_without_a_word_of_who_or_why(
    cast: Cast, context: Context, clock: FixedClock, channel: FakeChannel
):
    clock.at = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    cast.send(cast.ada, check(cast, harm=yes(), worse=yes()))
    run(context)
    (mail,) = to_duty(channel)
    assert mail.subject == "Please look at Attune: somebody needs you"
    assert "http://localhost:8000/staff/" in mail.text
    for word in ("SYN-001", "harm", "death", "safety", "participant", "Dina", "urgent", "Ada"):
        assert word.casefold() not in (mail.subject + mail.text).casefold()
    run(context)
    assert len(to_duty(channel)) == 1


def test_a_day_full_of_reminders_keeps_no_call_back(
    cast: Cast, context: Context, channel: FakeChannel
):
    run(context)
    for _ in range(3):
        cast.send(cast.ada, check(cast, harm=yes()))
    run(context)
    assert len(to_duty(channel)) == 3


def test_a_call_goes_out_before_anything_else(cast: Cast, context: Context, channel: FakeChannel):
    cast.send(cast.ada, check(cast, harm=yes()))
    run(context)
    assert channel.sent[0].to == "duty@example.org"


def test_what_somebody_settled_meanwhile_calls_nobody(
    cast: Cast, context: Context, channel: FakeChannel
):
    cast.send(cast.ada, check(cast, harm=yes(), worse=yes()))
    for row in standing(cast)[:1]:
        with context.write(cast.actor(cast.coordinator), "called") as tx:
            alerts.settle(tx, cast.coordinator, row["id"])
    assert alerts.stands(
        context.db, str(context.db.value("SELECT alert_id FROM messages WHERE kind = 'alert'"))
    )
    with context.write(cast.actor(cast.coordinator), "called") as tx:
        alerts.settle(tx, cast.coordinator, standing(cast)[0]["id"])
    run(context)
    assert to_duty(channel) == []
    assert calls(cast)[0]["state"] == "cancelled"


@pytest.mark.parametrize("error", [NotNowError("down"), UnknownError("cut off")])
def test_a_call_is_tried_until_it_has_left(
    cast: Cast, context: Context, clock: FixedClock, channel: FakeChannel, error: Exception
):
    cast.send(cast.ada, check(cast, harm=yes()))
    channel.error = error
    for _ in range(5):
        run(context)
        clock.at += timedelta(hours=2)
    channel.error = None
    run(context)
    assert len(to_duty(channel)) == 1
    assert calls(cast)[0]["state"] == "sent"


def test_an_address_that_refuses_is_told_and_the_next_on_duty_is_called(
    cast: Cast, context: Context, channel: FakeChannel
):
    cast.send(cast.ada, check(cast, harm=yes()))
    channel.error = RefusedError("550 nobody here")
    run(context)
    told = [row for row in standing(cast) if row["kind"] == "undeliverable"]
    assert any("person on duty could not be called" in row["detail"] for row in told)
    channel.error = None
    with context.write(TESTER, "another is on duty") as tx:
        studies.change(tx, cast.study_id, {"duty_email": "next@example.org"})
        messages.call_again(tx, cast.study_id)
    run(context)
    assert [each.to for each in channel.sent if "staff" in each.text] == ["next@example.org"]


def test_nobody_on_duty_is_told_as_well(cast: Cast, context: Context):
    with context.write(TESTER, "nobody") as tx:
        studies.change(tx, cast.study_id, {"duty_email": ""})
    cast.send(cast.ada, check(cast, harm=yes()))
    run(context)
    assert any("names nobody on duty" in row["detail"] for row in standing(cast))


def test_what_is_hidden_from_those_who_guide_raises_nothing_that_they_see(
    cast: Cast, context: Context, channel: FakeChannel
):
    asked = check(cast, harm=yes())
    with context.write(TESTER, "hidden") as tx:
        tx.change("assessments", asked["assessment"], {"alliance": 1})
    channel.error = RefusedError("550 nobody here")
    cast.send(cast.ada, asked)
    run(context)
    seen = " ".join(row["detail"] for row in standing(cast))
    assert "Safety check" in seen
    assert "on duty" in seen
    for guide in (cast.rated, cast.second):
        told = " ".join(row["detail"] for row in standing(cast, guide))
        assert "Safety check" not in told
        assert "on duty" not in told
        assert not [
            row for row in messages.of(context.db, guide, cast.ada.id) if row["kind"] == "alert"
        ]


# ------------------------------------------------------- one transaction, proven by breaking it


def _breaks(*_: object, **__: object) -> None:
    message = "planted"
    raise RuntimeError(message)


def test_it_stands_or_falls_with_the_response(
    cast: Cast, context: Context, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as broken:
        broken.setattr(file_response, "cancel_reminders", _breaks)
        cast.send(cast.ada, check(cast, harm=yes()))
    assert context.db.value("SELECT COUNT(*) FROM responses") == 0
    assert calls(cast) == []
    assert not [row for row in standing(cast) if row["kind"] == "safety"]
    open_waiting(context)
    assert [row["level"] for row in standing(cast) if row["kind"] == "safety"] == ["urgent"]
    assert len(calls(cast)) == 1
    verification.verify(context.db)


def _killed_right_after_filing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Let the server die as soon as the opening's transaction is over; return responses and alerts."""
    name, body = cast.seal(check(cast, harm=yes()))
    real = open_envelope.open_envelope

    def then_dies(context: Context, seq: int) -> str | None:
        real(context, seq)
        os._exit(9)

    import server.actions.receive_envelope as receiving

    monkeypatch.setattr(receiving, "open_envelope", then_dies)
    child = fork(lambda: receive(cast.context, cast.ada.device, name, body, "phone"))
    os.waitpid(child, 0)
    monkeypatch.undo()
    open_waiting(cast.context)
    count: Callable[[str], int] = lambda sql: int(cast.context.db.value(sql))  # noqa: E731
    return (
        count("SELECT COUNT(*) FROM responses"),
        count("SELECT COUNT(*) FROM alerts WHERE kind = 'safety'"),
    )


def test_a_server_killed_after_filing_has_told_already(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    assert _killed_right_after_filing(cast, monkeypatch) == (1, 1)


def test_control_an_alert_raised_after_the_transaction_would_be_lost_and_this_test_sees_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    """The planted bug: filing tells nobody, and whoever should tell afterwards is dead by then."""
    monkeypatch.setattr(file_response, "raise_alerts", lambda *_: None)
    assert _killed_right_after_filing(cast, monkeypatch) == (1, 0)
