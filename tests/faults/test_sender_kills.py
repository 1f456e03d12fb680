"""A sender killed in the middle of its work: nothing lost, at most one message doubled a kill (T8, F8).

First calibrated: marking as sent before sending must lose some here, or the test sees nothing.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from server.actions import send_due_messages as sending
from server.actions.context import Context
from server.actions.send_due_messages import Ending, send_due_messages
from server.channels.email import EmailChannel
from server.domain.people import Actor
from server.domain.reminders import PlannedMessage
from server.ids import derived_id
from server.store import messages
from server.store.messages import Claim
from tests.cast import TESTER, Cast
from tests.channels.peer import Peer, listening
from tests.faults.arena import fork

pytestmark = pytest.mark.faults

KILLS = 15
MESSAGES = 60
LEASE = timedelta(milliseconds=250)


@dataclass
class RunningClock:
    """Begins where the test's clock stands, and goes."""

    begin: datetime
    zero: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.begin + timedelta(seconds=time.monotonic() - self.zero)


@pytest.fixture
def queue(context: Context, cast: Cast) -> Context:
    """A queue of messages that no quiet hour and no limit keeps back."""
    with context.write(TESTER, "a queue was filled") as tx:
        for number in range(MESSAGES):
            minute = f"2027-03-01T09:{number:02d}"
            planned = PlannedMessage(
                id=derived_id("queue", minute), kind="test", channel="email", due_at=tx.at,
                expires_at=tx.at + timedelta(days=1), local_moment=minute, assessment_ids=(),
            )  # fmt: skip
            messages.add(tx, cast.ada.id, planned)
        tx.execute("DELETE FROM messages WHERE kind = 'reminder'")
    return replace(context, clock=RunningClock(context.clock.now()))


def test_f8_nothing_is_lost_and_no_kill_doubles_more_than_one(queue: Context) -> None:
    peer, kills = deliver(queue, work)
    taken = Counter(str(mail["Message-ID"]) for _, mail in peer.taken)
    assert kills == KILLS
    assert len(taken) == MESSAGES
    assert sum(taken.values()) - MESSAGES <= kills
    states = queue.db.all("SELECT state, COUNT(*) AS n FROM messages GROUP BY state")
    assert states == [{"state": "sent", "n": MESSAGES}]


def test_f8_calibration_marking_first_loses_some(
    queue: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sending._send

    def marked_first(context: Context, claim: Claim, lease: timedelta) -> Ending:
        with context.write(Actor("system", claim.worker), "a planted bug") as tx:
            messages.settle(tx, claim, "sent")
        return real(context, claim, lease)

    monkeypatch.setattr(sending, "_send", marked_first)
    peer, _kills = deliver(queue, work)
    taken = {str(mail["Message-ID"]) for _, mail in peer.taken}
    assert len(taken) < MESSAGES


def work(context: Context, name: str) -> None:
    """Send until nothing is left: what a dead sender had claimed comes back when its lease ends."""
    while context.db.value("SELECT 1 FROM messages WHERE state IN ('due', 'claimed')"):
        send_due_messages(context, name, lease=LEASE, batch=1)
        time.sleep(0.005)


def deliver(context: Context, job: Callable[[Context, str], None]) -> tuple[Peer, int]:
    """Let one sender after another work on the queue, killing all but the last at random moments."""
    dice = random.Random(8)
    peer = Peer(on_taken=lambda: time.sleep(dice.uniform(0, 0.004)))
    kills = 0
    with listening(peer) as address:
        channel = EmailChannel(f"smtp://{address}", "forms@example.org", "localhost")
        here = replace(context, channel=channel)
        context.db.close()
        for round_ in range(KILLS):
            name = f"sender-{round_}"
            child = fork(partial(job, here, name))
            time.sleep(dice.uniform(0.015, 0.07))
            os.kill(child, signal.SIGKILL)
            _pid, status = os.waitpid(child, 0)
            kills += os.WIFSIGNALED(status)
        _pid, status = os.waitpid(fork(partial(job, here, "sender-last")), 0)
        assert status == 0
    return peer, kills
