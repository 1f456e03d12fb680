"""A form to be filled in by hand: the same sentences as on the phone, laid out for a pen.

Neighbouring questions with the same answers become one table, as on printed questionnaires; any other
stands by itself. What the phone hides is printed with the condition in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from server.domain.grammar import (
    All,
    Answered,
    Comparison,
    Expression,
    Includes,
    Name,
    Node,
    Not,
    Operand,
    Some,
)
from server.domain.instrument import YES_NO, Instrument, Item, Wording
from server.errors import said
from server.outputs import forms
from server.outputs.forms import Question, Sheet
from server.outputs.translations import translations

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "pdf"
_BETWEEN_TAGS = re.compile(r">[ \n]+<")
# A pen's room for the name or the event that a phone would fill in.
_BLANK = "__________"
# What fits across a page beside a question: answers, and letters of one word in a column's head.
_MOST_COLUMNS = 7
_LONGEST_WORD = 13
_MOST_LETTERS = 32
_LETTERS_A_LINE = 160  # of what was planned for thumbs
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One question on paper: `condition` says when it is to be answered, `lines` how long a text may be."""

    question: Question
    condition: str
    lines: int


@dataclass(frozen=True, slots=True)
class Block:
    """What stands together: a table of questions with the same answers, or one item by itself."""

    lines: tuple[Line, ...]
    table: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """All that the template prints; it computes nothing.

    `by_staff`: whoever fills it in stands on it. `required`: what stays empty is explained beside it.
    """

    sheet: Sheet
    blocks: tuple[Block, ...]
    instrument: str
    holder: str
    by_staff: bool
    required: bool


def form(instrument: Instrument, wording: Wording) -> Form:
    """Lay an instrument out for a pen, in one language."""
    sheet = forms.sheet(instrument, wording, {"about": _BLANK, "event": _BLANK})
    reader = _Reader(instrument, wording, sheet)
    lines = [_line(question, instrument, reader) for question in sheet.questions]
    return Form(
        sheet=sheet,
        blocks=tuple(_blocks(instrument, lines)),
        instrument=f"{instrument.id} {instrument.version}",
        holder=wording.holder or instrument.licence.holder,
        by_staff=instrument.respondent != "participant",
        required=any(item.required for item in instrument.items),
    )


def html(form: Form) -> str:
    """Return the whole document, in the form's own language."""
    template = forms.environment(form.sheet.language).get_template("pdf/paper.html")
    return _BETWEEN_TAGS.sub("><", template.render(form=form, sheet=form.sheet))


@cache
def css() -> str:
    """Return the printed form's style sheet."""
    return (_TEMPLATES / "paper.css").read_text(encoding="utf-8")


def _line(question: Question, instrument: Instrument, reader: _Reader) -> Line:
    item = instrument.item(question.id)
    condition = reader.words(item.show_if) if item.show_if else ""
    return Line(question, condition, _room(question))


def _room(question: Question) -> int:
    """Return how many ruled lines a text gets: what was expected of it, within a page's patience."""
    if question.kind != "text":
        return 0
    if question.short:
        return 1
    wanted = (question.soft_limit or 500) // _LETTERS_A_LINE
    return max(3, min(wanted, _MOST_LINES))


def _blocks(instrument: Instrument, lines: list[Line]) -> Iterator[Block]:
    for key, group in groupby(
        lines, lambda line: _table_of(instrument.item(line.question.id), line)
    ):
        found = tuple(group)
        if key and len(found) > 1 and _fits(found[0].question):
            yield Block(found, table=True)
        else:
            yield from (Block((line,)) for line in found)


def _table_of(item: Item, line: Line) -> str:
    """Return what puts neighbours into one table; empty for what stands by itself."""
    if item.kind not in {"choice", "yes-no"} or line.condition:
        return ""
    return item.label_set or ""


def _fits(question: Question) -> bool:
    labels = [option.label for option in question.options]
    words = [word for label in labels for word in label.split()]
    return (
        len(labels) <= _MOST_COLUMNS
        and max(map(len, labels)) <= _MOST_LETTERS
        and max(map(len, words), default=0) <= _LONGEST_WORD
    )


class _Reader:
    """Says a condition in the form's own language: which question, answered how."""

    def __init__(self, instrument: Instrument, wording: Wording, sheet: Sheet) -> None:
        self._instrument = instrument
        self._wording = wording
        self._numbers = {each.id: each.number for each in sheet.questions}
        self._translations = translations(sheet.language)

    def _say(self, words: str, **values: object) -> str:
        told = self._translations.gettext(words)
        return told % values if values else told

    def words(self, expression: Expression) -> str:
        """Return when a question is to be answered."""
        told = self._node(expression.tree)
        return str(self._say(said("Only if %(condition)s"), condition=told))

    def _node(self, node: Node) -> str:
        match node:
            case Not(part):
                return str(self._say(said("not (%(condition)s)"), condition=self._node(part)))
            case All(parts):
                return self._say(said(" and ")).join(map(self._inner, parts))
            case Some(parts):
                return self._say(said(" or ")).join(map(self._inner, parts))
            case Answered(item):
                return str(self._say(said("question %(n)s is answered"), n=self._numbers[item]))
            case Includes(item, code):
                return self._is(item, "=", self._label(item, code))
            case Comparison(left, sign, right):
                return self._compared(left, sign, right)

    def _inner(self, node: Node) -> str:
        told = self._node(node)
        return f"({told})" if isinstance(node, All | Some) else told

    def _compared(self, left: Operand, sign: str, right: Operand) -> str:
        if isinstance(left, Name) and not isinstance(right, Name):
            return self._is(left.item, sign, self._label(left.item, right.value))
        if isinstance(right, Name) and not isinstance(left, Name):
            turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
            return self._is(right.item, turned, self._label(right.item, left.value))
        sides = [
            str(self._say(said("question %(n)s"), n=self._numbers[side.item]))
            if isinstance(side, Name)
            else str(side.value)
            for side in (left, right)
        ]
        return f" {_SIGNS[sign]} ".join(sides)

    def _is(self, item: str, sign: str, label: str) -> str:
        number = self._numbers[item]
        if sign == "=":
            return str(self._say(said("question %(n)s is %(answer)s"), n=number, answer=label))
        if sign == "!=":
            return str(self._say(said("question %(n)s is not %(answer)s"), n=number, answer=label))
        return f"{self._say(said('question %(n)s'), n=number)} {_SIGNS[sign]} {label}"

    def _label(self, name: str, value: object) -> str:
        item = self._instrument.item(name)
        if isinstance(value, str) or item.kind in {"number", "scale"}:
            return f"{value:g}" if isinstance(value, float) else str(value)
        labels = self._wording.options.get(item.label_set or "", {})
        code = int(value) if isinstance(value, int | float) else 0
        if item.kind == YES_NO and code not in labels:
            return self._say(said("Yes")) if code else self._say(said("No"))
        return f"“{labels.get(code, code)}”"


_SIGNS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
