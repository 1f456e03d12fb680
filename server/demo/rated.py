"""A second, small study: on paper, with an independent rater who has one interview still to enter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.actions.assign_rater import assign_rater
from server.actions.context import Context
from server.actions.create_study import study_row
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.enter_answers import Entry, enter_answers, transcribe_answers
from server.actions.mark_on_paper import mark_on_paper
from server.actions.record_event import record_event
from server.clock import FixedClock
from server.demo import people
from server.demo.course import SEES_ALL
from server.domain.people import Actor, Staff
from server.ids import new_id
from server.store import assessments, forms, staff, studies
from server.store.database import Row

_ZONE = ZoneInfo("Europe/Berlin")
# Days since each joined, and the total that the rater entered five days later; None: not entered yet.
_PEOPLE: tuple[tuple[int, int | None], ...] = ((24, 47), (16, 38), (6, None))
_MAKER = Actor("system", "demo", "maker")
_PAPER = "stress-baseline"
_RATED = "rated-baseline"


@dataclass(frozen=True)
class _Study:
    """Who runs the study and who rates, and the clock that they live by."""

    context: Context
    clock: FixedClock
    coordinator: Staff
    rater: Staff


def found(context: Context, clock: FixedClock, ids: dict[str, str], now: datetime) -> None:
    """Add the study with three participants; the clock is left where it was."""
    before = clock.at
    with context.write(_MAKER, "make the demo's second study") as tx:
        row = study_row(context, people.RATED, synthetic=True)
        studies.add(tx, {**row, **people.TEAM}, people.HELP)
        for email, roles in people.RATED_STAFF.items():
            for role in roles:
                staff.grant(tx, ids[email], row["id"], role)
        studies.change(tx, row["id"], {"outside_staff_id": ids[people.OUTSIDE]})
    study = _Study(
        context, clock,
        Staff(ids["admin@example.org"], row["id"], frozenset({"administrator", "coordinator"})),
        Staff(ids["rater@example.org"], row["id"], frozenset({"rater"})),
    )  # fmt: skip
    for number, (ago, total) in enumerate(_PEOPLE, start=1):
        _live(study, f"R{number:03d}", now - timedelta(days=ago), total)
    clock.at = before


def _live(study: _Study, code: str, since: datetime, total: int | None) -> None:
    context, who = study.context, study.coordinator
    day = since.astimezone(_ZONE).date()
    study.clock.at = datetime.combine(day, time(10, 30), _ZONE)
    actor = _acting(who)
    entry = Enrolment(code, str(_ZONE), "en", "everyone", "none", "", "", "", day)
    participant = enrol_participant(context, actor, who, entry)
    record_event(context, actor, who, participant, *people.EVENTS[0])
    assign_rater(context, actor, who, participant, study.rater.id)
    study.clock.at += timedelta(days=2)
    paper = _row(study, participant, _PAPER)
    if total is None:
        mark_on_paper(context, actor, who, paper["id"], day)
        return
    answers = {
        item.id: {"state": "answered", "value": 2 + place % 2}
        for place, item in enumerate(context.catalog.instrument(paper["instrument"]).questions)
    }
    transcribe_answers(context, actor, who, paper["id"], _entry(study, paper, answers, on=day))
    study.clock.at += timedelta(days=3)
    asked = _row(study, participant, _RATED)
    given = {"total": {"state": "answered", "value": total}}
    enter_answers(
        context, _acting(study.rater), study.rater, asked["id"], _entry(study, asked, given)
    )


def _row(study: _Study, participant: str, definition: str) -> Row:
    rows = assessments.of(study.context.db, SEES_ALL, participant)
    return next(row for row in rows if row["definition"] == definition)


def _entry(
    study: _Study, row: Row, answers: dict[str, dict[str, object]], on: date | None = None
) -> Entry:
    form = str(forms.latest(study.context.db, row["instrument"], "en"))
    return Entry(new_id(), form, "en", None, answers, on)


def _acting(viewer: Staff) -> Actor:
    return Actor("staff", viewer.id, "+".join(sorted(viewer.roles)))
