"""A form as staff fill it in: its questions, what was not done and why, the day that stands on a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms.fields import DateField, HiddenField, TextAreaField, TimeField
from wtforms.validators import Length, Optional

from server.clock import to_text
from server.domain.answers import LONGEST_REASON, Answer, Answers, validate
from server.domain.instrument import Instrument, Item
from server.errors import BadInputError
from server.ids import new_id
from server.outputs.forms import Question, Sheet
from server.web.access import context
from server.web.participant.answer_form import AnswerForm, form_of

_TICKED = "-not-done"


class Beside(FlaskForm):
    """What stands beside the questions. The form around it carries the token."""

    class Meta:
        csrf = False

    on = DateField(name="paper-on", validators=[Optional()])
    at = TimeField(name="paper-at", validators=[Optional()])
    why = TextAreaField(name="why-not-done", validators=[Length(max=LONGEST_REASON)])
    language = HiddenField(name="the-language")


@dataclass
class EntrySheet:
    """One form being filled in, and what is wrong with it so far (`wrong`: item → what to say)."""

    instrument: Instrument
    form: AnswerForm
    beside: Beside
    wrong: dict[str, str]

    @property
    def offers_not_done(self) -> frozenset[str]:
        """The items that must be answered and have no answer of their own that says "not done"."""
        return frozenset(
            item.id
            for item in self.instrument.questions
            if item.required and self.instrument.not_done(item) is None
        )

    @property
    def asks_why(self) -> bool:
        """Whether anything in the form can be said to be not done at all."""
        return any(item.required for item in self.instrument.questions)

    def ticked(self, item_id: str) -> bool:
        """Whether it was said that this one was not done."""
        offered = item_id in self.offers_not_done
        return offered and request.form.get(f"{item_id}{_TICKED}") == "yes"

    def raw(self) -> dict[str, dict[str, Any]]:
        """Return the answers as `validate` reads them; one reason serves for all that was not done."""
        given = self.form.raw()
        return {
            item.id: self._raw(item, given.get(item.id, {"state": "unanswered"}))
            for item in self.instrument.questions
        }

    def answers(self) -> Answers | None:
        """Return what was entered, None where something is wrong: `wrong` and the fields then say what."""
        sound = self.form.validate_on_submit()
        sound = self.beside.validate() and sound
        raw = self.raw()
        self.wrong = {
            item.id: gettext("Either answer it, or say that it was not done.")
            for item in self.instrument.questions
            if self.ticked(item.id) and self._given(item)
        }
        try:
            answers = validate(self.instrument, {**raw, **self._reasoned(raw)})
        except BadInputError as error:
            for name, remedy in error.places.items():
                self.wrong.setdefault(name, self._words(name, remedy))
            return None
        return answers if sound and self._explained(answers) and not self.wrong else None

    def questions(self, sheet: Sheet) -> list[Question]:
        """Return the form's items holding what was entered, with what is to be said about each."""
        filled = self.form.sheet(sheet, self.instrument.items, ask_empty=False)
        return [each.with_answer(each.value, self._said_of(each)) for each in filled]

    def complain(self, error: BadInputError) -> None:
        """Put an action's complaint where it belongs."""
        for name, remedy in error.places.items():
            if name in self.beside:
                field = self.beside[name]
                field.errors = [*field.errors, remedy]
            else:
                self.wrong[name] = remedy

    def _said_of(self, question: Question) -> str:
        """Return what is wrong with an answer; what must be answered is not invited to stay empty."""
        if question.error and self.instrument.item(question.id).required and question.maximum:
            low, high = question.minimum, question.maximum
            return str(gettext("Write a number from %(low)s to %(high)s.", low=low, high=high))
        return question.error or self.wrong.get(question.id, "")

    def _raw(self, item: Item, given: dict[str, Any]) -> dict[str, Any]:
        why = (self.beside.why.data or "").strip()
        if self.ticked(item.id):
            return {"state": "not-done", "reason": why}
        code = self.instrument.not_done(item)
        if why and code is not None and given.get("value") == code:
            return {**given, "reason": why}
        return given

    def _reasoned(self, raw: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Stand in for a missing reason, so that it is told once and not at every item."""
        return {
            name: {**each, "reason": "?"}
            for name, each in raw.items()
            if each["state"] == "not-done" and not each["reason"]
        }

    def _explained(self, answers: Answers) -> bool:
        """Whether there is a reason if anything was not done; else say so beside its field."""
        undone = any(self._undone(answer) for answer in answers.values())
        if undone and not (self.beside.why.data or "").strip():
            self.beside.why.errors = [gettext("Say why it was not done.")]
            return False
        return True

    def _undone(self, answer: Answer) -> bool:
        code = self.instrument.not_done(self.instrument.item(answer.item))
        return answer.state == "not-done" or (code is not None and answer.value == code)

    def _given(self, item: Item) -> bool:
        return any(self.form.field(item.id).raw_data or [])

    def _words(self, name: str, remedy: str) -> str:
        """Say in people's words what the rules say of an item that may not stay empty."""
        item = self.instrument.item(name)
        if self.form.field(name).errors or not item.required:
            return remedy
        if name in self.offers_not_done:
            return str(gettext("Answer it, or tick that it was not done."))
        return str(gettext("Choose an answer. One of them says that it was not done."))


def entry_sheet(instrument: Instrument, language: str) -> EntrySheet:
    """Return the form of an instrument, holding what was sent; a new one gets its response's id."""
    form, beside = form_of(instrument, {}), Beside()
    if not form.is_submitted():
        form.response.data = new_id()
        form.began.data = to_text(context().clock.now())
        beside.language.data = language
    return EntrySheet(instrument, form, beside, {})
