"""A date that a group shares, as a visit of each member: what is checked, copied and planned anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from server.actions.context import Context
from server.actions.reconcile import design
from server.actions.visit_rules import (
    Person,
    VisitEntry,
    checked,
    person,
    refuse,
    settle,
    write,
)
from server.domain import entry
from server.domain.facts import VisitStatus
from server.domain.people import Staff
from server.errors import AttuneError, BadInputError
from server.store import groups, studies
from server.store.database import Row
from server.store.transaction import Transaction

_SHARED: frozenset[VisitStatus] = frozenset({"planned", "held", "cancelled"})


@dataclass(frozen=True)
class GroupDate:
    """What stands of a date that a group shares. `at` is each participant's own clock."""

    on: date
    at: time | None = None
    status: VisitStatus = "planned"
    reason: str = ""


@dataclass(frozen=True)
class Shared:
    """The group's date; the codes of those who have it now, and of those whose own date stands apart.

    `warnings`: code → what is doubtful about their dates now.
    """

    id: str
    along: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def checked_date(
    context: Context, viewer: Staff, kind: str, course: int, when: GroupDate
) -> VisitEntry:
    """Return the tidy date of a group.

    Raises:
        BadInputError: something cannot be used; `places` names each field with its remedy.

    """
    protocol, _instruments = design(context, studies.one(context.db, viewer.study_id))
    # Days are judged by each member's calendar as well; wherever they live, this day has begun.
    today = context.clock.now().date()
    checks = entry.Checks()
    raw = VisitEntry(kind, when.on, when.at, when.status, None, when.reason, course)
    tidy = checked(raw, Person("", protocol, today), checks)
    known = protocol.visits.get(kind)
    checks.require(
        "kind", known is None or known.group, "Dates of this kind are nobody's to share."
    )
    checks.require("status", when.status in _SHARED, "Say of each by themselves who did not come.")
    refuse(checks)
    return tidy


def members(tx: Transaction, context: Context, viewer: Staff, group_id: str) -> dict[str, Person]:
    """Return code → person of everybody in the group who has not withdrawn."""
    return {
        row["code"]: person(context, viewer, row["id"])
        for row in groups.members(tx.db, viewer, group_id)
        if row["status"] != "withdrawn"
    }


def write_copy(tx: Transaction, who: Person, shared: Row, visit_id: str | None) -> None:
    """Record a group's date as one member's visit, new or known.

    Raises:
        BadInputError: it cannot be a visit of theirs; `places` says why.
        ConflictError: a visit of their own stands in its place.

    """
    checks = entry.Checks()
    tidy = checked(_copied(shared, visit_id), who, checks)
    refuse(checks)
    write(tx, who, tidy)


def write_copies(
    tx: Transaction,
    context: Context,
    shared: Row,
    people: Mapping[str, tuple[Person, str | None]],
) -> dict[str, tuple[str, ...]]:
    """Record a group's date for all of these (code → person and visit) and plan each anew.

    Returns code → what is doubtful about their dates now.

    Raises:
        BadInputError: some of them cannot have this date; `places` names each code with its reason.

    """
    refused: dict[str, str] = {}
    for code, (who, visit_id) in people.items():
        try:
            write_copy(tx, who, shared, visit_id)
        except BadInputError as error:
            refused[code] = "; ".join(error.places.values()) or str(error)
        except AttuneError as error:
            refused[code] = str(error)
    if refused:
        told = "; ".join(f"{code}: {why}" for code, why in refused.items())
        raise BadInputError(f"Nobody's date was changed. {told}", refused)
    warnings = {}
    for code, (who, _visit_id) in people.items():
        doubtful = settle(tx, context, who)
        if doubtful:
            warnings[code] = tuple(text for each in doubtful.values() for text in each)
    return warnings


def _copied(shared: Row, visit_id: str | None) -> VisitEntry:
    return VisitEntry(
        kind=shared["kind"],
        on=date.fromisoformat(shared["on_day"]),
        at=time.fromisoformat(shared["at_time"]) if shared["at_time"] else None,
        status=shared["status"],
        visit_id=visit_id,
        reason=shared["reason"],
        course=shared["course"],
        group_visit_id=shared["id"],
    )
