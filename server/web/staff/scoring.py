"""A study's choices where the sources of an instrument disagree on how it is scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.actions.asked import instruments
from server.actions.choose_scoring import choose_scoring
from server.actions.context import Context
from server.domain.instrument import Instrument
from server.domain.scoring.settings import HEADLINE, headline
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
    # Whether it only picks the score that heads lists and charts.
    heads: bool = False


def choices(here: Context, study: Row) -> list[Choice]:
    """Return every choice that the study's instruments leave open, by instrument."""
    return [
        choice
        for each in sorted(instruments(here, study).values(), key=lambda found: found.id)
        for choice in _of(each, study["scoring"].get(each.id, {}))
    ]


def _of(each: Instrument, made: Mapping[str, str]) -> Iterator[Choice]:
    for name, setting in each.settings.items():
        options = dict(setting.choices)
        holds = made.get(name, setting.default)
        yield Choice(each.id, each.short_title, name, setting.question, options, holds)
    found = headline(each, made)
    if each.heads and found is not None:
        options = {name: each.score(name).label for name in each.heads}
        question = gettext("Which score stands for it")
        yield Choice(each.id, each.short_title, HEADLINE, question, options, found.id, heads=True)


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
        anew = choose_scoring(context(), g.actor, g.staff, instrument, given)
    except BadInputError:
        abort(400)
    told = ngettext(
        "Chosen. One answer was scored anew; what it came to before is kept.",
        "Chosen. %(num)s answers were scored anew; what they came to before is kept.",
        anew,
    )
    flash(told if anew else gettext("Chosen. It holds from now on."), "good")
    return redirect(url_for("staff.study"), 303)
