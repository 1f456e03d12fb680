"""The mail that tells the person outside that something waits: once it left, once for all that waits."""

from __future__ import annotations

from datetime import timedelta

from server.actions.tell_outside_person import AGAIN_AFTER, tell_outside_person
from server.channels.channel import NotNowError
from server.clock import FixedClock
from server.store import outside
from server.worker import Worker
from tests.cast import TESTER, Cast
from tests.conftest import FakeChannel

WORDS = "canary: what he said"


def _name(cast: Cast, who: str) -> None:
    with cast.context.write(TESTER, "somebody outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": who})


def _write(cast: Cast) -> None:
    now = cast.context.clock.now().isoformat()
    cast.send(cast.ada, {"kind": "outside", "finished_at": now, "words": WORDS})


def test_one_mail_says_that_something_waits_and_nothing_else(cast: Cast, channel: FakeChannel):
    _name(cast, cast.monitor.id)
    _write(cast)
    _write(cast)
    worker = Worker(cast.context)
    worker.tick()
    worker.tick()
    mails = [each for each in channel.sent if each.to.startswith("mona")]
    assert len(mails) == 1
    told = f"{mails[0].subject} {mails[0].text}".lower()
    for never in ("canary", cast.ada.code.lower(), "study", "participant", "health", "treat"):
        assert never not in told


def test_a_mail_that_did_not_leave_is_tried_again_after_a_while_as_the_same(
    cast: Cast, channel: FakeChannel, clock: FixedClock
):
    _name(cast, cast.monitor.id)
    _write(cast)
    channel.error = NotNowError("busy")
    tell_outside_person(cast.context, TESTER)
    channel.error = None
    tell_outside_person(cast.context, TESTER)
    assert channel.sent == []
    clock.move(AGAIN_AFTER)
    tell_outside_person(cast.context, TESTER)
    clock.move(timedelta(days=1))
    tell_outside_person(cast.context, TESTER)
    assert len(channel.sent) == 1


def test_what_was_read_already_needs_no_mail(cast: Cast, channel: FakeChannel):
    _name(cast, cast.monitor.id)
    _write(cast)
    found = outside.of(cast.context.db, cast.context.keys, cast.monitor)[0]
    with cast.context.write(TESTER, "read") as tx:
        outside.mark_read(tx, cast.monitor, found["id"])
    tell_outside_person(cast.context, TESTER)
    assert channel.sent == []


def test_whoever_is_named_later_reads_nothing_meant_for_another(cast: Cast):
    _name(cast, cast.monitor.id)
    _write(cast)
    _name(cast, cast.investigator.id)
    db, keys = cast.context.db, cast.context.keys
    assert outside.of(db, keys, cast.investigator) == []
    assert len(outside.of(db, keys, cast.monitor)) == 1
    assert outside.receives(db, cast.monitor), "what was written to them stays within reach"


def test_what_came_while_nobody_was_named_waits_for_the_next(cast: Cast, channel: FakeChannel):
    _write(cast)
    tell_outside_person(cast.context, TESTER)
    assert channel.sent == []
    _name(cast, cast.monitor.id)
    tell_outside_person(cast.context, TESTER)
    assert len(channel.sent) == 1
    assert len(outside.of(cast.context.db, cast.context.keys, cast.monitor)) == 1
