"""The table of all dates of one course: a row for each visit there is or is to be, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from flask_babel import gettext

from server.domain.course import ENROLMENT, expected
from server.domain.facts import NOT_STANDING
from server.domain.protocol import Protocol, VisitKind
from server.domain.visit_names import with_number
from server.store.database import Row
from server.web.staff import entry, moments, visit_lines, words
from server.web.staff.moments import Moment

# More rows than any course has; whoever sends more did not fill in our page.
MOST = 120


@dataclass
class DateRow:
    """One visit in the table; `visit_id` is empty where it is yet to be entered.

    `held` is the tick: it took place on that very day. `places` names what is wrong, by field.
    """

    kind: str
    label: str
    visit_id: str = ""
    on: str = ""
    at: str = ""
    held: bool = False
    status: words.Mark | None = None
    when: Moment | None = None
    past: bool = False
    fixed: bool = False
    shared: bool = False
    optional_time: bool = True
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether it is shown only: what was held is changed on its own page."""
        return self.status is not None

    @property
    def entered(self) -> bool:
        """Whether anything was typed into it."""
        return bool(self.on or self.at or self.held)


@dataclass(frozen=True)
class Kind:
    """A kind of visit with its rows; `more` where another may be added."""

    name: str
    label: str
    rule: str
    rows: list[DateRow]
    more: bool


def table(protocol: Protocol, dated: list[Row], today: date) -> list[Kind]:
    """Return the kinds of visit in the protocol's order, with a row for each one known or foreseen.

    `dated` are visits of one course as they stand, `today` is the participant's day.
    """
    return [
        _kind(name, kind, [row for row in dated if row["kind"] == name], today, protocol)
        for name, kind in protocol.visits.items()
        if name != ENROLMENT
    ]


def filled(kinds: list[Kind], form: Mapping[str, str]) -> list[Kind]:
    """Return the table with what was typed, and one row more of the kind whose `add` was pressed."""
    typed: dict[str, list[dict[str, str]]] = {}
    for number in range(MOST):
        kind = form.get(f"kind-{number}")
        if kind is None:
            break
        each = {name: form.get(f"{name}-{number}", "") for name in ("visit", "on", "at", "held")}
        typed.setdefault(kind, []).append(each)
    if (more := form.get("add", "")) in {kind.name for kind in kinds if kind.more}:
        typed.setdefault(more, []).append(dict.fromkeys(("visit", "on", "at", "held"), ""))
    return [_filled(kind, typed.get(kind.name, [])) for kind in kinds]


def numbered(kinds: list[Kind]) -> list[tuple[int, DateRow]]:
    """Return the rows that can be typed into, with the numbers that their fields carry."""
    return list(enumerate(row for kind in kinds for row in kind.rows if not row.settled))


def _kind(name: str, kind: VisitKind, rows: list[Row], today: date, protocol: Protocol) -> Kind:
    standing = [row for row in rows if row["status"] not in NOT_STANDING]
    found = [_row(name, kind, row, today, protocol) for row in standing]
    most = expected(kind)
    missing = max(most - len(found), 0) if most is not None else 1
    blanks = [blank(name, kind, len(found) + number) for number in range(1, missing + 1)]
    return Kind(name, kind.label, visit_lines.date_exception(kind), [*found, *blanks], most is None)


def _row(name: str, kind: VisitKind, row: Row, today: date, protocol: Protocol) -> DateRow:
    held = row["status"] == "held"
    return DateRow(
        kind=name,
        label=visit_lines.visit_label(protocol, row),
        visit_id=row["id"],
        on=row["on_day"],
        at=(row["at_time"] or "")[:5],
        status=words.visit(row["status"]) if held else None,
        when=moments.day(row["on_day"], row["at_time"]) if held else None,
        past=row["on_day"] <= today.isoformat(),
        fixed=kind.dates == "fixed",
        shared=row["group_visit_id"] is not None,
        optional_time=kind.time == "asked",
    )


def blank(name: str, kind: VisitKind, number: int) -> DateRow:
    """Return a row for a visit that is yet to be entered."""
    once = expected(kind) == 1
    label = kind.label if once else with_number(kind.label, str(number))
    return DateRow(kind=name, label=label, past=True, optional_time=kind.time == "asked")


def _filled(kind: Kind, typed: list[dict[str, str]]) -> Kind:
    settled = [row for row in kind.rows if row.settled]
    open_rows = [row for row in kind.rows if not row.settled]
    known = {row.visit_id: row for row in open_rows if row.visit_id}
    blanks = [row for row in open_rows if not row.visit_id]
    number = len(settled) + len(known)
    rows: list[DateRow] = []
    for each in typed:
        row = known.get(each["visit"])
        if row is None:
            number += 1
            several = kind.more or len(blanks) > 1
            row = DateRow(
                kind.name, with_number(kind.label, str(number)) if several else kind.label,
                past=True, optional_time=blanks[0].optional_time if blanks else True,
            )  # fmt: skip
        row.on, row.at, row.held = each["on"].strip(), each["at"].strip(), bool(each["held"])
        rows.append(row)
    return Kind(kind.name, kind.label, kind.rule, [*settled, *rows], kind.more)


def read(row: DateRow) -> tuple[date | None, time | None]:
    """Return a row's day and clock time; what cannot be read is noted on the row."""
    places: dict[str, str] = {}
    on = entry.maybe_day(row.on, places)
    at = entry.maybe_time(row.at, places)
    if row.entered and not row.on:
        places["on"] = str(gettext("Give the day as well."))
    row.places = places
    return on, at
