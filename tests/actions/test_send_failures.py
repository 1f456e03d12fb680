"""Down, refused, unclear, poisoned, dead, doubled: each ends in sight, none is lost (F7, F9, F19)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.send_due_messages import LEASE, MOST_TRIES, pause, send_due_messages
from server.channels.channel import Message, NotNowError, RefusedError, UnknownError
from server.clock import FixedClock, to_text
from server.errors import BusyError
from server.outputs import messages as words
from server.store import alerts, assessments, contacts, messages
from server.store.contacts import Contact
from server.store.messages import Claim
from tests.actions.sending import MINUTE, all_of, leave_claimed, only_ada, run
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import FakeChannel


def test_f9_a_channel_that_is_down_is_tried_again_ever_more_rarely_until_it_is_too_late(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    only_ada(context, cast)
    channel.error = NotNowError("no connection to the mail server (ConnectionRefusedError)")
    assert run(context) == {"due": 1}
    (late,) = messages.struggling(context.db, EVERYTHING)
    assert "no connection" in late["error"]
    tries = 0
    while clock.now() < datetime(2027, 3, 3, 12, tzinfo=UTC):
        clock.move(5 * MINUTE)
        tries += sum(run(context).values())
    assert 20 < tries < 80
    assert channel.sent == []
    shown = [row["state"] for row in messages.failed(context.db, cast.coordinator)]
    assert shown == ["expired"]
    channel.error = None
    clock.move(timedelta(days=5))
    run(context)
    assert channel.sent  # what came due later goes its way


def test_f9_pauses_double_up_to_an_hour_and_do_not_end_together() -> None:
    def claim(name: str, attempt: int) -> Claim:
        return Claim(
            name, "p", "reminder", (), "", "", "w", attempt, asked_again=False, abandoned=False
        )

    assert pause(claim("8000", 1)) == pytest.approx(MINUTE, rel=0.001)
    assert pause(claim("8000", 4)) == pytest.approx(8 * MINUTE, rel=0.001)
    assert pause(claim("8000", 90)) == pytest.approx(timedelta(hours=1), rel=0.001)
    assert pause(claim("0000", 90)) == timedelta(minutes=45)
    assert pause(claim("ffff", 90)) == timedelta(minutes=75)


def test_f9_a_refused_address_fails_in_sight_and_is_not_tried_again(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    only_ada(context, cast)
    channel.error = RefusedError("the mail server refuses the address (550)")
    assert run(context)["failed"] == 1
    (alert,) = alerts.standing(context.db, cast.coordinator)
    assert alert["kind"] == "undeliverable"
    assert "(550)" in alert["detail"]
    assert messages.failed(context.db, cast.coordinator)[0]["state"] == "failed"
    channel.error = None
    clock.move(timedelta(hours=3))
    assert run(context) == {}


def test_f9_an_unclear_end_is_asked_once_more_under_the_same_id(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    only_ada(context, cast)
    tried: list[Message] = []

    def unclear(message: Message) -> None:
        tried.append(message)
        raise UnknownError("the line broke after the message left")

    channel.send = unclear  # type: ignore[method-assign]
    assert run(context)["unknown"] == 1
    assert run(context) == {}
    clock.move(LEASE)
    assert run(context) == {"unknown": 1}
    clock.move(timedelta(hours=3))
    assert run(context) == {}
    assert len(tried) == 2
    assert tried[0].id == tried[1].id
    assert [row["state"] for row in messages.failed(context.db, cast.coordinator)] == ["unknown"]


def test_a_channels_own_fault_counts_as_an_unclear_end(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    channel.error = ZeroDivisionError("ana@example.org")
    assert run(context)["unknown"] == 1
    (row,) = messages.failed(context.db, cast.coordinator)
    assert row["error"] == "it may have left: ZeroDivisionError"


def test_f19_a_poisoned_row_fails_alone(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    clock.move(timedelta(hours=6))
    real = words.reminder

    def poisoned(url: str, language: str, zone: str, closes_at: datetime, count: int) -> words.Text:
        if zone == "Europe/Berlin":
            raise ValueError("syn-001@example.org")
        return real(url, language, zone, closes_at, count)

    monkeypatch.setattr(words, "reminder", poisoned)
    found = run(context)
    assert (found["failed"], found["sent"]) == (1, 1)
    assert [message.to for message in channel.sent] == ["syn-002@example.org"]
    (alert,) = alerts.standing(context.db, cast.coordinator)
    assert "could not be written (ValueError)" in alert["detail"]
    assert "@" not in alert["detail"]


def test_f19_contact_data_that_do_not_open_fail_in_sight(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    with context.write(TESTER, "planted") as tx:
        tx.change("contacts", cast.ada.id, {"sealed": b"garbage"}, key="participant_id")
    assert run(context)["failed"] == 1
    assert alerts.standing(context.db, cast.coordinator)


def test_no_address_is_a_failure_in_sight(context: Context, cast: Cast) -> None:
    with context.write(TESTER, "planted") as tx:
        contacts.write(tx, context.keys, cast.ada.id, Contact("Ada"))
    assert run(context)["failed"] == 1
    (row,) = messages.failed(context.db, cast.coordinator)
    assert row["error"] == "there is no mail address"


def test_a_sender_that_dies_at_every_try_is_given_up(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    with context.write(TESTER, "planted") as tx:
        tx.execute(
            "UPDATE messages SET state = 'claimed', claimed_by = 'gone', attempts = ?, lease_until = ?"
            " WHERE participant_id = ? AND due_at <= ?",
            [MOST_TRIES, to_text(clock.now()), cast.ada.id, to_text(clock.now())],
        )
        tx.note("messages", "all", "state", "claimed")
    assert run(context)["failed"] >= 1


@pytest.mark.parametrize("change", [Change(status="withdrawn"), Change(channel="none")])
def test_r40_what_a_dead_sender_had_in_hand_does_not_reach_who_has_left(
    context: Context, cast: Cast, channel: FakeChannel, change: Change
) -> None:
    leave_claimed(context, cast.ada)
    change_participant(context, TESTER, cast.coordinator, cast.ada.id, change)
    run(context)
    assert channel.sent == []
    states = {row["state"] for row in all_of(context, cast.ada) if row["due_at"] < "2027-03-01T10"}
    assert states == {"cancelled"}


def test_what_was_answered_while_its_sender_was_dead_is_not_reminded_of(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    leave_claimed(context, cast.ada)
    for row in assessments.open_now(context.db, cast.ada.id, context.clock.now()):
        cast.send(cast.ada, cast.payload(row["id"]))
    run(context)
    assert channel.sent == []


def test_a_busy_database_does_not_make_a_message_leave_twice(
    context: Context, cast: Cast, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_ada(context, cast)
    real, busy = messages.settle, iter([True, True])

    def settle(*args: object) -> bool:
        if next(busy, False):
            raise BusyError("busy")
        return real(*args)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(messages, "settle", settle)
    assert run(context)["sent"] == 1
    assert len(channel.sent) == 1
    assert run(context) == {}


def test_f7_two_workers_at_once_send_each_message_once(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    clock.move(timedelta(hours=6))
    barrier = threading.Barrier(3)

    def work(name: str) -> None:
        barrier.wait()
        send_due_messages(context, name, batch=1)
        context.db.close()

    threads = [threading.Thread(target=work, args=(f"worker-{index}",)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [message.id for message in channel.sent]
    assert len(sent) == len(set(sent)) == 2


def test_f7_who_was_away_too_long_does_not_settle_what_another_has_taken(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    only_ada(context, cast)
    inner = channel.send

    def slow(message: Message) -> None:
        channel.send = inner  # type: ignore[method-assign]
        clock.move(LEASE)
        assert run(context, "worker-2")["sent"] == 1
        raise RefusedError("much too late")

    channel.send = slow  # type: ignore[method-assign]
    run(context, "worker-1")
    states = Counter(
        row["state"] for row in all_of(context, cast.ada) if row["due_at"] < "2027-03-02"
    )
    assert states["sent"] == 1
    assert states["failed"] == 0
    assert alerts.standing(context.db, cast.coordinator) == []


def test_what_is_claimed_when_the_worker_stops_goes_back_at_once(
    context: Context, cast: Cast, channel: FakeChannel, clock: FixedClock
) -> None:
    clock.move(timedelta(hours=6))
    stop = threading.Event()
    inner = channel.send

    def last(message: Message) -> None:
        inner(message)
        stop.set()

    channel.send = last  # type: ignore[method-assign]
    found = send_due_messages(context, "worker-1", stop=stop)
    assert found["sent"] == 1
    assert found["due"] >= 1
    run(context, "worker-2")
    assert len({message.to for message in channel.sent}) == 2
