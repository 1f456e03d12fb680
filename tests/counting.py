"""Counts what is asked of the database: for tests that a page's cost does not grow with what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.actions.enrol_participant import Enrolment, enrol_participant
from server.store.database import Database
from tests.cast import ENROLLED, Cast


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """Gather the statements that this thread runs."""
    run: list[str] = []
    db.connection.set_trace_callback(run.append)
    try:
        yield run
    finally:
        db.connection.set_trace_callback(None)


def enrol_more(cast: Cast, number: int) -> list[str]:
    """Enrol so many more, and return their ids."""
    actor, found = cast.actor(cast.coordinator), []
    for count in range(number):
        entry = Enrolment(
            code=f"MORE-{count + 1}", zone="Europe/Berlin", language="en", arm="immediate",
            channel="none", name="", email="", phone="", enrolled_on=ENROLLED,
        )  # fmt: skip
        found.append(enrol_participant(cast.context, actor, cast.coordinator, entry))
    return found
