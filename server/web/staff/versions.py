"""Which version of the protocol one participant followed since when, and which planned each form."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.assessment import state
from server.domain.people import Staff
from server.store import amendments, assessments, participants, studies
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, moments, words
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Followed:
    """One version and since when it holds for this participant; why and by whom it was put on them."""

    version: str
    since: Moment | None
    why: str
    by: str


@dataclass(frozen=True)
class Planned:
    """One form, the version that planned it as it stands, and since when it was planned by that one."""

    label: str
    version: str
    since: Moment | None
    state: words.Mark


@blueprint.get("/participants/<participant_id>/versions")
@staff("administrator", "investigator", "coordinator", "monitor")
def versions(participant_id: str) -> ResponseReturnValue:
    """Show the history."""
    here = context()
    person = participants.one(here.db, g.staff, participant_id)
    return render_template(
        "staff/versions.html",
        person=person,
        followed=_followed(g.staff, person),
        planned=_planned(g.staff, person),
    )


def _followed(viewer: Staff, person: Row) -> list[Followed]:
    """Return the versions, the present one first. Without an amendment it is the study's, from the start."""
    rows = amendments.versions_followed(context().db, viewer, person["id"])
    if not rows:
        study = studies.one(context().db, person["study_id"])
        since = moments.day(person["enrolled_on"])
        return [Followed(study["protocol_version"], since, gettext("enrolled into it"), "")]
    found = [
        Followed(
            row["version"], moments.day(row["from_on"]),
            row["reason"] or gettext("enrolled into it"),
            row["recorded_name"] or "" if row["reason"] else "",
        )
        for row in rows
    ]  # fmt: skip
    return found[::-1]


def _planned(viewer: Staff, person: Row) -> list[Planned]:
    rows = assessments.of(context().db, viewer, person["id"])
    # A reason stands beside every move; the first fact only names what was followed until then.
    moved = {
        each["version"]: each["recorded_at"]
        for each in amendments.versions_followed(context().db, viewer, person["id"])
        if each["reason"]
    }
    now = context().clock.now()
    return [
        Planned(
            f"{row['label']} ({row['about_name']})" if row["about_name"] else row["label"],
            row["protocol_version"],
            moments.moment(
                max(row["planned_at"], moved.get(row["protocol_version"], "")), person["zone"]
            ),
            words.assessment(state(row, now)),
        )
        for row in rows
    ]
