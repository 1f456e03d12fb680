"""One form of one participant: what became of it, and what staff may say about that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields import DateField
from wtforms.validators import InputRequired

from server.actions.excuse_assessment import excuse_assessment, withdraw_excuse
from server.actions.mark_on_paper import mark_on_paper, withdraw_paper
from server.actions.reconcile import design
from server.domain.assessment import overdue, rule, state
from server.domain.desk import no_excuse, no_paper
from server.domain.people import CARES
from server.errors import BadInputError, ConflictError
from server.store import assessment_facts, assessments, participants, responses, studies
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, desk, entry, moments, words
from server.web.staff.visit_lines import anchor_label


class ExcuseForm(FlaskForm):
    """Why a form is not asked."""

    reason = entry.reason()


class PaperForm(FlaskForm):
    """When a form was filled in on paper."""

    on = DateField(validators=[InputRequired(lazy_gettext("Give the day it was filled in."))])


@dataclass(frozen=True)
class Fact:
    """Something that was said of a form, by whom and when."""

    word: str
    when: moments.Moment | None
    who: str
    reason: str


@dataclass(frozen=True)
class Page:
    """The whole page; `excuses` and `paper` are what may be said now, `back` what may be taken back."""

    row: Row
    person: Row
    state: words.Mark
    meaning: str
    facts: list[tuple[str, str]]
    said: list[Fact]
    wish: desk.Wish | None
    response_id: str | None
    excuses: bool
    paper: bool
    back: str


@blueprint.get("/assessments/<assessment_id>")
@staff()
def assessment(assessment_id: str) -> ResponseReturnValue:
    """Show a form of the plan."""
    return _page(assessment_id)


@blueprint.post("/assessments/<assessment_id>/excuse")
@staff("administrator", "investigator", "coordinator")
def excused(assessment_id: str) -> ResponseReturnValue:
    """Excuse it."""
    form = ExcuseForm()
    if form.validate_on_submit():
        try:
            excuse_assessment(context(), g.actor, g.staff, assessment_id, form.reason.data or "")
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            return _back(assessment_id, gettext("Excused. Nobody is reminded of it any more."))
    return _page(assessment_id, excuse=form), 422


@blueprint.post("/assessments/<assessment_id>/excuse/withdraw")
@staff("administrator", "investigator", "coordinator")
def excuse_withdrawn(assessment_id: str) -> ResponseReturnValue:
    """Take the excuse back."""
    withdraw_excuse(context(), g.actor, g.staff, assessment_id)
    return _back(assessment_id, gettext("Taken back. The form stands as it did before."))


@blueprint.post("/assessments/<assessment_id>/paper")
@staff("administrator", "investigator", "coordinator")
def on_paper(assessment_id: str) -> ResponseReturnValue:
    """Note that it was answered on paper."""
    form = PaperForm()
    if form.validate_on_submit() and form.on.data:
        try:
            mark_on_paper(context(), g.actor, g.staff, assessment_id, form.on.data)
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            return _back(assessment_id, gettext("Noted. Today keeps it until it is entered."))
    return _page(assessment_id, paper=form), 422


@blueprint.post("/assessments/<assessment_id>/paper/withdraw")
@staff("administrator", "investigator", "coordinator")
def paper_withdrawn(assessment_id: str) -> ResponseReturnValue:
    """Take back that there is a paper."""
    withdraw_paper(context(), g.actor, g.staff, assessment_id)
    return _back(assessment_id, gettext("Taken back. The form stands as it did before."))


def _page(
    assessment_id: str, excuse: ExcuseForm | None = None, paper: PaperForm | None = None
) -> str:
    here = context()
    now = here.clock.now()
    row = assessments.one(here.db, g.staff, assessment_id)
    return render_template(
        "staff/assessment.html",
        page=_gathered(row, now),
        excuse=excuse or ExcuseForm(formdata=None),
        paper=paper or PaperForm(formdata=None, data={"on": now.date()}),
    )


def _gathered(row: Row, now: datetime) -> Page:
    here, viewer = context(), g.staff
    person = participants.one(here.db, viewer, row["participant_id"])
    shown, cares = state(row, now), bool(viewer.roles & CARES)
    answer = responses.one(here.db, viewer, row["response_id"]) if row["response_id"] else None
    back = {"excused": "excuse", "on-paper": "paper"}.get(shown, "")
    return Page(
        row=row,
        person=person,
        state=words.assessment(shown, overdue=overdue(row, now)),
        meaning=gettext(rule(shown).meaning),
        facts=_facts(row, person, answer),
        said=[_fact(each, person["zone"]) for each in _told(row)],
        wish=desk.wish(here, viewer, row, now),
        response_id=answer["id"] if answer else None,
        excuses=cares and not no_excuse(shown),
        paper=cares and shown != "on-paper" and not no_paper(row["respondent"], shown),
        back=back if cares else "",
    )


def _told(row: Row) -> list[Row]:
    return assessment_facts.of(context().db, g.staff, row["id"])


def _facts(row: Row, person: Row, answer: Row | None) -> list[tuple[str, str]]:
    here, zone = context(), person["zone"]
    protocol, _ = design(here, studies.one(here.db, person["study_id"]), person["id"])
    opens, target = moments.moment(row["opens_at"], zone), moments.moment(row["target_at"], zone)
    closes = moments.closing(row["closes_at"], zone)
    answered = moments.moment(row["answered_at"], zone)
    entered = words.source(answer["source"], answer["entered_by_name"]) if answer else ""
    found = [
        (gettext("Answered by"), words.respondent(row["respondent"])),
        (gettext("Form"), here.catalog.instrument(row["instrument"]).title),
        # Whoever rates independently must not learn from the plan what happens when.
        (gettext("Counted from"), "" if g.staff.blinded else anchor_label(protocol, row["anchor"])),
        (gettext("Opens"), opens.text if opens else ""),
        (gettext("Best answered"), target.text if target and target != opens else ""),
        (gettext("Closes"), closes.text if closes else ""),
        (gettext("Came in"), answered.text if answered else ""),
        (gettext("Entered"), entered),
    ]
    return [(name, value) for name, value in found if value]


def _fact(fact: Row, zone: str) -> Fact:
    recorded = moments.moment(fact["recorded_at"], zone)
    said = words.said_of_form(fact["kind"], moments.day(fact["on_day"]))
    return Fact(said, recorded, fact["name"] or gettext("the phone"), fact["reason"])


def _back(assessment_id: str, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("staff.assessment", assessment_id=assessment_id), 303)
