"""Which arm somebody was allocated to: entered and seen by those who may know it, and by nobody else."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields import RadioField
from wtforms.validators import InputRequired

from server.actions.allocate_participant import allocate_participant, require_knowing
from server.actions.reconcile import design
from server.domain.concealment import arm_known_to, plan_known_to
from server.domain.protocol import Protocol
from server.errors import BadInputError
from server.store import participants, studies
from server.store import staff as people
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry, moments, words


class AllocationForm(FlaskForm):
    """The arm; why, where another stands."""

    arm = RadioField(validators=[InputRequired(lazy_gettext("Choose an arm."))])
    reason = entry.reason()


# Which roles may know is the protocol's to say, so every role may knock, and most are sent away.
@blueprint.get("/participants/<participant_id>/allocation")
@staff()
def allocation(participant_id: str) -> ResponseReturnValue:
    """Show the arm as it stands, ready to be entered."""
    person, protocol = _person(participant_id)
    form = _form(protocol)
    form.arm.data = person["arm"]
    return _page(form, person, protocol)


@blueprint.post("/participants/<participant_id>/allocation")
@staff()
def allocation_sent(participant_id: str) -> ResponseReturnValue:
    """Record the arm; what is asked follows at once."""
    person, protocol = _person(participant_id)
    form = _form(protocol)
    if not form.validate_on_submit():
        return _page(form, person, protocol), 422
    try:
        allocate_participant(
            context(), g.actor, g.staff, participant_id, form.arm.data, form.reason.data or ""
        )
    except BadInputError as error:
        entry.complain(form, error)
        return _page(form, person, protocol), 422
    flash(gettext("Recorded. What this arm asks is planned."), "good")
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)


def _person(participant_id: str) -> tuple[Row, Protocol]:
    """Return the participant and their protocol.

    Raises:
        ForbiddenError: the arm is not for this viewer to know or to enter.
        NotFoundError: there is no such participant for this viewer.

    """
    db = context().db
    person = participants.one(db, g.staff, participant_id)
    protocol, _ = design(context(), studies.one(db, person["study_id"]), participant_id)
    require_knowing(g.staff, protocol)
    return person, protocol


def _form(protocol: Protocol) -> AllocationForm:
    form = AllocationForm()
    form.arm.choices = entry.choices(protocol.arms.items())
    return form


def _page(form: AllocationForm, person: Row, protocol: Protocol) -> str:
    known_to = ", ".join(words.role(role) for role in arm_known_to(protocol))
    return render_template(
        "staff/allocation.html", form=form, person=person, known_to=known_to,
        hides_forms=bool(plan_known_to(protocol)), past=_past(person, protocol),
    )  # fmt: skip


def _past(person: Row, protocol: Protocol) -> list[Row]:
    """Return what was recorded of the arm so far, oldest first."""
    called = people.names(context().db, g.staff)
    return [
        {
            "arm": protocol.arms.get(fact["value"], fact["value"]),
            "reason": fact["reason"],
            "recorded": moments.moment(fact["recorded_at"], "UTC"),
            "by": called.get(str(fact["recorded_by"]).partition(":")[2], ""),
        }
        for fact in participants.history(context().db, g.staff, person["id"])
        if fact["kind"] == "arm" and fact["value"]
    ]
