"""The worker: one has the turn, no failing part stops the others, a signal ends it cleanly (T2, F20)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server import worker as module
from server.actions.context import Context, open_context
from server.channels.email import EmailChannel
from server.channels.mailbox import MailboxChannel, list_messages
from server.clock import FixedClock, ShiftedClock, SystemClock, from_text
from server.config import ROOT
from server.store import leases, settings
from server.store.keys import Keys
from server.worker import Worker, backup_due, described
from tests.cast import TESTER, Cast, assemble
from tests.conftest import START, FakeChannel


def test_a_tick_sends_what_is_due_and_makes_the_nights_copy(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    Worker(context).tick()
    assert len(channel.sent) == 1
    assert list((context.config.data / "backups").glob("*.db*"))
    Worker(context).finish()


def test_a_tick_takes_what_has_closed_out_of_what_is_asked_for(
    context: Context, cast: Cast
) -> None:
    waiting = "SELECT COUNT(*) FROM assessments WHERE lapsed_at IS NOT NULL"
    Worker(context).tick()
    assert context.db.value(waiting) == 0
    context.clock.move(timedelta(days=10))  # type: ignore[attr-defined]  # a FixedClock here
    worker = Worker(context, FixedClock(START + timedelta(days=1)))
    worker.tick()
    assert context.db.value(waiting) > 0
    worker.finish()


def test_f7_the_second_worker_waits_until_the_first_falls_silent(
    context: Context, cast: Cast, channel: FakeChannel
) -> None:
    machine = FixedClock(START)
    first, second = Worker(context, machine), Worker(context, machine)
    first.tick()
    channel.sent.clear()
    context.clock.move(timedelta(hours=6))  # type: ignore[attr-defined]  # a FixedClock here
    second.tick()
    assert channel.sent == []
    machine.move(module.LEASE)
    second.tick()
    assert len(channel.sent) == 1
    second.finish()
    first.tick()
    assert leases.beat_age(context.db, leases.WORKER, machine.now()) == timedelta(0)


@pytest.mark.parametrize(
    "part", ["open_waiting", "lapse_assessments", "send_due_messages", "back_up"]
)
def test_no_failing_part_keeps_the_others_from_being_done(
    context: Context, cast: Cast, channel: FakeChannel, part: str,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def fails(*_args: object, **_more: object) -> None:
        raise RuntimeError("syn-001@example.org feels low")

    monkeypatch.setattr(module, part, fails)
    Worker(context).tick()
    assert bool(channel.sent) == (part != "send_due_messages")
    assert bool(list((context.config.data / "backups").glob("*.db*"))) == (part != "back_up")
    assert "RuntimeError at" in caplog.text
    assert "syn-001" not in caplog.text
    assert "feels low" not in caplog.text


def test_the_night_is_backed_up_once() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert backup_due(None, at("2027-03-01T12:00"))
    assert backup_due(at("2027-03-01T01:59"), at("2027-03-01T02:00"))
    assert not backup_due(at("2027-03-01T02:00"), at("2027-03-02T01:59"))
    assert backup_due(at("2027-03-01T02:00"), at("2027-03-02T02:00"))


def test_a29_an_error_is_told_by_kind_and_place_only() -> None:
    with pytest.raises(AttributeError) as failed:
        open_context(None)  # type: ignore[arg-type]  # fails inside
    assert described(failed.value).startswith("AttributeError at server.actions.context:")
    assert described(ValueError("secret")) == "ValueError"


def test_an_installation_opens_with_the_clock_and_the_channel_that_belong_to_it(
    context: Context,
) -> None:
    demo = open_context(context.config)
    assert isinstance(demo.clock, ShiftedClock)
    assert isinstance(demo.channel, MailboxChannel)
    live = replace(
        context.config, data=context.config.data / "live", smtp="smtps://mail.example.org"
    )
    opened = open_context(live)
    with opened.write(TESTER, "founded") as tx:
        settings.found(tx, "live")
    opened = open_context(live)
    assert isinstance(opened.clock, SystemClock)
    assert isinstance(opened.channel, EmailChannel)
    demo.db.close()
    opened.db.close()


class Metronome:
    """Stands for the scheduler: keeps what it was asked for and ends as if by a signal."""

    running = False
    asked: dict[str, object]

    def __init__(self, **_how: object) -> None:
        Metronome.asked = {}

    def add_job(self, _work: object, _kind: str, **how: object) -> None:
        Metronome.asked = how

    def start(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)


def test_t2_a_tick_that_comes_late_is_a_tick_all_the_same(
    context: Context, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    monkeypatch.setattr(module, "BlockingScheduler", Metronome)
    try:
        module.run(context)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    asked = Metronome.asked
    assert asked["misfire_grace_time"] is None
    assert (asked["coalesce"], asked["max_instances"], asked["seconds"]) == (True, 1, 2.0)


def wait_for(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.mark.slow
def test_the_process_sends_beats_and_ends_cleanly_at_sigterm(context: Context) -> None:
    config = context.config
    assemble(replace(context, keys=Keys.load(config.data / "keys")))
    with context.write(TESTER, "moved the demo's clock") as tx:
        settings.move_clock(tx, START - SystemClock().now())
    environment = {
        **os.environ,
        "ATTUNE_DATA": str(config.data),
        "ATTUNE_MAIL_FROM": "forms@example.org",
        "ATTUNE_URL": "https://forms.example.org",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "server.worker"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    mailbox = config.data / "mailbox"
    try:
        wait_for(lambda: list_messages(mailbox))
        wait_for(lambda: leases.beat_age(context.db, leases.WORKER, SystemClock().now()))
    finally:
        process.send_signal(signal.SIGTERM)
        _out, log = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert "is off duty" in log
    assert "Traceback" not in log
    assert "@" not in log
    (letter,) = list_messages(mailbox)
    assert letter.to == "syn-001@example.org"
    assert "https://forms.example.org" in letter.text
    # Its turn is over: the next worker need not wait.
    until = context.db.value("SELECT until FROM leases")
    assert from_text(until) <= SystemClock().now()


def test_an_installation_that_cannot_be_opened_stops_with_a_word(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ATTUNE_PORT", "often")
    assert module.main() == 1
    assert "ATTUNE_PORT" in caplog.text
