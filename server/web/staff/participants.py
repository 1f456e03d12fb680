"""The list of participants, and enrolling one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields import DateField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import InputRequired

from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.go_live import may_enrol
from server.domain.people import CARES
from server.domain.protocol import Protocol
from server.errors import BadInputError, ConflictError
from server.store import participants as store
from server.store import studies
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry, moments, standing, words
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Line:
    """One participant in the list."""

    id: str
    code: str
    status: words.Mark
    arm: str
    open: int
    overdue: int
    missed: int
    next: Moment | None
    next_is_closing: bool
    seen: Moment | None
    seen_known: bool


class EnrolForm(FlaskForm):
    """What is known of somebody on the first day."""

    code = entry.text(40, lazy_gettext("Give a study code."))
    enrolled_on = DateField(validators=[InputRequired(lazy_gettext("Give the day of enrolment."))])
    arm = SelectField(default="")
    site = SelectField(default="")
    language = SelectField()
    zone = entry.zone_field()
    channel = SelectField()
    name = entry.text(200)
    email = entry.text(200)
    phone = entry.text(50)


@blueprint.get("/participants")
@staff()
def participants() -> ResponseReturnValue:
    """Show everybody this viewer may see, or those whose code holds what was searched."""
    here = context()
    sought = request.args.get("code", "").strip()
    now = here.clock.now()
    rows = store.list_of(here.db, g.staff, now)
    protocol = _protocol()
    lines = [
        _line(row, protocol, now) for row in rows if sought.casefold() in row["code"].casefold()
    ]
    return render_template(
        "staff/participants.html", lines=lines, sought=sought, everyone=len(rows),
        imported=sum(row["status"] == "prepared" for row in rows),
        enrols=bool(g.staff.roles & CARES), sees_phones=g.staff.sees_alliance,
        groups=bool(g.staff.roles & CARES) and any(kind.group for kind in protocol.visits.values()),
    )  # fmt: skip


@blueprint.get("/participants/enrol")
@staff("administrator", "investigator", "coordinator")
def enrol() -> ResponseReturnValue:
    """Ask for what is needed to enrol somebody; in a study that is not live yet, say what is missing."""
    if not _live():
        return render_template("staff/not_live.html")
    form = _form()
    form.zone.data = store.usual(context().db, g.staff, "zone")
    form.language.data = store.usual(context().db, g.staff, "language") or "en"
    if not form.zone.data:
        # Nobody is to live in the first zone of the list by a slip.
        form.zone.choices = [*entry.choices([("", gettext("Choose"))]), *form.zone.choices]
    form.enrolled_on.data = context().clock.now().date()
    return _enrol_page(form)


@blueprint.post("/participants/enrol")
@staff("administrator", "investigator", "coordinator")
def enrol_sent() -> ResponseReturnValue:
    """Enrol somebody and go to their page."""
    if not _live():
        return render_template("staff/not_live.html"), 409
    form = _form()
    if form.validate_on_submit():
        try:
            participant_id = enrol_participant(context(), g.actor, g.staff, _enrolment(form))
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            flash(gettext("Enrolled. Next: who guides them, their visits, their phone."), "good")
            return redirect(url_for("staff.participant", participant_id=participant_id), 303)
    return _enrol_page(form), 422


def _live() -> bool:
    return may_enrol(studies.one(context().db, g.staff.study_id))


def _enrol_page(form: EnrolForm) -> str:
    protocol = _protocol()
    return render_template(
        "staff/enrol.html", form=form, asks_arm=standing.allocates(g.staff, protocol),
        asks_site=bool(protocol.sites),
    )  # fmt: skip


def _form() -> EnrolForm:
    form = EnrolForm()
    protocol = _protocol()
    # Whoever may not know the arm is not even asked for it; an empty choice is all that form takes.
    told = standing.allocates(g.staff, protocol)
    later = protocol.allocation is not None and protocol.allocation.after_enrolment
    none = [("", gettext("not allocated yet"))] if later or not told else []
    form.arm.choices = _chosen([*none, *(protocol.arms.items() if told else ())])
    form.site.choices = _chosen([*protocol.sites.items()] or [("", "")])
    form.language.choices = entry.choices(languages())
    form.channel.choices = entry.choices(channels())
    return form


def _chosen(options: list[tuple[str, str]]) -> list[SelectChoice]:
    """Put before several options that one is to be chosen: nobody is to get the first by a slip."""
    several = len(options) > 1 and all(value for value, _words in options)
    return entry.choices([("", gettext("Choose")), *options] if several else options)


def _protocol() -> Protocol:
    here = context()
    study = studies.one(here.db, g.staff.study_id)
    return here.catalog.protocol(study["protocol"], study["protocol_version"])


def channels() -> list[tuple[str, str]]:
    """Return the ways in which reminders can go out."""
    return [("email", gettext("e-mail")), ("none", gettext("no reminders"))]


def languages() -> list[tuple[str, str]]:
    """Return the languages that the study's forms speak, as codes with their own names."""
    from babel import Locale

    here = context()
    codes = sorted({wording.language for wording in here.catalog.wordings})
    return [(code, Locale.parse(code, sep="-").get_display_name() or code) for code in codes]


def _enrolment(form: EnrolForm) -> Enrolment:
    return Enrolment(
        code=form.code.data, zone=form.zone.data, language=form.language.data, arm=form.arm.data,
        channel=form.channel.data, name=form.name.data or "", email=form.email.data or "",
        phone=form.phone.data or "", enrolled_on=form.enrolled_on.data or date.min,
        site=form.site.data or "",
    )  # fmt: skip


def _line(row: Row, protocol: Protocol, now: datetime) -> Line:
    closing = row["next_due_at"]
    return Line(
        id=row["id"],
        code=row["code"],
        status=words.participant(row["status"]),
        arm=standing.arm(row, protocol),
        open=row["open_count"],
        overdue=row["overdue_count"],
        missed=row["missed_count"],
        next=(
            moments.closing(closing, row["zone"])
            or moments.opening(row["next_opens_at"], row["zone"])
        ),
        next_is_closing=closing is not None,
        seen=moments.ago(row["seen_at"], now),
        seen_known=bool(row["seen_known"]),
    )
