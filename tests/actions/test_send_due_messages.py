"""What leaves, when, in which words, and how often (A3, A20)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.send_test_reminder import send_test_reminder
from server.catalog import site
from server.clock import FixedClock
from server.config import ROOT, Config
from server.errors import BadInputError, NotFoundError, TooManyTriesError
from server.outputs import messages as words
from server.store import messages
from tests.actions.sending import MINUTE, only_ada, run
from tests.cast import EVERYTHING, TESTER, Cast, make_live
from tests.conftest import FakeChannel
from tests.licensed import license_all


def test_what_is_due_goes_out_once_in_neutral_words(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    # 10:00 in Berlin. In New York it is four in the morning.
    found = run(context)
    assert found["sent"] == 1
    (message,) = channel.sent
    assert message.to == "syn-001@example.org"
    assert message.subject == "A short form is ready for you"
    assert "http://localhost:8000\n" in message.text
    assert "4 short forms are ready for you" in message.text
    assert "The first of them closes on Tuesday 2 March" in message.text
    assert "(Berlin time)" in message.text
    assert run(context) == {}
    clock.move(timedelta(hours=6))
    assert run(context) == {"sent": 1}
    assert channel.sent[-1].to == "syn-002@example.org"


def test_a20_nothing_on_a_lock_screen_tells_what_this_is_about(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    send_test_reminder(context, TESTER, cast.ada.device, cast.ada.id)
    run(context)
    for message in channel.sent:
        told = f"{message.subject} {message.text}".lower()
        for word in (
            "study", "trial", "therap", "session", "dose", "dosing", "psych", "mdma", "drug", "health",
            "mood", "alliance", "treatment", "clinic", "patient", "participant", "symptom",
            "syn-001", "robin", "sam", cast.ada.id, "#t=", "token",
        ):  # fmt: skip
            assert word not in told, word


def test_a3_no_message_carries_a_credential_or_an_id(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    run(context)
    text = channel.sent[0].text
    assert text.count("http") == 1
    assert text[text.index("http") :].split()[0] == context.config.url


def test_the_day_limit_holds_and_the_next_day_has_its_own(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    only_ada(context, cast)
    sent: Counter[str] = Counter()
    for _ in range(24 * 60):
        before = len(channel.sent)
        run(context)
        local = clock.now() + timedelta(hours=1)
        if len(channel.sent) > before:
            sent[local.date().isoformat()] += len(channel.sent) - before
            assert 8 <= local.hour < 21
        clock.move(timedelta(minutes=30))
    assert sent["2027-03-01"] == 1
    assert set(sent.values()) == {1}


def test_what_was_answered_is_not_reminded_of(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    for definition, about in (
        ("alliance-prep", cast.rated), ("alliance-prep", cast.second),
        ("wellbeing-baseline", None), ("distress-baseline", None),
    ):  # fmt: skip
        cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, definition, about)))
    run(context)
    assert channel.sent == []


def test_a_test_message_comes_at_any_hour_but_not_without_end(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    clock.move(timedelta(hours=13))  # eleven at night in Berlin
    only_ada(context, cast)
    first = send_test_reminder(context, TESTER, cast.coordinator, cast.ada.id)
    assert send_test_reminder(context, TESTER, cast.ada.device, cast.ada.id) == first
    run(context)
    assert [message.subject for message in channel.sent] == ["A test message for you"]
    for _ in range(4):
        clock.move(MINUTE)
        send_test_reminder(context, TESTER, cast.coordinator, cast.ada.id)
    clock.move(MINUTE)
    with pytest.raises(TooManyTriesError):
        send_test_reminder(context, TESTER, cast.coordinator, cast.ada.id)
    with pytest.raises(NotFoundError):
        send_test_reminder(context, TESTER, cast.outsider, cast.ada.id)
    change_participant(context, TESTER, cast.coordinator, cast.ada.id, Change(channel="none"))
    with pytest.raises(BadInputError):
        send_test_reminder(context, TESTER, cast.coordinator, cast.ada.id)


def test_the_words_say_until_when_in_the_participants_own_time() -> None:
    evening = words.reminder(
        "https://x.org", "en", "Asia/Tokyo", datetime(2027, 3, 2, 11, tzinfo=UTC), 1
    )
    assert "A short form is ready for you." in evening.text
    assert "until Tuesday 2 March, 8:00\u202fPM (Tokyo time)" in evening.text
    night = words.reminder(
        "https://x.org", "en", "Europe/Berlin", datetime(2027, 3, 1, 23, tzinfo=UTC), 2
    )
    assert "closes at the end of Monday 1 March (Berlin time).\n\nYou do not want" in night.text
    odd = words.reminder("https://x.org", "xx-YY", "UTC", datetime(2027, 3, 1, 23, tzinfo=UTC), 2)
    assert "(UTC time)" in odd.text


def test_a_form_that_would_not_open_is_not_reminded_of_until_it_does(
    context: Context, cast: Cast, config: Config, channel: FakeChannel, clock: FixedClock
) -> None:
    only_ada(context, cast)
    make_live(context, cast.study_id)
    assert run(context) == {"due": 1}
    assert channel.sent == []
    (held,) = messages.struggling(context.db, EVERYTHING)
    assert "sample sentences only" in held["error"]
    license_all(context.catalog, config.site_wordings, "alliance-core")
    worded = site.opened(ROOT / "forms", ROOT / "schedules", config.site_wordings)
    clock.move(timedelta(hours=1))
    assert run(replace(context, catalog=worded))["sent"] == 1
    assert "4 short forms" in channel.sent[0].text
