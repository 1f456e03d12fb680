"""Connecting a participant's phone, testing it, disconnecting it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

import segno
from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from server.actions.invite_device import Invitation, invite_device
from server.actions.revoke_device import revoke_device
from server.actions.send_test_reminder import send_test_reminder
from server.clock import to_text
from server.errors import BadInputError
from server.store import participants
from server.web.access import context, staff
from server.web.staff import blueprint, moments
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Shown:
    """An invitation as it stands on the screen, once."""

    clinic: bool
    link: str
    code: str
    until: Moment | None
    lasts: str
    picture: Markup | None


@blueprint.get("/participants/<participant_id>/phone")
@staff("administrator", "investigator", "coordinator")
def phone(participant_id: str) -> ResponseReturnValue:
    """Ask whether the participant is here or at home."""
    person = participants.one(context().db, g.staff, participant_id)
    return render_template("staff/phone.html", person=person, shown=None, secure=_secure())


@blueprint.post("/participants/<participant_id>/phone")
@staff("administrator", "investigator", "coordinator")
def phone_invited(participant_id: str) -> ResponseReturnValue:
    """Make an invitation and show it; it cannot be shown again."""
    person = participants.one(context().db, g.staff, participant_id)
    kind = request.form.get("kind")
    if kind not in {"clinic", "home"}:
        raise BadInputError(gettext("Choose whether the participant is here or at home."))
    made = invite_device(
        context(), g.actor, g.staff, participant_id, "clinic" if kind == "clinic" else "home"
    )
    shown = _shown(made, person["zone"])
    return render_template("staff/phone.html", person=person, shown=shown, secure=_secure())


@blueprint.post("/participants/<participant_id>/devices/<device_id>/revoke")
@staff("administrator", "investigator", "coordinator")
def phone_revoked(participant_id: str, device_id: str) -> ResponseReturnValue:
    """Disconnect a phone."""
    revoke_device(context(), g.actor, g.staff, participant_id, device_id)
    flash(gettext("Disconnected. What it still sends is kept aside and shown to you."), "good")
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)


@blueprint.post("/participants/<participant_id>/test-reminder")
@staff("administrator", "investigator", "coordinator")
def reminder_tested(participant_id: str) -> ResponseReturnValue:
    """Send one test reminder."""
    send_test_reminder(context(), g.actor, g.staff, participant_id)
    flash(gettext("A test reminder is on its way."), "good")
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)


def _shown(made: Invitation, zone: str) -> Shown:
    here = context()
    link = here.config.url + made.path
    clinic = made.kind == "clinic"
    return Shown(
        clinic=clinic,
        # At the clinic the code is the credential: it stands in the picture, not in a link to copy.
        link=f"{here.config.url}/join" if clinic else link,
        code=" ".join(made.code[at : at + 3] for at in range(0, len(made.code), 3)),
        until=moments.moment(to_text(made.expires_at), zone),
        lasts=moments.span(made.expires_at - here.clock.now() + timedelta(seconds=59)),
        picture=_qr(link) if clinic and _secure() else None,
    )


def _qr(link: str) -> Markup:
    """Return a QR code as SVG: shapes and numbers only, nothing that anybody typed."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=2,
        title=None, svgclass=None, lineclass=None,
    )  # fmt: skip
    return Markup(out.getvalue().decode())  # noqa: S704 - drawn by segno from our own link


def _secure() -> bool:
    """Whether a phone that follows the link gets a secure context, which joining needs."""
    return context().config.secure
