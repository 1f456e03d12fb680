"""The process beside the web: every few seconds it does what is due.

APScheduler is only the metronome. What is due, and whether it was done, stands in the database, so
any number of workers may run, and an outage delays and drops nothing. Log lines name rows and
states, never a person or an answer.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from types import FrameType
from typing import TypeVar

from apscheduler.schedulers.blocking import BlockingScheduler

from server import config as settings_of_machine
from server.actions.back_up import back_up
from server.actions.context import Context, open_context
from server.actions.end_pauses import end_pauses
from server.actions.follow_wordings import follow_wordings
from server.actions.lapse_assessments import lapse_assessments
from server.actions.open_envelope import open_waiting
from server.actions.send_due_messages import send_due_messages
from server.actions.tell_outside_person import tell_outside_person
from server.catalog.site import SiteWatch
from server.clock import Clock, SystemClock, from_text
from server.domain.people import Actor
from server.errors import AttuneError
from server.ids import new_id
from server.store import backups, leases, running, settings
from server.store.transaction import transaction

LOG = logging.getLogger("server.worker")
EVERY = timedelta(seconds=15)
EVERY_IN_DEMO = timedelta(seconds=2)
# A worker that was not heard of for so long has lost its turn to the next one.
LEASE = timedelta(seconds=90)
# Nobody is answering then, wherever the machine stands; the exact hour does not matter.
BACKUP_HOUR_UTC = 2
T = TypeVar("T")


class Worker:
    """One worker: its name is its own for as long as it lives."""

    def __init__(self, context: Context, machine: Clock | None = None) -> None:
        self.context = context
        self.name = f"worker-{os.getpid()}-{new_id()[:8]}"
        self.actor = Actor("system", self.name, "worker")
        self.stop = Event()
        self.watch = SiteWatch(context.config.site_wordings)
        # Leases keep the machine's own time: a demo's clock may be moved by months and back.
        self.machine = machine or SystemClock()

    def tick(self) -> None:
        """Do everything that is due. No part that fails keeps the others from being done."""
        if not self._guarded("lease", self._take_turn):
            return
        self._guarded("follow wordings", self._follow_wordings)
        self._guarded("open envelopes", lambda: open_waiting(self.context))
        self._guarded("put aside what closed", lambda: lapse_assessments(self.context))
        self._guarded("end pauses", lambda: end_pauses(self.context))
        self._guarded("send messages", self._send)
        self._guarded("tell of words", lambda: tell_outside_person(self.context, self.actor))
        self._guarded("back up", self._back_up_nightly)

    def finish(self) -> None:
        """Give the turn back, so that another worker need not wait for the lease to end."""
        self._guarded("release", self._release)

    def _follow_wordings(self) -> None:
        self.context = follow_wordings(self.context, self.watch) or self.context

    def _take_turn(self) -> bool:
        now = self.machine.now()
        with transaction(self.context.db, self.actor, "Heartbeat", now) as tx:
            return leases.take(tx, leases.WORKER, self.name, now + LEASE)

    def _release(self) -> None:
        now = self.machine.now()
        with transaction(self.context.db, self.actor, "Went off duty", now) as tx:
            leases.release(tx, leases.WORKER, self.name)

    def _send(self) -> None:
        ended = send_due_messages(self.context, self.name, stop=self.stop)
        if ended:
            LOG.info(
                "messages: %s", ", ".join(f"{count} {state}" for state, count in ended.items())
            )

    def _back_up_nightly(self) -> None:
        last = backups.last(self.context.db)
        if backup_due(from_text(last["at"]) if last else None, self.context.clock.now()):
            back_up(self.context)

    def _guarded(self, what: str, work: Callable[[], T]) -> T | None:
        """Run one part of a tick; a failure is logged by its kind and place, and the tick goes on."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - a worker that dies of one error sends nothing more
            LOG.error("%s failed: %s", what, described(error))  # noqa: TRY400 - a traceback may quote a row
            return None


def backup_due(last: datetime | None, now: datetime) -> bool:
    """Whether the night's backup is still to be made: none since its hour last came round."""
    hour = now.replace(hour=BACKUP_HOUR_UTC, minute=0, second=0, microsecond=0)
    since = hour if hour <= now else hour - timedelta(days=1)
    return last is None or last < since


def described(error: BaseException) -> str:
    """Return an error's kind and the place it came from. Its words may quote what nobody may log."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
    return f"{type(error).__name__} at {place}"


def run(context: Context) -> None:
    """Tick until SIGTERM or SIGINT; the tick in hand is finished first."""
    worker = Worker(context)
    pace = EVERY_IN_DEMO if settings.mode(context.db) == "demo" else EVERY
    scheduler = BlockingScheduler(timezone="UTC")
    scheduler.add_job(
        worker.tick,
        "interval",
        seconds=pace.total_seconds(),
        coalesce=True,
        max_instances=1,
        # A late tick is a tick all the same; the default drops what is a second late.
        misfire_grace_time=None,
        next_run_time=worker.machine.now(),
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _end)
    LOG.info("%s is on duty, every %d s", worker.name, pace.total_seconds())
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        worker.stop.set()
        if scheduler.running:
            scheduler.shutdown(wait=True)
        worker.finish()
        LOG.info("%s is off duty", worker.name)


def _end(_signal: int, _frame: FrameType | None) -> None:
    # Raised in the main thread, out of the scheduler's waiting: locks are let go on the way.
    raise SystemExit(0)


def main() -> int:
    """Run the worker of the installation that the environment names."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    # Its own lines say that a job was added and ran; at every tick that is noise.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    try:
        config = settings_of_machine.load()
        with running.hold(config.data):
            run(open_context(config))
    except AttuneError as error:
        LOG.error("%s", error)  # noqa: TRY400 - these are words for the operator
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
