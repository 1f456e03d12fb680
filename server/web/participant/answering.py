"""A form as one plain page: saved to go on later, or sent by the same way as from the phone's script."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.actions.correct_about import correct_about
from server.actions.receive_envelope import receive
from server.actions.save_draft import move_draft, save_draft
from server.clock import to_text
from server.ids import new_id
from server.inputs import envelope
from server.outputs import forms as pages
from server.store import assessments, drafts
from server.store.database import Row
from server.web.access import context, device
from server.web.participant import blueprint
from server.web.participant.answer_form import AnswerForm, form_of
from server.web.private_list import PRACTICE, Person, entry, person, shelf


@blueprint.get("/a/<assessment>")
@device
def answer(assessment: str) -> ResponseReturnValue:
    """Return the form, holding what was saved earlier."""
    here = context()
    row = assessments.one(here.db, g.device, assessment)
    if row["response_id"]:
        return redirect(url_for(".done", assessment=assessment), 303)
    who = person(here, g.device)
    due = entry(here, who.language, row, assessments.siblings(here.db, g.device, assessment),
                here.clock.now())  # fmt: skip
    if due["state"] != "open":
        return render_template("participant/not_open.html", home="/today", help="/help/plain")
    return _page(_form(row), row["instrument"], who, due)


@blueprint.post("/a/<assessment>")
@device
def answered(assessment: str) -> ResponseReturnValue:
    """Save, move to another person, or send. What is sent is taken in even if the form has closed."""
    here = context()
    row = assessments.one(here.db, g.device, assessment)
    if row["response_id"]:
        return redirect(url_for(".done", assessment=assessment), 303)
    who, form = person(here, g.device), _form(row)
    beside = assessments.siblings(here.db, g.device, assessment)
    due = entry(here, who.language, row, beside, here.clock.now())
    sound = form.validate_on_submit()
    does, _, other = request.form.get("to-do", "send").partition(" ")
    if does == "move" and any(one["assessment"] == other for one in due["others"]):
        move_draft(here, g.actor, g.device, assessment, other, form.id_of_response, form.raw())
        return redirect(url_for(".answer", assessment=other), 303)
    if does == "save":
        save_draft(here, g.actor, g.device, assessment, form.id_of_response, form.raw())
        if sound:
            return redirect("/today", 303)
    elif sound and (form.asked.data or not form.empty()):
        _send(form, who, row["instrument"], {"kind": "response", "assessment": assessment,
                                             "about": row["about_staff_id"]})  # fmt: skip
        return redirect(url_for(".done", assessment=assessment), 303)
    return _page(form, row["instrument"], who, due, sound=sound), 200 if sound else 422


@blueprint.post("/done/<assessment>/about")
@device
def about_other(assessment: str) -> ResponseReturnValue:
    """Mend "I meant the other one" after sending; both forms' pages tell what stands now."""
    here, other = context(), request.form.get("other", "")
    beside = assessments.siblings(here.db, g.device, assessment)
    correct_about(here, g.device, assessment, other)
    there = next(each["id"] for each in beside if each["about_staff_id"] == other)
    return redirect(url_for(".done", assessment=there), 303)


@blueprint.get("/practice")
@device
def practise() -> str:
    """Return the practice form: nobody reads what is answered there."""
    who = person(context(), g.device)
    return _page(_form(None), PRACTICE, who, _practice(who))


@blueprint.post("/practice")
@device
def practised() -> ResponseReturnValue:
    """Send the practice form the whole way."""
    who, form = person(context(), g.device), _form(None)
    if form.validate_on_submit() and (form.asked.data or not form.empty()):
        _send(form, who, PRACTICE, {"kind": "practice", "assessment": PRACTICE, "about": None})
        return redirect("/today#practice", 303)
    return _page(form, PRACTICE, who, _practice(who)), 422 if form.errors else 200


def _form(row: Row | None) -> AnswerForm:
    here = context()
    instrument = here.catalog.instrument(row["instrument"] if row else PRACTICE)
    draft = drafts.one(here.db, g.device, row["id"]) if row else None
    form = form_of(instrument, draft["answers"] if draft else {})
    if not form.is_submitted():
        form.response.data = draft["response_id"] if draft else new_id()
        form.began.data = draft["began_at"] if draft else to_text(here.clock.now())
        form.asked.data = ""
    return form


def _page(
    form: AnswerForm, instrument_id: str, who: Person, due: dict[str, Any], *, sound: bool = True
) -> str:
    sheet = _sheet(instrument_id, who.language, due)
    asking = form.is_submitted() and sound and request.form.get("to-do", "send") == "send"
    questions = form.sheet(sheet, ask_empty=asking)
    form.asked.data = "yes" if asking else ""
    return render_template(
        "participant/assessment.html",
        form=form,
        sheet=sheet,
        questions=questions,
        due=due,
        empty=[question for question in questions if question.ask_empty],
        wrong=[question for question in questions if question.error],
        words=who.guides,
        lang=sheet.language,
        dir=sheet.direction,
        home="/today",
        help="/help/plain",
    )


def _sheet(instrument_id: str, language: str, due: dict[str, Any]) -> pages.Sheet:
    catalog = context().catalog
    slots = {"about": due["about"]["name"]} if due["about"] else {}
    return pages.sheet(
        catalog.instrument(instrument_id), catalog.wording(instrument_id, language), slots
    )


def _send(form: AnswerForm, who: Person, instrument_id: str, about: dict[str, Any]) -> None:
    """Seal the answers as a phone would, and hand them in at the same door."""
    here = context()
    zone = str(who.row["zone"])
    wording = here.catalog.wording(instrument_id, who.language)
    payload = {
        **about,
        "form": shelf().form(instrument_id, who.language),
        "language": wording.language,
        "began_at": form.began.data or None,
        # No clock of the device's reaches us without a script: ours, in their zone.
        "finished_at": here.clock.now().astimezone(ZoneInfo(zone)).isoformat(),
        "zone": zone,
        "answers": form.raw(),
        "process": {"page": "plain"},
    }
    payload["began_at"] = _instant(payload["began_at"])
    body = envelope.seal(here.keys.public_key, here.keys.current, form.id_of_response, payload)
    receive(here, g.device, form.id_of_response, body, via="page")


def _instant(text: Any) -> str | None:
    """Return the text if it is an instant: it went through the browser, and came from there."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.isoformat() if moment.tzinfo else None


def _practice(who: Person) -> dict[str, Any]:
    wording = context().catalog.wording(PRACTICE, who.language)
    return {"id": PRACTICE, "title": wording.title, "about": None, "others": []}
