"""Words for the person outside the treatment team as a plain page, for browsers without scripts."""

from __future__ import annotations

from flask import flash, g, get_flashed_messages, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField

from server.ids import derived_id, new_id
from server.store import envelopes
from server.web import rooms
from server.web.access import context, device
from server.web.participant import blueprint, wishes
from server.web.private_list import person

MOST_WORDS, MOST_REPLY = 10_000, 200


class Letter(FlaskForm):
    """What somebody would like to say; `letter` is born with the page."""

    letter = HiddenField()
    words = TextAreaField()
    reply = StringField()

    def said(self) -> dict[str, str]:
        """Return `words, reply` as they were typed: browsers send each line's end as two signs."""
        words = (self.words.data or "").replace("\r\n", "\n").strip()
        return {"words": words, "reply": (self.reply.data or "").strip()}

    def name(self, of: str) -> str:
        """Return the letter's id: the same words from one page are one letter, however often sent."""
        return derived_id(of, self.letter.data or new_id(), *self.said().values())


@blueprint.get("/outside/plain")
@device
def outside() -> str:
    """Return who reads it, the form, and whom else to turn to. Nothing tells a later visit of a letter."""
    return _page(Letter(letter=new_id()), sent="sent" in get_flashed_messages())


@blueprint.post("/outside/plain")
@device
def outside_told() -> ResponseReturnValue:
    """Seal what was written for that one person; what cannot be sent stays in the form."""
    form = Letter()
    wrong = _wrong(form)
    if wrong:
        return _page(form, wrong), 422
    here, name = context(), form.name(g.device.id)
    if not envelopes.of_device(here.db, g.device.id, [name]):
        wishes.send(person(here, g.device), "outside", name, **form.said())
    # Said once and then forgotten: no address, no later page tells that anything was ever sent.
    flash("sent")
    return redirect("/outside/plain", 303)


def _wrong(form: Letter) -> str:
    """Return what keeps a letter from going, empty for nothing."""
    said, told = form.said(), ""
    if not form.validate_on_submit():
        told = gettext("Please send it again.")
    elif not said["words"]:
        told = gettext("There is nothing to send yet. A few words are enough.")
    elif len(said["words"]) > MOST_WORDS or len(said["reply"]) > MOST_REPLY:
        told = gettext("That is too long to go at once. Please send it in two or more pieces.")
    return told


def _page(form: Letter, error: str = "", *, sent: bool = False) -> str:
    here = context()
    return render_template(
        "participant/outside_plain.html",
        outside=rooms.outside_of(here.db, person(here, g.device).study),
        form=form,
        error=error,
        sent=sent,
        home="/today",
        help="/help/plain",
    )
