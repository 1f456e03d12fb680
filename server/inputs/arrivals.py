"""A table of participants → what each row says, with every mistake by line and column at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import partial

from server.domain import entry
from server.domain.arrival import (
    CONTACT,
    ENROLLED_ON,
    FACTS,
    GROUP,
    Arrival,
    FactKind,
    GuideSaid,
    VisitSaid,
)
from server.domain.course import ENROLMENT, expected
from server.domain.entry import Checks, FieldError
from server.domain.facts import VisitStatus
from server.domain.protocol import Protocol
from server.domain.reminders import may_wish
from server.domain.visit_names import VisitName, visit_name, when
from server.errors import BadInputError
from server.inputs import table

CODE = "code"
CHANNELS = ("email", "none")
# How many columns of each the template proposes where the number is open.
PROPOSED = 2
_GUIDE = re.compile(r"(facilitator-[1-9]\d?)(?:-(name|from|to))?")
_STATUS = re.compile(r"(planned|held|cancelled|no-show)[\s:]+(.+)")
# The event that some forms are about is no column: it is sealed, and asked once, of the participant on
# the phone or by staff. A table would lay it open to everybody who handles the file.
_PLAIN = (CODE, *FACTS, *CONTACT, ENROLLED_ON, GROUP)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something to be mended: on which line (the head is line 1), in which column, how."""

    line: int
    column: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.remedy}"


@dataclass(frozen=True)
class Person:
    """Somebody who may guide: id, name, e-mail address."""

    id: str
    name: str
    email: str


@dataclass
class Read:
    """What a table says, and all that is wrong with it."""

    arrivals: list[Arrival] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def columns(protocol: Protocol) -> tuple[str, ...]:
    """Return the columns of a table for this protocol, those of visits and facilitators included."""
    shares = any(kind.group for kind in protocol.visits.values())
    left_out = {"" if protocol.sites else "site", "" if shares else GROUP}
    plain = [name for name in _PLAIN if name not in left_out]
    visits = [str(name) for name in _visit_columns(protocol)]
    guides = [
        f"facilitator-{number + 1}{ending}"
        for number in range(PROPOSED)
        for ending in ("", "-name", "-from", "-to")
    ]
    return (*plain, *visits, *guides)


def read(data: bytes, protocol: Protocol, people: Sequence[Person], *, arms: bool) -> Read:
    """Return what each row says.

    `arms`: whether whoever imports may know who is in which arm.

    Raises:
        BadInputError: it is no table, or has no column `code`.

    """
    rows = table.read(data, [CODE])
    if not rows:
        raise BadInputError("The table has a head and no rows.")
    found = Read()
    reader = _Reader(protocol, people, list(rows[0].cells))
    found.problems += reader.head(arms=arms)
    codes: dict[str, int] = {}
    for row in rows:
        arrival = reader.row(row, found.problems)
        first = codes.setdefault(arrival.code.casefold(), row.line)
        if arrival.code and first != row.line:
            remedy = f"{arrival.code} stands in line {first} already."
            found.problems.append(Problem(row.line, CODE, remedy))
        found.arrivals.append(arrival)
    return found


def _visit_columns(protocol: Protocol) -> Iterator[VisitName]:
    for course in sorted(protocol.courses):
        for kind, definition in protocol.visits.items():
            if kind != ENROLMENT:
                for number in range(expected(definition) or PROPOSED):
                    yield VisitName(course, kind, number + 1)


