"""The pages of staff: who needs me now, participants, study, forms, settings."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

# Each page's module adds its routes to the blueprint above, so they come after it.
from server.web.staff import (  # noqa: E402, F401
    activities,
    alerts,
    allocation,
    amendments,
    answering,
    answers,
    assessment,
    care,
    confirmed,
    contact,
    dates,
    event,
    forms,
    go_live,
    groups,
    guides,
    me,
    outside,
    participant,
    participants,
    people,
    phones,
    printing,
    raters,
    reach,
    releases,
    scoring,
    settings,
    sign_in,
    simulate,
    study,
    today,
    versions,
    visits,
)
