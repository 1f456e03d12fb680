"""Amendments: a protocol's versions, what each changes for whom, its approval, and putting it in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.actions.amend_protocol import SCOPES, AmendmentEntry, amend_protocol
from server.actions.approve_protocol import ApprovalEntry, approve_protocol
from server.actions.check_readiness import approved
from server.actions.preview_amendment import Outlook, outlook
from server.domain.amendment import Scope, milestones
from server.domain.concealment import arm_known_to, may_know
from server.domain.protocol import Protocol
from server.errors import BadInputError
from server.outputs import protocol_words
from server.store import amendments as store
from server.store import studies
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, changes, moments, steps, words
from server.web.staff.moments import Moment

# So many people stand in the table; the sums are always of all.
MOST_ROWS = 200


@dataclass(frozen=True)
class Past:
    """An amendment that was made."""

    when: Moment | None
    versions: str
    whom: str
    reason: str
    by: str


@dataclass(frozen=True)
class Person:
    """One participant in the table of what an amendment does."""

    id: str
    code: str
    status: words.Mark | None
    version: str
    becomes: str
    row: Outlook


@dataclass(frozen=True)
class Plan:
    """For whom a version would hold, as chosen, and what that does."""

    scope: Scope
    before: str
    limits: list[tuple[str, str]]
    moving: list[Person]
    stay: list[Person]
    sums: dict[str, int]
    shown: int
    conceals: bool


@blueprint.get("/study/amendments")
@staff("administrator", "investigator")
def amendments() -> ResponseReturnValue:
    """Show all versions of the protocol, and what was put in force when."""
    row = _study()
    protocol = context().catalog.protocol(row["protocol"], row["protocol_version"])
    past = [_past(each, protocol) for each in store.of(context().db, row["id"])]
    found = [steps.version(each) for each in approved(context(), row)]
    return render_template(
        "staff/amendments.html", row=row, protocol=protocol, versions=found[::-1], past=past
    )


@blueprint.get("/study/amendments/<version>")
@staff("administrator", "investigator")
def amendment(version: str) -> ResponseReturnValue:
    """Show what one version changes, for whom; who approved it; and the way to put it in force."""
    return _shown(version, {}, {})


@blueprint.post("/study/amendments/<version>/approve")
@staff("administrator", "investigator")
def amendment_approved(version: str) -> ResponseReturnValue:
    """Record who approved this version."""
    given = {name: request.form.get(name, "")[:300] for name in _APPROVAL}
    told = ApprovalEntry(
        version, given["digest"], given["approved_by"], _day(given["approved_on"]),
        given["reference"],
    )  # fmt: skip
    try:
        approve_protocol(context(), g.actor, g.staff, told)
    except BadInputError as error:
        return _shown(version, error.places, given), 422
    flash(gettext("The approval is on record. It holds for this very file."), "good")
    return redirect(url_for("staff.amendment", version=version), 303)


@blueprint.post("/study/amendments/<version>/apply")
@staff("administrator", "investigator")
def amendment_applied(version: str) -> ResponseReturnValue:
    """Put this version in force for whom it was said."""
    given = {name: request.form.get(name, "")[:600] for name in ("scope", "before", "reason")}
    told = AmendmentEntry(version, cast("Scope", given["scope"]), given["before"], given["reason"])
    try:
        done = amend_protocol(context(), g.actor, g.staff, told)
    except BadInputError as error:
        return _shown(version, error.places, given), 422
    moved = ngettext(
        "%(num)s participant follows it now.", "%(num)s participants follow it now.", done.moved
    )
    flash(f"{gettext('Version %(version)s is in force.', version=version)} {moved}", "good")
    return redirect(url_for("staff.amendments"), 303)


_APPROVAL = ("digest", "approved_by", "approved_on", "reference")


def _shown(version: str, places: dict[str, str], given: dict[str, str]) -> str:
    here, row = context(), _study()
    new = here.catalog.protocol(row["protocol"], version)
    found = next(each for each in approved(here, row) if each.version == version)
    plan = _plan(row, new, given)
    old = _compared_with(row, new, plan)
    return render_template(
        "staff/amendment.html",
        row=row,
        new=new,
        old=old,
        groups=changes.groups(here.catalog, old, new) if old else [],
        standing=steps.version(found),
        good=found.approval is not None,
        digest=found.digest,
        plan=plan,
        places=places,
        given=given,
        today=here.clock.now().date().isoformat(),
    )


def _study() -> Row:
    return studies.one(context().db, g.staff.study_id)


def _plan(row: Row, new: Protocol, given: dict[str, str]) -> Plan:
    limits = [(each, protocol_words.visit(each, new)) for each in milestones(new)]
    asked = given if "scope" in given else request.args
    scope = asked.get("scope", "all")
    named = asked.get("before", "")
    before = named if named in dict(limits) else (limits[0][0] if limits else "")
    kept: Scope = scope if scope in SCOPES else "all"
    people = outlook(context(), g.staff, row, new, kept, before)
    taken = [each for each in people if each.moves]
    sums = {
        name: sum(getattr(each.effect, name) for each in taken)
        for name in ("added", "retired", "moved", "over", "answered")
    }
    shown = [_person(each, new) for each in taken[:MOST_ROWS]]
    stay = [_person(each, new) for each in people if not each.moves]
    return Plan(
        kept, before, limits, shown, stay,
        {**sums, "people": len(taken), "all": _in_the_study(people)}, len(shown),
        bool(new.follows_arm()) and not may_know(arm_known_to(new), g.staff.roles),
    )  # fmt: skip


def _in_the_study(people: list[Outlook]) -> int:
    return sum(each.status != "withdrawn" for each in people)


def _compared_with(row: Row, new: Protocol, plan: Plan) -> Protocol | None:
    """Return the version to compare with: the study's own; else one that somebody still follows; else none.

    None says that there is nothing to put in force either.
    """
    everybody = (each for each in (*plan.moving, *plan.stay) if each.row.status != "withdrawn")
    for each in (row["protocol_version"], *(person.version for person in everybody)):
        if each != new.version:
            return context().catalog.protocol(new.id, each)
    return None


def _person(each: Outlook, new: Protocol) -> Person:
    usual = each.status == "active"
    return Person(
        each.id, each.code, None if usual else words.participant(each.status), each.version,
        new.version if each.moves else each.version, each,
    )  # fmt: skip


def _past(row: Row, protocol: Protocol) -> Past:
    whom = {
        "new": gettext("whoever enrols from then on"),
        "all": gettext("all participants"),
        "before": gettext(
            "those who had not had %(visit)s", visit=protocol_words.visit(row["before_visit"], protocol)
        ),
    }  # fmt: skip
    return Past(
        moments.moment(row["recorded_at"], "UTC"), f"{row['from_version']} → {row['to_version']}",
        whom[row["scope"]], row["reason"], row["recorded_name"] or "",
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