class _Reader:
    """Knows what the columns mean, and reads row by row."""

    def __init__(self, protocol: Protocol, people: Iterable[Person], head: Sequence[str]) -> None:
        self.protocol = protocol
        self.head_names = head
        self.visits: dict[str, VisitName] = {}
        self.unknown: dict[str, str] = {}
        self.people: dict[str, list[Person]] = {}
        for person in people:
            for name in {person.name.casefold(), person.email.casefold()} - {""}:
                self.people.setdefault(name, []).append(person)
        for column in head:
            self._place(column)

    def head(self, *, arms: bool) -> list[Problem]:
        """Return what is wrong with the columns themselves."""
        found = [Problem(1, column, remedy) for column, remedy in self.unknown.items()]
        if "arm" in self.head_names and self.protocol.allocation and not arms:
            roles = ", ".join(self.protocol.allocation.known_to)
            remedy = (
                f"Who is in which arm is known to {roles} only. Leave the column out, or say "
                "--with-arms if you may know it."
            )
            found.append(Problem(1, "arm", remedy))
        twice = {
            name for name in self.visits.values() if list(self.visits.values()).count(name) > 1
        }
        found += [Problem(1, str(name), "There are two columns for this visit.") for name in twice]
        return found

    def row(self, row: table.Row, problems: list[Problem]) -> Arrival:
        """Return what a row says; what cannot be read is left out and becomes a problem."""
        checks = Checks()
        cells = {column: cell.strip() for column, cell in row.cells.items()}
        arrival = Arrival(
            line=row.line,
            code=checks.field(CODE, lambda: entry.code(cells[CODE]), ""),
            facts=self._facts(cells, checks),
            contact=_contact(cells, checks),
            enrolled_on=self._day(cells, ENROLLED_ON, checks),
            visits=tuple(self._visits(cells, checks)),
            guides=tuple(self._guides(cells, checks)),
            group=cells.get(GROUP, ""),
        )
        problems += (Problem(row.line, place, remedy) for place, remedy in checks.places.items())
        return arrival

    def _place(self, column: str) -> None:
        """Find out what a column is about."""
        if column in _PLAIN or _GUIDE.fullmatch(column):
            return
        try:
            name = visit_name(self.protocol, column)
        except FieldError as remedy:
            near = difflib.get_close_matches(column, _PLAIN, n=1, cutoff=0.75)
            self.unknown[column] = (
                f"Unknown column; did you mean {near[0]}?"
                if near
                else f"Unknown column. {remedy} Others: {', '.join(_PLAIN)}, facilitator-1."
            )
            return
        if name.kind == ENROLMENT:
            self.unknown[column] = f"Write the day of enrolment in the column {ENROLLED_ON}."
        else:
            self.visits[column] = name

    def _facts(self, cells: Mapping[str, str], checks: Checks) -> dict[FactKind, str]:
        said: dict[FactKind, str] = {kind: cells.get(kind, "") for kind in FACTS}
        if said["zone"]:
            said["zone"] = checks.field("zone", partial(entry.zone, said["zone"]), "")
        if said["language"]:
            said["language"] = checks.field(
                "language", partial(entry.language, said["language"]), ""
            )
        if said["hours"]:
            said["hours"] = checks.field("hours", partial(self._hour, said["hours"]), "")
        known: dict[FactKind, Collection[str]] = {
            "arm": self.protocol.arms, "site": self.protocol.sites, "channel": CHANNELS,
        }  # fmt: skip
        for kind, choices in known.items():
            there = ", ".join(choices) or "nothing: this protocol has none"
            checks.require(
                kind, not said[kind] or said[kind] in choices, f"Choose one of: {there}."
            )
        return {kind: value for kind, value in said.items() if value}

    def _hour(self, text: str) -> str:
        """Read the hour at which somebody wishes to be reminded, as they could choose it on the phone."""
        hours = self.protocol.reminders.hours
        try:
            wished = time.fromisoformat(text.zfill(5))
        except ValueError:
            wished = None
        if wished not in may_wish(hours):
            night = f"{hours.quiet_from:%H:%M} to {hours.quiet_to:%H:%M}"
            raise FieldError(
                f"Write a full or half hour such as 18:00, not in the quiet hours, {night}."
            )
        return f"{wished:%H:%M}"

    def _day(self, cells: Mapping[str, str], column: str, checks: Checks) -> date | None:
        text = cells.get(column, "")
        return checks.field(column, lambda: when(text)[0], None) if text else None

    def _visits(self, cells: Mapping[str, str], checks: Checks) -> Iterator[VisitSaid]:
        for column, name in self.visits.items():
            text = cells.get(column, "")
            said = checks.field(column, partial(_visit, name, text), None) if text else None
            if said is not None:
                yield said

    def _guides(self, cells: Mapping[str, str], checks: Checks) -> Iterator[GuideSaid]:
        for column in sorted(cells):
            match = _GUIDE.fullmatch(column)
            place = match[1] if match else ""
            if match is None or match[2] or not cells[column]:
                _require_person(match, cells, checks)
                continue
            person = checks.field(column, partial(self._person, cells[column]), None)
            first = self._day(cells, f"{place}-from", checks)
            last = self._day(cells, f"{place}-to", checks)
            name = cells.get(f"{place}-name", "")
            name = checks.field(f"{place}-name", partial(entry.name, name, 60), "")
            if person is not None:
                yield GuideSaid(place, person.id, person.name.split()[0], name, first, last)

    def _person(self, text: str) -> Person:
        found = self.people.get(text.casefold(), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise FieldError(f"Several are called {text}. Write the e-mail address instead.")
        names = sorted({person.name for each in self.people.values() for person in each})
        there = ", ".join(names) or "nobody yet; add facilitators under Study, Staff and roles"
        raise FieldError(f"{text} is no facilitator of this study; there is {there}.")


def _require_person(match: re.Match[str] | None, cells: Mapping[str, str], checks: Checks) -> None:
    """A name or a day of nobody is a slip of a column."""
    if match is not None and match[2] and cells[match[0]]:
        checks.require(match[0], cells.get(match[1]), f"Say who in the column {match[1]}.")


def _contact(cells: Mapping[str, str], checks: Checks) -> dict[str, str]:
    said = {name: cells.get(name, "") for name in CONTACT}
    for name, check in (("name", entry.name), ("email", entry.email), ("phone", entry.phone)):
        if said[name]:
            said[name] = checks.field(name, partial(check, said[name]), "")
    return {name: value for name, value in said.items() if value}


def _visit(name: VisitName, text: str) -> VisitSaid:
    """Read `2027-03-12`, `2027-03-12 09:30` or `cancelled 2027-03-12`."""
    match = _STATUS.fullmatch(text)
    status: VisitStatus | None = match[1] if match else None  # type: ignore[assignment]  # the pattern names them
    on, at = when(match[2] if match else text)
    return VisitSaid(name, on, at, status)
