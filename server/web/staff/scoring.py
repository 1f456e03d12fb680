"""A study's choices where the sources of an instrument disagree on how it is scored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.choose_scoring import choose_scoring
from server.actions.context import Context
from server.actions.reconcile import design
from server.errors import BadInputError
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint


@dataclass(frozen=True)
class Choice:
    """One question that an instrument's file leaves to the study, and what holds now."""

    instrument: str
    title: str
    name: str
    question: str
    options: dict[str, str]
    holds: str


def choices(here: Context, study: Row) -> list[Choice]:
    """Return every choice that the study's instruments leave open, by instrument."""
    _protocol, instruments = design(here, study)
    return [
        Choice(
            each.id, each.short_title, name, setting.question, dict(setting.choices),
            study["scoring"].get(each.id, {}).get(name, setting.default),
        )
        for each in sorted(instruments.values(), key=lambda found: found.id)
        for name, setting in each.settings.items()
    ]  # fmt: skip


@blueprint.post("/study/scoring")
@staff("administrator", "investigator", "coordinator")
def scoring_chosen() -> ResponseReturnValue:
    """Take in one instrument's choices."""
    instrument = request.form.get("instrument", "")
    given = {
        name.removeprefix("choice-"): value
        for name, value in request.form.items()
        if name.startswith("choice-")
    }
    try:
        choose_scoring(context(), g.actor, g.staff, instrument, given)
    except BadInputError:
        abort(400)
    flash(gettext("Chosen. Answers that arrive from now on are scored so."), "good")
    return redirect(url_for("staff.study"), 303)
