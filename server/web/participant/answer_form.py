"""A form of any instrument as Flask-WTF fields: one per question, all of them free to stay empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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

from server.domain.answers import LONGEST_TEXT, misfit
from server.domain.instrument import Instrument, Item
from server.inputs.envelope import canonical_id
from server.outputs.forms import Question, Sheet

# Item ids hold no hyphen, so names with one are ours.
_PREFIX = "item_"


class AnswerForm(FlaskForm):
    """What stands beside the questions: the id the response will have, when it was begun, on which page.

    `shown` names the structure and the sentences that the page was made from, `part` which part of it.
    """

    response = HiddenField(name="the-response")
    began = HiddenField(name="the-beginning")
    asked = HiddenField(name="asked-once")
    shown = HiddenField(name="the-form")
    part = HiddenField(name="the-part")

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

    def sheet(self, sheet: Sheet, items: Iterable[Item], *, ask_empty: bool) -> list[Question]:
        """Return these items holding what was entered, with what is to be said about each."""
        asked = set(self.empty()) if ask_empty else set()
        wanted = {item.id for item in items}
        return [
            _filled(question, self.field(question.id), ask_empty=question.id in asked)
            if question.number
            else question
            for question in sheet.questions
            if question.id in wanted
        ]

    def strays(self, instrument: Instrument) -> list[str]:
        """Return what was sent under names of questions that this form does not have."""
        known = {item.id for item in instrument.questions} | {"csrf_token"}
        return sorted({name for name in request.form if "-" not in name} - known)

    def _items(self) -> list[tuple[str, Field]]:
        return [
            (name.removeprefix(_PREFIX), field)
            for name, field in self._fields.items()
            if name.startswith(_PREFIX)
        ]


def form_of(
    instrument: Instrument, drafted: Mapping[str, Any], items: Iterable[Item] | None = None
) -> AnswerForm:
    """Return the form of an instrument (or of some of its items), holding what was sent, else saved."""
    asked = [item for item in (instrument.items if items is None else items) if item.asks]
    fields = {_PREFIX + item.id: _FIELDS[item.kind](instrument, item) for item in asked}
    kind = cast("type[AnswerForm]", type("InstrumentForm", (AnswerForm,), fields))
    saved = {
        _PREFIX + item.id: _from_draft(item, drafted[item.id]["value"])
        for item in asked
        if drafted.get(item.id, {}).get("state") == "answered"
    }
    return kind(data=saved)


class OneAnswer(RadioField):
    """One code of those offered; two sent at once are none, for nobody can say which was meant."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the code, and refuse what is sent twice."""
        super().process_formdata(valuelist)
        if len(valuelist) > 1:
            raise ValueError("sent twice")

    @property
    def remedy(self) -> str:
        """What to say of an answer that does not fit."""
        return str(gettext("Choose one of these answers, or leave it empty."))


class SeveralAnswers(SelectMultipleField):
    """Any of the codes offered, each once."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the codes, and refuse one that is sent twice."""
        super().process_formdata(valuelist)
        if len(set(valuelist)) < len(valuelist):
            raise ValueError("sent twice")

    @property
    def remedy(self) -> str:
        """What to say of answers that do not fit."""
        return str(gettext("Choose from these answers, or leave it empty."))


class Words(TextAreaField):
    """A text as long as somebody wants, up to where nothing could print it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the text with line ends as a phone's script has them; refuse what is sent twice."""
        super().process_formdata([each.replace("\r\n", "\n") for each in valuelist])
        if len(valuelist) > 1:
            raise ValueError("sent twice")

    @property
    def remedy(self) -> str:
        """What to say of a text that does not fit."""
        if len(self.data or "") <= LONGEST_TEXT:
            return str(gettext("This cannot be read. Change it, or leave it empty."))
        most = f"{LONGEST_TEXT:,}"
        return str(
            gettext(
                "This is longer than we can keep. Shorten it to %(most)s characters.", most=most
            )
        )


class Line(Words):
    """A text of one line."""


class Day(DateField):
    """A day of the calendar."""

    @property
    def remedy(self) -> str:
        """What to say of what is no day."""
        return str(gettext("Write a day, for example 2027-03-31, or leave it empty."))


class NumberAnswer(Field):
    """A number within limits, typed; a comma will do."""

    data: int | float | str | None

    def __init__(self, instrument: Instrument, item: Item, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.instrument = instrument
        self.item = item

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number where there is one, else keep the text, to be shown again."""
        text = " ".join(valuelist).strip()
        try:
            number = float(text.replace(",", "."))
            self.data = int(number) if number.is_integer() else number
        except (ValueError, OverflowError):
            self.data = text

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ARG002, FBT001 - wtforms'
        """Refuse what the form could not store, and say what it can."""
        if self.data in {None, ""}:
            return
        if misfit(self.instrument, self.item, {"state": "answered", "value": self.data}):
            raise ValidationError(self.remedy)

    @property
    def remedy(self) -> str:
        """What to say of what is no number, or lies elsewhere."""
        low, high = self.item.minimum, self.item.maximum
        words = gettext(
            "Write a number from %(low)s to %(high)s, or leave it empty.",
            low="…" if low is None else f"{low:g}",
            high="…" if high is None else f"{high:g}",
        )
        return str(words)


def _choice(instrument: Instrument, item: Item) -> Any:
    codes = [SelectChoice(str(code)) for code in instrument.codes(item)]
    return OneAnswer(name=item.id, choices=codes, coerce=int, validators=[Optional()])


def _several(instrument: Instrument, item: Item) -> Any:
    codes = [SelectChoice(str(code)) for code in instrument.codes(item)]
    return SeveralAnswers(name=item.id, choices=codes, coerce=int, validators=[Optional()])


def _number(instrument: Instrument, item: Item) -> Any:
    return NumberAnswer(instrument, item, name=item.id)


def _text(_instrument: Instrument, item: Item) -> Any:
    kind = Line if item.short else Words
    return kind(name=item.id, validators=[Length(max=LONGEST_TEXT)])


def _day(_instrument: Instrument, item: Item) -> Any:
    return Day(name=item.id, validators=[Optional()])


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
    error = str(cast("Any", field).remedy) if field.errors else ""
    value = field.data.isoformat() if isinstance(field.data, date) else field.data
    if error and value is None and field.raw_data:
        value = field.raw_data[0]  # shown again, to be mended
    return question.with_answer(value, error, ask_empty=ask_empty)


def _from_draft(item: Item, value: Any) -> Any:
    return date.fromisoformat(value) if item.kind == "date" else value
