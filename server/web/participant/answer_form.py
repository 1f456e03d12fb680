"""A form of any instrument as Flask-WTF fields: one per question, all of them free to stay empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import Length, Optional, ValidationError

from server.domain.answers import LONGEST_TEXT, validate
from server.domain.instrument import Instrument, Item
from server.errors import BadInputError
from server.inputs.envelope import canonical_id
from server.outputs.forms import Question, Sheet

# Item ids hold no hyphen, so names with one are ours.
_PREFIX = "item_"


class AnswerForm(FlaskForm):
    """What stands beside the questions: the id the response will have, when it was begun."""

    response = HiddenField(name="the-response")
    began = HiddenField(name="the-beginning")
    asked = HiddenField(name="asked-once")

    def field(self, item_id: str) -> Field:
        """Return the field of a question."""
        return cast("Field", self[_PREFIX + item_id])

    @property
    def id_of_response(self) -> str:
        """The id born with the form; BadInputError when what came back from the browser is none."""
        return canonical_id(self.response.data)

    def raw(self) -> dict[str, dict[str, Any]]:
        """Return the answers as `server.domain.answers.validate` reads them; wrong ones are left out."""
        return {item_id: _answer(field) for item_id, field in self._items() if not field.errors}

    def empty(self) -> list[str]:
        """Return the questions that hold nothing and were not marked as left empty."""
        return [
            item_id for item_id, answer in self.raw().items() if answer["state"] == "unanswered"
        ]

    def sheet(self, sheet: Sheet, *, ask_empty: bool) -> list[Question]:
        """Return the questions holding what was entered, with what is to be said about each."""
        asked = set(self.empty()) if ask_empty else set()
        return [
            _filled(question, self.field(question.id), ask_empty=question.id in asked)
            if question.number
            else question
            for question in sheet.questions
        ]

    def _items(self) -> list[tuple[str, Field]]:
        return [
            (name.removeprefix(_PREFIX), field)
            for name, field in self._fields.items()
            if name.startswith(_PREFIX)
        ]


def form_of(instrument: Instrument, drafted: Mapping[str, Any]) -> AnswerForm:
    """Return the form of an instrument, holding what was sent, else what was saved earlier."""
    fields = {
        _PREFIX + item.id: _FIELDS[item.kind](instrument, item) for item in instrument.questions
    }
    kind = cast("type[AnswerForm]", type("InstrumentForm", (AnswerForm,), fields))
    saved = {
        _PREFIX + item_id: _from_draft(instrument.item(item_id), answer["value"])
        for item_id, answer in drafted.items()
        if answer.get("state") == "answered"
    }
    return kind(data=saved)


class NumberAnswer(Field):
    """A number within limits, typed; a comma will do."""

    data: int | float | str | None

    def __init__(self, instrument: Instrument, item: Item, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.instrument = instrument
        self.item = item

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number where there is one, else keep the text, to be shown again."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            number = float(text.replace(",", "."))
            self.data = int(number) if number.is_integer() else number
        except (ValueError, OverflowError):
            self.data = text

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ARG002, FBT001 - wtforms'
        """Refuse what the form could not store, and say what it can."""
        if self.data in {None, ""}:
            return
        answer = {self.item.id: {"state": "answered", "value": self.data}}
        try:
            validate(self.instrument, answer)
        except BadInputError as error:
            raise ValidationError(self._remedy()) from error

    def _remedy(self) -> str:
        low, high = self.item.minimum, self.item.maximum
        words = gettext(
            "Write a number from %(low)s to %(high)s, or leave it empty.",
            low="…" if low is None else f"{low:g}",
            high="…" if high is None else f"{high:g}",
        )
        return str(words)


def _choice(instrument: Instrument, item: Item) -> Any:
    codes = [SelectChoice(str(code)) for code in instrument.codes(item)]
    return RadioField(name=item.id, choices=codes, coerce=int, validators=[Optional()])


def _several(instrument: Instrument, item: Item) -> Any:
    codes = [SelectChoice(str(code)) for code in instrument.codes(item)]
    return SelectMultipleField(name=item.id, choices=codes, coerce=int, validators=[Optional()])


def _number(instrument: Instrument, item: Item) -> Any:
    return NumberAnswer(instrument, item, name=item.id)


def _text(_instrument: Instrument, item: Item) -> Any:
    return TextAreaField(name=item.id, validators=[Length(max=LONGEST_TEXT)])


def _day(_instrument: Instrument, item: Item) -> Any:
    return DateField(name=item.id, validators=[Optional()])


_FIELDS: dict[str, Callable[[Instrument, Item], Any]] = {
    "choice": _choice,
    "yes-no": _choice,
    "multi-choice": _several,
    "number": _number,
    "scale": _number,
    "text": _text,
    "date": _day,
}


def _answer(field: Field) -> dict[str, Any]:
    value = field.data.isoformat() if isinstance(field.data, date) else field.data
    blank = value is None or value == [] or (isinstance(value, str) and not value.strip())
    if not blank:
        return {"state": "answered", "value": value}
    left = request.form.get(f"{field.name}-left") == "yes"
    return {"state": "skipped" if left else "unanswered"}


def _filled(question: Question, field: Field, *, ask_empty: bool) -> Question:
    error = gettext("This cannot be read. Change it, or leave it empty.") if field.errors else ""
    if field.errors and isinstance(field, NumberAnswer):
        error = str(field.errors[0])
    value = field.data.isoformat() if isinstance(field.data, date) else field.data
    return question.with_answer(value, error, ask_empty=ask_empty)


def _from_draft(item: Item, value: Any) -> Any:
    return date.fromisoformat(value) if item.kind == "date" else value
