"""Make the demo study: staff, two dozen participants and a year of their course, in one go or not at all."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from server.actions.context import Context
from server.actions.create_study import study_row
from server.actions.publish_forms import publish_forms
from server.channels.channel import Message, RefusedError
from server.clock import FixedClock
from server.demo import oddities, people, rated, synthetic
from server.demo.course import Course
from server.domain.people import Actor, Staff
from server.store import passwords, readiness, settings, staff, studies
from server.store.database import Database
from server.store.migrations import migrate

SIZE = 24
SEED = 20270301
# The first joined a year and a bit ago, the last two days ago, and more of them lately.
FIRST_DAYS_AGO, LAST_DAYS_AGO, LATELY = 400, 2, 1.35
MAKER = Actor("system", "demo", "maker")


class Silent:
    """Carries the past's reminders nowhere: they are history by the time the demo opens.

    One address is wrong, so that staff see what that looks like.
    """

    name = "email"

    def send(self, message: Message) -> None:
        if message.to == people.UNREACHABLE:
            raise RefusedError("550 no such mailbox")


def make_demo(
    context: Context, static_version: str, tell: Callable[[str], None] = lambda _text: None
) -> None:
    """Build the demo beside the database's place and move it there when it is whole.

    `static_version` names the tree of styles and scripts that the forms' pages point to.
    """
    folder = context.config.data / "making"
    shutil.rmtree(folder, ignore_errors=True)
    db = Database(folder / "attune.db")
    migrate(db)
    # Nothing in it is anybody's answer yet: if the power fails now, it is simply made again.
    db.connection.execute("PRAGMA synchronous=OFF")
    try:
        _fill(replace(context, db=db, channel=Silent()), static_version, tell)
        db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    context.db.close()
    _clear(context)
    (folder / "attune.db").replace(context.config.database)
    shutil.rmtree(folder, ignore_errors=True)


def _clear(context: Context) -> None:
    """Take away the empty database and its side files, which must not meet the new one."""
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            context.config.database.with_name(context.config.database.name + suffix).unlink()


def _fill(context: Context, static_version: str, tell: Callable[[str], None]) -> None:
    clock = FixedClock(context.clock.now() - timedelta(days=FIRST_DAYS_AGO + 5))
    moved = replace(context, clock=clock)
    study_id, ids = _found(moved)
    publish_forms(moved, static_version)
    rated.found(moved, clock, ids, context.clock.now())
    coordinator = Staff(ids[people.STAFF[0].email], study_id, frozenset({"coordinator"}))
    dice = random.Random(SEED)
    now = context.clock.now()
    for index, person in enumerate(synthetic.cohort(SIZE, SEED)):
        course = Course(moved, clock, coordinator, ids, now, index, person, dice)
        share = ((SIZE - 1 - index) / (SIZE - 1)) ** LATELY
        ago = LAST_DAYS_AGO + (FIRST_DAYS_AGO - LAST_DAYS_AGO) * share
        course.live(since=now - timedelta(days=ago))
        oddities.settle(course)
        tell(f"made participant {index + 1} of {SIZE}")


def _found(context: Context) -> tuple[str, dict[str, str]]:
    """Found the demo with its study and its accounts; return the study's id and address → staff id."""
    kept = passwords.keep(people.PASSWORD)
    with context.write(MAKER, "make the demo") as tx:
        settings.found(tx, "demo")
        row = study_row(context, people.STUDY, synthetic=True)
        studies.add(tx, {**row, **people.TEAM}, people.HELP)
        ids = {}
        for colleague in people.STAFF:
            ids[colleague.email] = staff.add(tx, colleague.name, colleague.email, kept)
            for role in colleague.roles:
                staff.grant(tx, ids[colleague.email], row["id"], role)
        studies.change(tx, row["id"], {"outside_staff_id": ids[people.OUTSIDE]})
        chosen = {"languages": people.LANGUAGES}
        readiness.record(tx, row["id"], "languages", context.clock.now().date(), chosen)
    return str(row["id"]), ids
