"""Staff fill in a form: their own, or a participant's from paper. A page, a look over it, saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel import Locale
from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.enter_answers import (
    Entry,
    enter_answers,
    paper_times,
    refuse_samples,
    to_answer,
    to_transcribe,
    transcribe_answers,
)
from server.clock import from_text
from server.domain.answers import Answer, Answers
from server.domain.instrument import Instrument, Wording
from server.errors import BadInputError
from server.outputs import forms as pages
from server.outputs.forms import Question
from server.store import participants
from server.store.database import Row
from server.web.access import context, staff
from server.web.private_list import shelf
from server.web.staff import answers as told
from server.web.staff import blueprint, moments
from server.web.staff.entry_sheet import EntrySheet, entry_sheet


@dataclass
class _Desk:
    """A form in front of somebody: whose it is, in which words, filled in how far."""

    row: Row
    paper: bool
    person: Row
    instrument: Instrument
    wording: Wording
    entry: EntrySheet

    @property
    def form(self) -> str:
        """The hash of the page in force: the one whose questions are shown."""
        return shelf().form(self.instrument.id, self.wording.language)

    @property
    def about(self) -> str:
        return str(self.row["about_name"] or "")


@blueprint.get("/assessments/<assessment_id>/answer")
@staff("administrator", "investigator", "coordinator", "facilitator", "rater")
def answering(assessment_id: str) -> ResponseReturnValue:
    """Show a form that this person answers."""
    return _page(_desk(to_answer(context(), g.staff, assessment_id), paper=False))


@blueprint.post("/assessments/<assessment_id>/answer")
@staff("administrator", "investigator", "coordinator", "facilitator", "rater")
def answering_sent(assessment_id: str) -> ResponseReturnValue:
    """Look it over, or save it."""
    return _sent(_desk(to_answer(context(), g.staff, assessment_id), paper=False))


@blueprint.get("/assessments/<assessment_id>/transcribe")
@staff("administrator", "investigator", "coordinator")
def transcribing(assessment_id: str) -> ResponseReturnValue:
    """Show a participant's form, to be filled in as their paper is."""
    return _page(_desk(to_transcribe(context(), g.staff, assessment_id), paper=True))


@blueprint.post("/assessments/<assessment_id>/transcribe")
@staff("administrator", "investigator", "coordinator")
def transcribing_sent(assessment_id: str) -> ResponseReturnValue:
    """Look it over, or save it."""
    return _sent(_desk(to_transcribe(context(), g.staff, assessment_id), paper=True))


def _desk(row: Row, *, paper: bool) -> _Desk:
    here = context()
    person = participants.one(here.db, g.staff, row["participant_id"])
    instrument = here.catalog.instrument(row["instrument"])
    asked = request.form.get("the-language") or request.args.get("language")
    # What participants read, in their language; staff's own forms are English like staff's pages.
    language = str(asked or person["language"]) if paper else "en"
    wording = here.catalog.wording(instrument.id, language)
    refuse_samples(here, row, wording.language)
    desk = _Desk(row, paper, person, instrument, wording, entry_sheet(instrument, wording.language))
    if not desk.entry.form.is_submitted():
        desk.entry.form.shown.data = desk.form
        if row["became"] == "on paper":
            desk.entry.beside.on.data = date.fromisoformat(row["became_on"])
    return desk


def _sent(desk: _Desk) -> ResponseReturnValue:
    entered, does = desk.entry.answers(), request.form.get("to-do", "review")
    if does == "change":
        desk.entry.wrong = {}
        return _page(desk)
    sound = _dated(desk) and entered is not None and desk.entry.form.shown.data == desk.form
    if entered is None or not sound:
        return _page(desk), 422
    if does != "save":
        return _review(desk, entered)
    try:
        outcome = _save(desk)
    except BadInputError as error:
        desk.entry.complain(error)
        return _page(desk), 422
    _tell(outcome)
    return redirect(url_for("staff.assessment", assessment_id=desk.row["id"]), 303)


def _dated(desk: _Desk) -> bool:
    """Whether the day of a paper will do; else say beside its field what is wrong with it."""
    beside = desk.entry.beside
    if not desk.paper:
        return True
    if beside.on.data is None and not beside.on.errors:
        beside.on.errors = [gettext("Give the day it was filled in.")]
    if beside.on.errors or beside.at.errors or beside.on.data is None:
        return False
    try:
        paper_times(context(), desk.row, beside.on.data, beside.at.data)
    except BadInputError as error:
        desk.entry.complain(error)
        return False
    return True


def _save(desk: _Desk) -> str | None:
    form, beside = desk.entry.form, desk.entry.beside
    entry = Entry(
        response_id=form.id_of_response, form=desk.form, language=desk.wording.language,
        began_at=_began(form.began.data), answers=desk.entry.raw(),
        on=beside.on.data, at=beside.at.data,
    )  # fmt: skip
    enter = transcribe_answers if desk.paper else enter_answers
    return enter(context(), g.actor, g.staff, desk.row["id"], entry)


def _began(text: str | None) -> datetime | None:
    """Return when the page was opened; it went through the browser, and came from there."""
    try:
        return from_text(text or "")
    except ValueError:
        return None


def _tell(outcome: str | None) -> None:
    if outcome == "opened":
        flash(gettext("Saved."), "good")
    else:
        flash(
            gettext(
                "What you entered is kept, but could not be filed under this form; Today says why."
            ),
            "care",
        )


def _page(desk: _Desk) -> str:
    entry, here = desk.entry, context()
    about = {"about": desk.about} if desk.about else {}
    # The event is the participant's own; nobody reads it here.
    slots = {**about, "event": str(gettext("the event they named"))}
    sheet = pages.sheet(desk.instrument, desk.wording, slots)
    questions = entry.questions(sheet)
    return render_template(
        "staff/answering.html",
        desk=desk,
        sheet=sheet,
        questions=questions,
        wrong=_complaints(questions, entry),
        changed=entry.form.is_submitted() and entry.form.shown.data != desk.form,
        closes=moments.closing(desk.row["closes_at"], desk.person["zone"]),
        languages=_languages(here.catalog.languages(desk.instrument.id)) if desk.paper else [],
    )


def _complaints(questions: Iterable[Question], entry: EntrySheet) -> list[tuple[str, str, str]]:
    """Return what is wrong: the place it stands at, how that is called, what to say."""
    fields = {"on": gettext("Day"), "at": gettext("Time"), "why": gettext("Why not done")}
    beside = [
        (entry.beside[name].id, str(label), " ".join(map(str, entry.beside[name].errors)))
        for name, label in fields.items()
        if entry.beside[name].errors
    ]
    return beside + [
        (f"q-{each.id}", str(gettext("Question %(number)s", number=each.number)), each.error)
        for each in questions
        if each.error
    ]


def _languages(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, Locale.parse(code, sep="-").get_display_name() or code) for code in codes]


def _review(desk: _Desk, entered: Answers) -> str:
    """Show everything once more as it will stand; what was entered travels along, unseen."""
    beside = desk.entry.beside
    return render_template(
        "staff/answering_review.html",
        desk=desk,
        lines=[_line(desk, answer) for answer in entered.values()],
        filled=moments.day(beside.on.data, beside.at.data) if desk.paper else None,
        carried=[
            (name, value)
            for name, values in request.form.lists()
            if name not in {"csrf_token", "to-do"}
            for value in values
        ],
    )


def _line(desk: _Desk, answer: Answer) -> told.Line:
    value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
    row = {"item": answer.item, "state": answer.state, "value": value, "reason": answer.reason}
    return told.line(row, desk.instrument.item(answer.item), desk.wording, desk.about)
