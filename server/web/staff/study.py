"""The study: its protocol in words, and a new one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.check_wordings import waiting
from server.actions.create_study import NewStudy, create_study
from server.actions.duty import watching
from server.actions.prepare_study import LEADS
from server.domain.people import CARES
from server.domain.protocol import AssessmentDefinition, Protocol
from server.errors import BadInputError
from server.outputs import protocol_words
from server.store import outside, studies
from server.web.access import context, staff
from server.web.staff import blueprint, ready_words, scoring, words
from server.web.staff.record import SEES_ANSWERS

NEW = ("code", "title", "protocol", "duty_name", "duty_email", "duty_phone")


@dataclass(frozen=True)
class Asked:
    """One assessment of the protocol, in words."""

    label: str
    instrument: str
    wording: words.Mark
    anchor: str
    window: str
    only: list[str]


@blueprint.get("/study")
@staff()
def study() -> ResponseReturnValue:
    """Show what is asked when, and whom participants can call."""
    here = context()
    row = studies.one(here.db, g.staff.study_id)
    protocol = here.catalog.protocol(row["protocol"], row["protocol_version"])
    return render_template(
        "staff/study.html",
        row=row,
        protocol=protocol,
        visits=[(kind.label, protocol_words.times(kind)) for kind in protocol.visits.values()],
        unworded=waiting(here, row),
        asked=[_asked(each, protocol) for each in protocol.assessments],
        reminders=[protocol_words.reminder(rule) for rule in protocol.reminders.rules],
        hours=(
            f"{protocol.reminders.hours.quiet_from:%H:%M}",
            f"{protocol.reminders.hours.quiet_to:%H:%M}",
        ),
        exports=bool(g.staff.roles & SEES_ANSWERS),
        cares=bool(g.staff.roles & CARES),
        administers="administrator" in g.staff.roles,
        leads=bool(g.staff.roles & LEADS),
        live=ready_words.study(row),
        watching=watching(here, row),
        choices=scoring.choices(here, row),
        named=outside.named(here.db, row["id"]),
    )


@blueprint.get("/study/new")
@staff("administrator")
def study_new() -> ResponseReturnValue:
    """Ask for a new study's code, title and protocol."""
    return render_template("staff/study_new.html", given={}, places={}, protocols=_protocols())


@blueprint.post("/study/new")
@staff("administrator")
def study_added() -> ResponseReturnValue:
    """Add a study; whoever adds it administers it."""
    given = {name: request.form.get(name, "")[:200] for name in NEW}
    known = dict(_protocols())
    places = {} if given["protocol"] in known else {"protocol": gettext("Choose one.")}
    try:
        if not places:
            create_study(context(), g.actor, g.staff, NewStudy(**given))
    except BadInputError as error:
        places = error.places
    if places:
        page = render_template(
            "staff/study_new.html", given=given, places=places, protocols=_protocols()
        )
        return page, 422
    flash(gettext("Added. Choose it at the top left to look at it."), "good")
    return redirect(url_for("staff.study"), 303)


def _protocols() -> list[tuple[str, str]]:
    found = context().catalog.protocols
    return sorted({each.id: f"{each.title} ({each.id})" for each in found}.items())


def _asked(each: AssessmentDefinition, protocol: Protocol) -> Asked:
    catalog = context().catalog
    return Asked(
        label=each.label,
        instrument=catalog.instrument(each.instrument).short_title,
        wording=words.wording(catalog.wording(each.instrument, "en").status),
        anchor=protocol_words.counted_from(each, protocol),
        window=protocol_words.window(each, protocol),
        only=protocol_words.conditions(each.when, protocol),
    )
