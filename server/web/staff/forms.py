"""The forms: every instrument with its version, its wording's standing, its licence."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.domain.instrument import Instrument
from server.store import forms as store
from server.web.access import context, staff
from server.web.staff import blueprint, words


@dataclass(frozen=True)
class Language:
    """One language in which a form can be read."""

    code: str
    wording: words.Mark
    version: str
    preview: str | None


@dataclass(frozen=True)
class Form:
    """One instrument."""

    title: str
    short_title: str
    version: str
    asks: str
    licence: str
    holder: str
    note: str
    languages: list[Language]


@blueprint.get("/forms")
@staff()
def forms() -> ResponseReturnValue:
    """Show every instrument that this server has."""
    catalog = context().catalog
    latest = {each.id: catalog.instrument(each.id) for each in catalog.instruments}
    return render_template("staff/forms.html", forms=[_form(each) for each in latest.values()])


def _form(each: Instrument) -> Form:
    count = len(each.questions)
    asks = ngettext("%(num)s question", "%(num)s questions", count)
    minutes = ngettext("about %(num)s minute", "about %(num)s minutes", each.minutes)
    return Form(
        title=each.title,
        short_title=each.short_title,
        version=each.version,
        asks=gettext("%(asks)s, %(minutes)s", asks=asks, minutes=minutes),
        licence=words.licence(each.licence.status),
        holder=each.licence.holder,
        note=each.licence.note,
        languages=[_language(each.id, code) for code in context().catalog.languages(each.id)],
    )


def _language(instrument: str, code: str) -> Language:
    here = context()
    wording = here.catalog.wording(instrument, code)
    page = store.latest(here.db, instrument, code)
    return Language(
        code=code,
        wording=words.wording(wording.status),
        version=wording.version,
        preview=f"/f/{page}.html" if page else None,
    )
