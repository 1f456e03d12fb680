"""The forms: every instrument that this server has, each with a page, a preview and a paper form."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from server.domain.instrument import Instrument
from server.errors import BadInputError, NotFoundError
from server.inputs import strict_json
from server.outputs import paper, pdf, preview
from server.web import assets
from server.web.access import context, staff
from server.web.staff import blueprint, catalogue, words
from server.web.staff.catalogue import Language

_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Form:
    """One instrument in the list."""

    id: str
    title: str
    short_title: str
    purpose: str
    asks: str
    minutes: str
    respondent: str
    licence: str
    languages: list[Language]


@blueprint.get("/forms")
@staff()
def forms() -> ResponseReturnValue:
    """Show every instrument that this server has, in alphabetical order."""
    catalog = context().catalog
    latest = [catalog.instrument(name) for name in {each.id for each in catalog.instruments}]
    latest.sort(key=lambda each: (each.short_title.casefold(), each.id))
    return render_template("staff/forms.html", forms=[_form(each) for each in latest])


def _form(each: Instrument) -> Form:
    return Form(
        id=each.id,
        title=each.title,
        short_title=each.short_title,
        purpose=each.purpose,
        asks=catalogue.asks(each),
        minutes=catalogue.minutes(each),
        respondent=words.respondent(each.respondent),
        licence=words.licence(each.licence.status),
        languages=_languages(each),
    )


def _languages(each: Instrument) -> list[Language]:
    catalog = context().catalog
    return [
        catalogue.language(catalog.wording(each.id, code)) for code in catalog.languages(each.id)
    ]


@blueprint.get("/forms/<instrument_id>")
@staff()
def form(instrument_id: str) -> ResponseReturnValue:
    """Show one instrument: what it asks, how it is scored, on what terms."""
    catalog = context().catalog
    found = catalog.instrument(instrument_id)
    return render_template(
        "staff/form.html",
        form=found,
        length=catalogue.length(found),
        respondent=words.respondent(found.respondent),
        licence=words.licence(found.licence.status),
        languages=_languages(found),
        scores=catalogue.scores(found),
        questions=catalogue.questions(found),
        watched=catalogue.watched(found),
        visibility=catalogue.visibility(found),
        versions=[each.version for each in catalog.instruments if each.id == found.id],
    )


@blueprint.get("/forms/<instrument_id>/preview")
@staff()
def form_preview(instrument_id: str) -> ResponseReturnValue:
    """Show a form to try: fillable, scored as it is filled in, storing nothing."""
    here = context()
    found = here.catalog.instrument(instrument_id)
    wording = here.catalog.wording(instrument_id, _language(found))
    version = assets.version(here.config)
    return Response(
        preview.page(
            found,
            wording,
            lambda path: assets.url(version, path),
            score=url_for("staff.form_scored", instrument_id=instrument_id),
            token=generate_csrf(),
            back=url_for("staff.form", instrument_id=instrument_id),
        ),
        mimetype="text/html",
    )


@blueprint.post("/forms/<instrument_id>/score")
@staff()
def form_scored(instrument_id: str) -> ResponseReturnValue:
    """Return what the answers of a preview come to; nothing is stored."""
    found = context().catalog.instrument(instrument_id)
    raw = strict_json.read(request.get_data(), largest=_LARGEST)
    if not isinstance(raw, dict):
        raise BadInputError("answers must be an object")
    return jsonify(preview.scored(found, raw))


@blueprint.get("/forms/<instrument_id>/paper.pdf")
@staff()
def form_paper(instrument_id: str) -> ResponseReturnValue:
    """Print a form to be filled in by hand."""
    catalog = context().catalog
    found = catalog.instrument(instrument_id)
    wording = catalog.wording(instrument_id, _language(found))
    printed = pdf.to_pdf(paper.html(paper.form(found, wording)), paper.css())
    name = f"{instrument_id}-{wording.language}.pdf"
    return Response(
        printed,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _language(each: Instrument) -> str:
    """Return the language asked for, which must be one that there is; English when none is."""
    asked = request.args.get("lang", "en")
    if asked not in context().catalog.languages(each.id):
        raise NotFoundError("There is no wording of this form in this language.")
    return asked
