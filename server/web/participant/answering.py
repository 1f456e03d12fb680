"""A form as plain pages: saved to go on later, or sent by the same way as from the phone's script.

A form whose questions hang on each other is asked in parts, each decided by what the parts before it
brought; any other is one page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.actions.correct_about import correct_about
from server.actions.receive_envelope import receive
from server.actions.save_draft import move_draft, save_draft
from server.errors import NotReadyError, said
from server.inputs import envelope
from server.store import assessments
from server.store.database import Row
from server.web.access import context, device
from server.web.participant import blueprint
from server.web.participant.answer_form import AnswerForm
from server.web.participant.laying_out import changed, part_page, review_page
from server.web.participant.plain import Sitting, named, page_form, sit
from server.web.private_list import PRACTICE, Person, entry, person, shelf


@blueprint.get("/a/<assessment>")
@device
def answer(assessment: str) -> ResponseReturnValue:
    """Return the form, or the part of it that comes next, holding what was saved earlier."""
    here = context()
    row = assessments.one(here.db, g.device, assessment)
    if row["response_id"]:
        return redirect(url_for(".done", assessment=assessment), 303)
    who = person(here, g.device)
    due, sitting = _due(who, row), sit(here, g.device, who, row)
    # What was begun in time may be finished: it is taken in, and marked as late.
    if not (due["state"] == "open" or due["late"] or sitting.draft):
        return render_template("participant/not_open.html", home="/today", help="/help/plain")
    if not due["openable"]:
        raise NotReadyError(said("Your study team is still getting this form ready."))
    part = sitting.place(request.args.get("part"))
    form = page_form(here, sitting, part)
    return (
        review_page(form, sitting, who, due)
        if part is None
        else part_page(form, sitting, part, who, due)
    )


@blueprint.post("/a/<assessment>")
@device
def answered(assessment: str) -> ResponseReturnValue:
    """Save, go on, move to another person, or send. What is sent is taken in even if it has closed."""
    here = context()
    row = assessments.one(here.db, g.device, assessment)
    if row["response_id"]:
        return redirect(url_for(".done", assessment=assessment), 303)
    who = person(here, g.device)
    due, sitting = _due(who, row), sit(here, g.device, who, row)
    part = sitting.place(request.form.get("the-part"))
    form = page_form(here, sitting, part)
    sound = form.validate_on_submit() and not changed(form, sitting)
    at = _At(form, sitting, part, who, row, due, sound=sound)
    does, _, other = request.form.get("to-do", "send").partition(" ")
    deed = _DEEDS.get(does, _forward)
    done = _moved(at, other) if does == "move" else deed(at)
    if done is not None:
        return done
    return part_page(form, sitting, part or 0, who, due, sound=sound), 200 if sound else 422


@dataclass(frozen=True)
class _At:
    """Where somebody is: what they sent, on which part of which form."""

    form: AnswerForm
    sitting: Sitting
    part: int | None
    who: Person
    row: Row
    due: dict[str, Any]
    sound: bool


def _moved(at: _At, other: str) -> ResponseReturnValue | None:
    """Give what was answered to another person's form: "I meant the other one"."""
    if not any(one["assessment"] == other for one in at.due["others"]):
        return None
    said_so_far = at.sitting.merged(at.form)
    move_draft(
        context(), g.actor, g.device, at.row["id"], other, at.form.id_of_response, said_so_far
    )
    return redirect(url_for(".answer", assessment=other), 303)


def _saved(at: _At) -> ResponseReturnValue | None:
    _keep(at, passed=False)
    return redirect("/today", 303) if at.sound or at.part is None else None


def _aside_for_call(at: _At) -> ResponseReturnValue:
    """Keep what was answered, as far as it can be read, and go where a call is asked for."""
    _keep(at, passed=False)
    return redirect("/call", 303)


def _back(at: _At) -> ResponseReturnValue:
    """Go one part back; what cannot be read here is the only thing that is not kept."""
    sitting = _keep(at, passed=False)
    return _turned(at, 0 if at.part is None else sitting.progress.before(at.part) or 0)


def _forward(at: _At) -> ResponseReturnValue | None:
    """Send, or go on to what comes next; None while there is something to say about this part."""
    if at.part is None:
        return _sent(at)
    if not at.sound or (at.form.empty() and not at.form.asked.data):
        return None
    if not at.sitting.divided:
        return _sent(at)
    return _turned(at, _keep(at, passed=True).progress.after(at.part))


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
    here, who = context(), person(context(), g.device)
    sitting = sit(here, g.device, who, None)
    return part_page(page_form(here, sitting, 0), sitting, 0, who, _practice(who))


@blueprint.post("/practice")
@device
def practised() -> ResponseReturnValue:
    """Send the practice form the whole way."""
    here, who = context(), person(context(), g.device)
    sitting = sit(here, g.device, who, None)
    form = page_form(here, sitting, 0)
    if form.validate_on_submit() and (form.asked.data or not form.empty()):
        _send(form, sitting, who, {"kind": "practice", "assessment": PRACTICE, "about": None})
        flash("practised")
        return redirect("/today#practice", 303)
    page = part_page(form, sitting, 0, who, _practice(who), sound=not form.errors)
    return page, 422 if form.errors else 200


_DEEDS: dict[str, Callable[[_At], ResponseReturnValue | None]] = {
    "save": _saved, "back": _back, "call": _aside_for_call,
}  # fmt: skip


def _due(who: Person, row: Row) -> dict[str, Any]:
    here = context()
    beside = assessments.siblings(here.db, g.device, row["id"])
    return entry(here, who, row, beside, here.clock.now())


def _keep(at: _At, *, passed: bool) -> Sitting:
    """Keep what was answered so far; return the sitting as it stands then.

    What stands empty on a part that was not passed is come back to.
    """
    said_so_far = {
        item: each
        for item, each in at.sitting.merged(at.form).items()
        if passed or each["state"] != "unanswered"
    }
    kept = {**at.sitting.left, **said_so_far}
    save_draft(context(), g.actor, g.device, at.row["id"], at.form.id_of_response, kept)
    return at.sitting.with_answers(said_so_far)


def _turned(at: _At, part: int | None) -> ResponseReturnValue:
    return redirect(url_for(".answer", assessment=at.row["id"], part=named(part)), 303)


def _sent(at: _At) -> ResponseReturnValue:
    """Send all of it, and show that it has arrived."""
    about = {"kind": "response", "assessment": at.row["id"], "about": at.row["about_staff_id"],
             "event": at.due["event"] and at.due["event"]["id"]}  # fmt: skip
    _send(at.form, at.sitting, at.who, about)
    return redirect(url_for(".done", assessment=at.row["id"]), 303)


def _send(form: AnswerForm, sitting: Sitting, who: Person, about: dict[str, Any]) -> None:
    """Seal the answers as a phone would, and hand them in at the same door."""
    here = context()
    zone = str(who.row["zone"])
    wording = here.catalog.wording(sitting.instrument.id, who.language)
    payload = {
        **about,
        "form": shelf().form(sitting.instrument.id, who.language),
        "language": wording.language,
        "began_at": _instant(form.began.data or None),
        # No clock of the device's reaches us without a script: ours, in their zone.
        "finished_at": here.clock.now().astimezone(ZoneInfo(zone)).isoformat(),
        "zone": zone,
        "answers": sitting.merged(form),
        "process": {"page": "plain"} | ({"left": sitting.left_values} if sitting.left else {}),
    }
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
    return {"id": PRACTICE, "title": wording.title, "about": None, "event": None, "others": []}
