"""Trying a design out: what one imagined participant would be asked and sent until the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from server.actions.read_trial import ZONE, Wanted, present
from server.actions.simulate import try_out
from server.catalog import typical_run
from server.domain.course import ENROLMENT, expected, in_order
from server.domain.people import CARES
from server.domain.protocol import Protocol
from server.domain.visit_names import VisitName, with_number
from server.errors import BadInputError
from server.outputs import calendar
from server.web.access import context, staff
from server.web.staff import blueprint, entry, tried_out
from server.web.staff.activities import chosen, versions
from server.web.staff.participants import languages

# Of visits whose number is open, so many fields at most; of answers, so many lines.
MOST_VISITS = 24
ANSWERS = 4


@dataclass(frozen=True)
class VisitField:
    """Where a visit's day and time are entered."""

    name: str
    label: str
    day: str
    time: str
    at: str


@dataclass
class Entry:
    """What stands in the form, and what is wrong with it by field."""

    arm: str = ""
    site: str = ""
    language: str = "en"
    zone: str = ZONE
    enrolled: str = ""
    guides: str = "2"
    event: bool = True
    now: str = ""
    visits: dict[VisitName, tuple[str, str]] = field(default_factory=dict)
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@blueprint.get("/study/simulate")
@staff()
def simulate() -> ResponseReturnValue:
    """Show the form, filled with a plausible course at first, and what follows from it."""
    protocol = chosen()
    entered = _entered(protocol) if "tried" in request.args else _proposed(protocol)
    result = _tried(protocol, entered)
    page = render_template(
        "staff/simulate.html",
        protocol=protocol,
        versions=[(each, each) for each in versions(protocol.id)],
        entry=entered,
        answers=[*entered.answers, *[("", "", "")] * ANSWERS][:ANSWERS],
        courses=_courses(protocol, entered),
        zones=[(name, name.replace("_", " ")) for name in entry.zones()],
        languages=languages(),
        definitions=[(each.id, each.label) for each in protocol.assessments],
        unallocated=protocol.allocation is not None,
        weekdays=calendar.weekdays(str(get_locale())),
        result=result,
        cares=bool(g.staff.roles & CARES),
    )
    return page, 200 if result else 422


def _tried(protocol: Protocol, entered: Entry) -> tried_out.Result | None:
    """Try it out; None when something is to be mended first."""
    here = context()
    try:
        done = try_out(here.catalog, protocol, _wanted(entered))
        now = present(entered.now or None, entered.zone, here.clock)
    except BadInputError as error:
        _complain(protocol, entered, error)
        return None
    return tried_out.present(done, now)


def _proposed(protocol: Protocol) -> Entry:
    """Return a plausible course that begins in the coming days, on the weekday it was written for."""
    gone = (context().clock.now().date() - typical_run.ENROLLED).days
    shift = timedelta(weeks=-(-gone // 7))
    found = Entry(arm=next(iter(protocol.arms)), site=next(iter(protocol.sites), ""))
    found.enrolled = (typical_run.ENROLLED + shift).isoformat()
    counts: dict[str, int] = {}
    for visit in in_order(typical_run.visits(protocol, timedelta(weeks=1))):
        if visit.course == 1 and visit.kind != ENROLMENT:
            counts[visit.kind] = counts.get(visit.kind, 0) + 1
            name = VisitName(1, visit.kind, counts[visit.kind])
            found.visits[name] = ((visit.on + shift).isoformat(), "")
    return found


def _entered(protocol: Protocol) -> Entry:
    args = request.args
    found = Entry(
        arm=args.get("arm", ""),
        site=args.get("site", ""),
        language=args.get("language", "en")[:20],
        zone=args.get("zone", ZONE)[:60],
        enrolled=args.get("enrolled", "")[:20],
        guides=args.get("guides", "2")[:4],
        event="event" in args,
        now=args.get("now", "")[:30],
    )
    for name in _names(protocol):
        day = args.get(f"day-{_key(name)}", "")[:20]
        if day:
            found.visits[name] = (day, args.get(f"time-{_key(name)}", "")[:10])
    for at in range(ANSWERS):
        line = tuple(args.get(f"{part}-{at}", "")[:60] for part in ("form", "moment", "holds"))
        if line[0]:
            found.answers.append((line[0], line[1], line[2]))
    return found


def _wanted(entered: Entry) -> Wanted:
    results = [
        f"{definition}.{each.strip()}"
        for definition, _moment, holds in entered.answers
        for each in holds.split(",")
        if each.strip()
    ]
    return Wanted(
        visits=[_text(name, day, at) for name, (day, at) in entered.visits.items()],
        arm=entered.arm,
        site=entered.site,
        language=entered.language,
        zone=entered.zone,
        enrolled=entered.enrolled or None,
        guides=int(entered.guides) if entered.guides.isdigit() else -1,
        event=entered.event,
        answered=[f"{definition}={moment}" for definition, moment, _holds in entered.answers],
        results=results,
    )


def _text(name: VisitName, day: str, at: str) -> str:
    return f"{name}={day} {at}".strip()


def _complain(protocol: Protocol, entered: Entry, error: BadInputError) -> None:
    """Put each remedy beside its field, and all above the form."""
    fields = {"facilitators": "guides"}
    fields |= {str(name): f"day-{_key(name)}" for name in _names(protocol)}
    for name, (day, at) in entered.visits.items():
        fields[_text(name, day, at)] = f"day-{_key(name)}"
    for number, (definition, moment, _holds) in enumerate(entered.answers):
        fields[f"{definition}={moment}"] = f"moment-{number}"
    for place, remedy in error.places.items():
        named = fields.get(place, place)
        known = named in vars(entered) or named in fields.values()
        entered.places[named] = remedy
        entered.problems.append(remedy if known else f"{place}: {remedy}")


def _courses(protocol: Protocol, entered: Entry) -> list[tuple[int, str, list[VisitField]]]:
    """Return the visits' fields by course; of a kind whose number is open, one more than is filled."""
    return [
        (course, label, _fields(protocol, entered, course))
        for course, label in sorted(protocol.courses.items())
    ]


def _fields(protocol: Protocol, entered: Entry, course: int) -> list[VisitField]:
    found = []
    for kind, definition in protocol.visits.items():
        if kind == ENROLMENT and course == 1:
            continue
        known = expected(definition)
        filled = [n.number for n in entered.visits if (n.course, n.kind) == (course, kind)]
        shown = known or min(max(filled, default=0) + 1, MOST_VISITS)
        for number in range(1, shown + 1):
            name = VisitName(course, kind, number)
            day, at = entered.visits.get(name, ("", ""))
            label = definition.label if known == 1 else with_number(definition.label, str(number))
            found.append(VisitField(f"day-{_key(name)}", label, day, f"time-{_key(name)}", at))
    return found


def _names(protocol: Protocol) -> list[VisitName]:
    """Return every visit that may be entered."""
    return [
        VisitName(course, kind, number + 1)
        for course in sorted(protocol.courses)
        for kind, definition in protocol.visits.items()
        for number in range(expected(definition) or MOST_VISITS)
    ]


def _key(name: VisitName) -> str:
    return f"{name.course}-{name.kind}-{name.number}"
