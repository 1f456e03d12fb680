"""What a course tried out shows on the page: its sum, its months, its days with the words of each message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import get_locale, gettext, ngettext

from server.actions.simulate import Simulated
from server.domain.agenda import Day, agenda, last_day
from server.domain.protocol import Protocol
from server.domain.simulation import Line, Message, Outcome
from server.outputs import calendar, protocol_words, simulation
from server.web.access import context
from server.web.staff import moments, words
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Form:
    """A form asked on a day."""

    label: str
    about: str
    anchor: str
    opens: str
    closes: Moment | None
    minutes: int
    by: str
    state: words.Mark


@dataclass(frozen=True)
class Letter:
    """A message with its words."""

    time: str
    first: str
    subject: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A day of the list."""

    on: str
    label: str
    visits: list[str]
    forms: list[Form]
    letters: list[Letter]


@dataclass(frozen=True)
class Result:
    """Everything that would happen."""

    summary: list[tuple[str, str]]
    months: tuple[calendar.Month, ...]
    days: list[Shown]
    reasons: dict[str, list[str]]


def present(done: Simulated, now: datetime) -> Result:
    """Return everything that would happen; states are as of `now`."""
    outcome, protocol = done.outcome, done.protocol
    days = agenda(outcome)
    letters = simulation.Letters(outcome, context().config.url)
    return Result(
        summary=_summary(outcome, days),
        months=calendar.months(outcome, days, protocol, str(get_locale())),
        days=[
            _shown(day, done, now, letters)
            for day in days
            if day.visits or day.opens or day.messages
        ],
        reasons=simulation.reasons(outcome),
    )


def _summary(outcome: Outcome, days: tuple[Day, ...]) -> list[tuple[str, str]]:
    theirs = [line for line in outcome.lines if line.row.respondent == "participant"]
    others = len(outcome.lines) - len(theirs)
    busiest = max((sum(_theirs(day)) for day in days), default=0)
    last = moments.day(days[-1].on) if days else None
    found = [
        (gettext("Forms"), str(len(theirs))),
        (gettext("Minutes in all"), str(sum(line.row.minutes for line in theirs))),
        (gettext("Most minutes that open on one day"), str(busiest)),
        (gettext("Messages"), str(len(outcome.messages))),
        (gettext("Until"), last.text if last else ""),
    ]
    return [*found, (gettext("Answered by others"), str(others))] if others else found


def _theirs(day: Day) -> list[int]:
    return [line.row.minutes for line in day.opens if line.row.respondent == "participant"]


def _shown(day: Day, done: Simulated, now: datetime, letters: simulation.Letters) -> Shown:
    outcome, protocol = done.outcome, done.protocol
    visits = [
        protocol_words.visit(label, protocol) + (f", {visit.at:%H:%M}" if visit.at else "")
        for label, visit in day.visits
    ]
    return Shown(
        on=day.on.isoformat(),
        label=_label(day.on),
        visits=visits,
        forms=[_form(line, outcome, protocol, now) for line in day.opens],
        letters=[_letter(each, outcome, letters) for each in day.messages],
    )


def _label(on: date) -> str:
    found = moments.day(on)
    return found.full if found else ""


def _form(line: Line, outcome: Outcome, protocol: Protocol, now: datetime) -> Form:
    row = line.row
    opens, closes = outcome.local(row.opens_at), outcome.local(row.closes_at)
    whole = closes.time() == datetime.min.time()
    by = "" if row.respondent == "participant" else protocol_words.answered_by(row.respondent)
    return Form(
        label=row.label,
        about=(row.about or "").replace("-", " "),
        anchor=protocol_words.point(row.anchor, protocol),
        opens="" if opens.time() == datetime.min.time() else f"{opens:%H:%M}",
        closes=moments.day(last_day(outcome, line), None if whole else closes.time()),
        minutes=row.minutes,
        by=by,
        state=words.assessment(simulation.state_of(line, now)),
    )


def _letter(message: Message, outcome: Outcome, letters: simulation.Letters) -> Letter:
    subject, *text = letters.whole(message)
    count = len(message.open)
    named = ngettext("%(num)s form is open", "%(num)s forms are open", count)
    return Letter(
        time=f"{outcome.local(message.at):%H:%M}",
        first=" ".join(letters.own(message)) or named,
        subject=subject,
        text="\n".join(text).strip(),
    )
