"""Taking what staff say became of a visit: one tap on Today."""

from __future__ import annotations

from datetime import date, time
from typing import cast

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.confirm_visit import Confirmation, Outcome, confirm_visit
from server.actions.move_group_visit import move_group_visit
from server.actions.shared_dates import GroupDate, Shared
from server.domain.facts import VisitStatus
from server.errors import BadInputError, ConflictError
from server.store import groups, visits
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry, today
from server.web.staff.confirming import Wrong


@blueprint.post("/visits/<visit_id>/confirm")
@staff("administrator", "investigator", "coordinator")
def visit_confirmed(visit_id: str) -> ResponseReturnValue:
    """Record what became of a visit."""
    row = visits.one(context().db, g.staff, visit_id)
    try:
        done = confirm_visit(context(), g.actor, g.staff, visit_id, said())
    except BadInputError as error:
        return again(visit_id, error)
    except ConflictError as error:
        flash(str(error), "wrong")
    else:
        page = url_for("staff.visit", participant_id=row["participant_id"], visit_id=visit_id)
        thank(page)
        for warning in done.warnings:
            flash(warning, "care")
    return redirect(url_for("staff.today"), 303)


@blueprint.post("/group-visits/<group_visit_id>/confirm")
@staff("administrator", "investigator", "coordinator")
def group_visit_confirmed(group_visit_id: str) -> ResponseReturnValue:
    """Record what became of a date that a group shares, for everybody who shares it."""
    shared = groups.date_of(context().db, group_visit_id)
    groups.one(context().db, g.staff.study_id, shared["group_id"])
    try:
        done = move_group_visit(
            context(), g.actor, g.staff, group_visit_id, _shared_date(shared, said())
        )
    except BadInputError as error:
        return again(group_visit_id, error)
    thank(url_for("staff.group", group_id=shared["group_id"]))
    tell(done)
    return redirect(url_for("staff.today"), 303)


def tell(done: Shared) -> None:
    """Say whom a group's date did not take along, and what is doubtful now."""
    if done.apart:
        apart = ", ".join(done.apart)
        flash(
            gettext("These have a day of their own, which stays: %(codes)s.", codes=apart), "care"
        )
    for code, warnings in done.warnings.items():
        flash(f"{code}: {' '.join(warnings)}", "care")


def _shared_date(shared: Row, answer: Confirmation) -> GroupDate:
    """Return what stands of a group's date after an answer.

    Raises:
        BadInputError: moved, but no day is given.

    """
    planned_on = date.fromisoformat(shared["on_day"])
    at = time.fromisoformat(shared["at_time"]) if shared["at_time"] else None
    if answer.outcome != "moved":
        return GroupDate(planned_on, at, cast("VisitStatus", answer.outcome))
    if answer.on is None:
        raise BadInputError("Nothing was moved.", {"on": gettext("Give the new day.")})
    return GroupDate(answer.on, answer.at or at, "planned")


def said() -> Confirmation:
    """Return which button was pressed, with the new day where it was Moved; the action refuses what is none.

    Raises:
        BadInputError: the day or the clock time cannot be read; `places` names the field.

    """
    outcome = cast("Outcome", request.form.get("outcome", ""))
    if outcome != "moved":
        return Confirmation(outcome)
    places: dict[str, str] = {}
    on = entry.maybe_day(request.form.get("on", ""), places)
    at = entry.maybe_time(request.form.get("at", ""), places)
    if places:
        raise BadInputError("Nothing was moved: please mend what is marked.", places)
    return Confirmation(outcome, on, at)


def again(asked: str, error: BadInputError) -> ResponseReturnValue:
    """Show Today once more, with what is wrong beside the visit that was asked about."""
    if request.form.get("outcome") != "moved":
        flash(" ".join([str(error), *error.places.values()]), "wrong")
        return redirect(url_for("staff.today"), 303)
    places = error.places or {"on": str(error)}
    wrong = Wrong(asked, request.form.get("on", ""), request.form.get("at", ""), places)
    return today.page_with(wrong), 422


def thank(page: str) -> None:
    """Say what was recorded, and where a slip of the finger is mended."""
    recorded = {
        "held": gettext("Recorded as held."),
        "moved": gettext("Moved. All that hangs on it has moved with it."),
        "cancelled": gettext("Recorded as cancelled."),
        "no-show": gettext("Recorded: nobody came."),
    }[request.form["outcome"]]
    mend = gettext("Not right? Change it")
    flash({"text": recorded, "page": page, "link": mend}, "good")  # type: ignore[arg-type] # as JSON
