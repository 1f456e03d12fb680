"""The plain pages of a form, laid out: one part of it, or all answers once more before they go."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext

from server.outputs import forms as pages
from server.web.access import context
from server.web.participant.answer_form import AnswerForm
from server.web.participant.plain import Sitting, named
from server.web.private_list import PRACTICE, Person


def changed(form: AnswerForm, sitting: Sitting) -> bool:
    """Whether the page was made from another version of the form, or names what no version asks."""
    return bool(
        (form.shown.data and form.shown.data != sitting.shown) or form.strays(sitting.instrument)
    )


def part_page(
    form: AnswerForm,
    sitting: Sitting,
    part: int,
    who: Person,
    due: dict[str, Any],
    *,
    sound: bool = True,
) -> str:
    """Lay out one part: what was entered, what is to be said about it, and where it leads."""
    sheet = _sheet(sitting, who.language, due)
    sends = request.form.get("to-do", "send") in {"send", "next"}
    asking = form.is_submitted() and sound and sends
    questions = form.sheet(sheet, sitting.showing(part), ask_empty=asking)
    form.asked.data = "yes" if asking else ""
    anew = form.is_submitted() and changed(form, sitting)
    form.shown.data = sitting.shown
    standing = list(sitting.progress.standing) if sitting.divided else [0]
    return _laid_out(
        "participant/assessment.html", sitting, who, due, sheet=sheet,
        form=form,
        questions=questions,
        changed=anew,
        empty=[question for question in questions if question.ask_empty],
        wrong=[question for question in questions if question.error],
        divided=sitting.divided,
        first=part == standing[0],
        place=standing.index(part) + 1,
        places=len(standing),
    )  # fmt: skip


def review_page(form: AnswerForm, sitting: Sitting, who: Person, due: dict[str, Any]) -> str:
    """Lay out all answers once more, each with the way back to it."""
    sheet = _sheet(sitting, who.language, due)
    where = {
        item.id: named(place)
        for place in sitting.progress.standing
        for item in sitting.progress.showing(place)
    }
    answers = [
        (question.with_answer(sitting.progress.said.get(question.id, {}).get("value")), where[question.id])
        for question in sheet.questions
        if question.number and question.id in where
    ]  # fmt: skip
    return _laid_out("participant/review.html", sitting, who, due, sheet=sheet, form=form,
                     answers=answers)  # fmt: skip


def _laid_out(
    template: str, sitting: Sitting, who: Person, due: dict[str, Any], **more: Any
) -> str:
    sheet: pages.Sheet = more["sheet"]
    return render_template(
        template,
        due=due,
        words=who.guides,
        whose=gettext("About %(name)s", name=due["about"]["name"]) if due["about"] else "",
        keeps=sitting.instrument.id != PRACTICE and not sheet.sealed,
        lang=sheet.language,
        dir=sheet.direction,
        home="/today",
        help="/help/plain",
        offers_help=True,
        **more,
    )


def _sheet(sitting: Sitting, language: str, due: dict[str, Any]) -> pages.Sheet:
    slots = {"about": due["about"]["name"]} if due["about"] else {}
    slots |= {"event": due["event"]["text"]} if due["event"] else {}
    wording = context().catalog.wording(sitting.instrument.id, language)
    return pages.sheet(sitting.instrument, wording, slots)
