"""A participant's forms, line by line: what became of each, and what it wants of whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.actions.context import Context
from server.domain.assessment import overdue, state
from server.domain.people import Staff
from server.domain.protocol import Protocol
from server.store.database import Row
from server.web.staff import desk, moments, visit_lines, words
from server.web.staff.moments import Moment
from server.web.staff.visit_lines import anchor_label


@dataclass(frozen=True)
class FormLine:
    """One form at one point of the course."""

    id: str
    label: str
    about: str
    anchor: str
    # What became of the visit's date since it was answered; empty while it is the same.
    moved: str
    opens: Moment | None
    closes: Moment | None
    state: words.Mark
    # Why it is excused, or who entered it.
    remark: str
    answered: Moment | None
    # None where there is no answer, or none that this viewer may read.
    response_id: str | None
    wish: desk.Wish | None


def lines(
    context: Context,
    viewer: Staff,
    asked: list[Row],
    dated: list[Row],
    zone: str,
    protocol: Protocol,
) -> list[FormLine]:
    """Return a line for each row of the plan, in its order; `dated` are the visits as they stand."""
    now = context.clock.now()
    called = {row["id"]: row for row in dated}
    return [
        _line(context, viewer, row, called.get(row["visit_id"]), now, zone, protocol)
        for row in asked
    ]


def _line(
    context: Context,
    viewer: Staff,
    row: Row,
    visit: Row | None,
    now: datetime,
    zone: str,
    protocol: Protocol,
) -> FormLine:
    shown = state(row, now)
    remark = row["became_reason"] if shown == "excused" else ""
    if row["response_id"]:
        # "Transcribed" has said already that it came from paper.
        source = "" if shown == "transcribed" else row["source"]
        remark = words.source(source, row["entered_by_name"])
    return FormLine(
        id=row["id"],
        label=row["label"],
        about=row["about_name"] or "",
        anchor=_anchor(viewer, row, protocol),
        moved=visit_lines.moved_since(row, visit) if row["response_id"] else "",
        opens=moments.opening(row["opens_at"], zone, named=False),
        closes=moments.closing(row["closes_at"], zone, named=False),
        state=words.assessment(shown, overdue=overdue(row, now)),
        remark=remark,
        answered=moments.moment(row["answered_at"], zone, named=False),
        response_id=row["response_id"] if _reads(viewer, row) else None,
        wish=desk.wish(context, viewer, row, now),
    )


def _anchor(viewer: Staff, row: Row, protocol: Protocol) -> str:
    """Name the point that a form is counted from; a rater must not learn from it what happens when."""
    if viewer.blinded:
        return ""
    anchor = anchor_label(protocol, row["anchor"])
    course = visit_lines.course_label(protocol, row["course"])
    return f"{anchor}, {course}" if course else anchor


def _reads(viewer: Staff, row: Row) -> bool:
    """Whether the answer is for this viewer, too: a rater reads what they entered themselves."""
    return not viewer.blinded or row["entered_by"] == viewer.id
