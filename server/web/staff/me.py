"""What stands on every staff page: who is signed in, in which study, and the five places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from server.domain.people import Staff
from server.store import outside, staff
from server.store.database import Row
from server.web.access import context, staff_here
from server.web.staff import blueprint, words


@dataclass(frozen=True)
class Place:
    """One of the five places of the rail."""

    label: str
    href: str
    here: bool


@dataclass(frozen=True)
class Me:
    """Who looks at the page, and where from it they may go."""

    name: str
    email: str
    roles: str
    study_id: str
    study_title: str
    studies: list[Row]
    places: list[Place]
    # For the one person outside the treatment team; None for everybody else.
    alone: Place | None = None


# Groups, single forms and answers are reached from the participants, and go back there.
_ABOUT_PEOPLE = ("/staff/participants", "/staff/groups", "/staff/assessments", "/staff/responses")
# What is answered on Today shows Today again where something is to be mended.
_ASKED_TODAY = ("/staff/visits", "/staff/group-visits", "/staff/alerts")


@blueprint.app_context_processor
def frame() -> dict[str, Any]:
    """Give staff pages (their error pages too) the rail's content."""
    if not request.path.startswith(("/staff", "/demo")):
        return {}
    viewer = staff_here()
    return {"me": _me(viewer) if viewer else None}


def _me(viewer: Staff) -> Me:
    db = context().db
    studies = staff.studies_of(db, viewer.id)
    person = staff.one(db, viewer.id) or {}
    return Me(
        name=person.get("name", ""),
        email=person.get("email") or "",
        roles=", ".join(words.role(name) for name in sorted(viewer.roles)),
        study_id=viewer.study_id,
        study_title=next((row["title"] for row in studies if row["id"] == viewer.study_id), ""),
        studies=studies,
        places=_places(),
        alone=_alone(viewer),
    )


def _alone(viewer: Staff) -> Place | None:
    """Return the way to what participants wrote to this very person."""
    db = context().db
    if not outside.receives(db, viewer):
        return None
    label, count = gettext("For you alone"), outside.unread(db, viewer)
    href = url_for("staff.outside")
    return Place(f"{label} ({count})" if count else label, href, request.path == href)


def _places() -> list[Place]:
    found = [
        (gettext("Today"), "staff.today", _ASKED_TODAY),
        (gettext("Participants"), "staff.participants", _ABOUT_PEOPLE),
        (gettext("Study"), "staff.study", ("/staff/study",)),
        (gettext("Forms"), "staff.forms", ("/staff/forms",)),
        (gettext("Settings"), "staff.settings", ("/staff/settings",)),
    ]
    here = request.path
    return [
        Place(label, href := url_for(name), here == href or here.startswith(starts))
        for label, name, starts in found
    ]
