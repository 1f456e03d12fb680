"""What does not go by the book: excused, on paper, begun and not sent, late. So that staff see each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.actions.enter_answers import Entry, transcribe_answers
from server.actions.excuse_assessment import excuse_assessment
from server.actions.mark_on_paper import mark_on_paper
from server.actions.note_begun import note_begun
from server.clock import from_text
from server.demo.answering import answer
from server.demo.course import SEES_ALL, Course
from server.domain.assessment import LAPSED, state
from server.ids import new_id
from server.store import assessments, forms
from server.store.database import Row


def settle(course: Course) -> None:
    """Let something odd become of the latest forms that somebody left unanswered."""
    left = [
        row
        for row in assessments.of(course.context.db, SEES_ALL, course.participant_id)
        if state(row, course.now) in LAPSED and row["about_staff_id"] is None
    ]
    left.sort(key=lambda row: (row["closes_at"], row["position"]), reverse=True)
    for happens, row in zip(_HAPPENS.get(course.index, ()), left, strict=False):
        happens(course, row)
        course.clock.at = course.now


def _excused(course: Course, row: Row) -> None:
    excuse_assessment(
        course.context, course.actor, course.coordinator, row["id"], "in hospital that week"
    )


def _begun(course: Course, row: Row) -> None:
    if course.device is not None:
        course.clock.at = from_text(row["opens_at"]) + timedelta(hours=9)
        note_begun(course.context, course.device, {row["id"]: course.clock.at})


def _on_paper(course: Course, row: Row) -> None:
    on = from_text(row["target_at"]).astimezone(course.zone).date()
    mark_on_paper(course.context, course.actor, course.coordinator, row["id"], on)


def _transcribed(course: Course, row: Row) -> None:
    _enter(course, row, from_text(row["target_at"]).astimezone(course.zone))


def _too_late(course: Course, row: Row) -> None:
    _enter(course, row, from_text(row["closes_at"]).astimezone(course.zone) + timedelta(days=1))


def _enter(course: Course, row: Row, filled: datetime) -> None:
    """Enter what stood on a paper, a few days after it was filled in."""
    instrument = course.context.catalog.instrument(row["instrument"])
    course.clock.at = min((filled + timedelta(days=3)).replace(hour=10, minute=20), course.now)
    entry = Entry(
        response_id=new_id(), form=str(forms.latest(course.context.db, instrument.id, "en")),
        language="en", began_at=None, on=filled.date(),
        answers=answer(
            instrument, 0, course.months_after(row), course.person, course.own_dice(row, "words")
        ),
    )  # fmt: skip
    transcribe_answers(course.context, course.actor, course.coordinator, row["id"], entry)


# By the place of the person in the cohort: these are the silent ones, who leave much unanswered.
_HAPPENS: dict[int, tuple[Callable[[Course, Row], None], ...]] = {
    5: (_begun, _excused, _excused),
    13: (_on_paper, _transcribed, _too_late),
    21: (_begun, _on_paper),
}
