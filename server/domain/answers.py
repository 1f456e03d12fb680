"""What a person answered, item by item; unanswered, skipped, not shown, not done are four things (R20)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from server.domain.expression import evaluate
from server.domain.instrument import Instrument, Item
from server.errors import BadInputError

AnswerState = Literal["answered", "skipped", "unanswered", "not-shown", "not-done"]
AnswerValue = int | float | str | tuple[int, ...]

# Far above what anyone types by thumb or dictates; a cap all the same, for whatever must print it.
LONGEST_TEXT = 20_000
LONGEST_REASON = 500
_LARGEST_NUMBER = 1e12
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What no text file, database or printer carries safely: half an emoji (cut by a length limit), NUL.
_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")


@dataclass(frozen=True, slots=True)
class Answer:
    """One item's answer. `value` is None unless the state is `answered`.

    skipped: seen and deliberately left empty. unanswered: never decided about (seen or not reached).
    not-shown: the form itself kept it back, because its `show_if` does not hold. not-done: staff say
    that they did not do it, and `reason` says why (it may stand beside an answer's own "not done", too).
    """

    item: str
    state: AnswerState
    value: AnswerValue | None = None
    reason: str = ""


Answers = dict[str, Answer]


class _MisfitError(Exception):
    """One answer does not fit its question; gathered with the others and never raised from here."""


def validate(
    instrument: Instrument, raw: Mapping[str, object], *, complete: bool = True
) -> Answers:
    """Read raw answers, `{item: {"state": …, "value": …}}`, into one Answer per question, in order.

    A question that is not named is unanswered. So is one "answered" with a blank text or no choice
    at all: nothing was said, and refusing it would hold back all the rest. A question whose `show_if`
    does not hold is not shown, whatever was said to it before (see `kept_aside`). What staff must
    answer may be missing only where the answers are not asked to be `complete`.

    Raises:
        BadInputError: an answer does not fit its question; `places` names each, none is applied.

    """
    known = {item.id for item in instrument.questions}
    places = {name: "no such question in this form" for name in raw if name not in known}
    answers: Answers = {}
    given: dict[str, AnswerValue | None] = {}
    for item in instrument.questions:
        try:
            answers[item.id] = _shown_answer(instrument, item, raw.get(item.id), given)
            if complete:
                _refuse_empty(item, answers[item.id])
        except _MisfitError as error:
            places[item.id] = str(error)
        else:
            given[item.id] = answers[item.id].value
    if places:
        told = "; ".join(f"{name}: {remedy}" for name, remedy in places.items())
        raise BadInputError(f"These answers do not fit the form {instrument.id}: {told}", places)
    return answers


def kept_aside(raw: Mapping[str, object], answers: Answers) -> dict[str, object]:
    """Return what was said, by item, to questions that are not shown after all.

    Somebody answered, then went back and answered differently above. It is nobody's answer now: not
    scored, not exported; it is kept with how the response came about, because it was said.
    """
    hidden = [name for name, answer in answers.items() if answer.state == "not-shown"]
    told = {name: each for name in hidden if isinstance(each := raw.get(name), Mapping)}
    return {name: each["value"] for name, each in told.items() if each.get("value") is not None}


def misfit(instrument: Instrument, item: Item, raw: object) -> str:
    """Return what is wrong with one answer, whether its question is shown or not; empty: it fits."""
    try:
        _answer(instrument, item, raw)
    except _MisfitError as error:
        return str(error)
    return ""


def _shown_answer(
    instrument: Instrument, item: Item, raw: object, given: Mapping[str, AnswerValue | None]
) -> Answer:
    """Read an answer unless its question is hidden by what was answered above."""
    if item.show_if is not None and evaluate(item.show_if, given) is not True:
        return Answer(item.id, "not-shown")
    return _answer(instrument, item, raw)


def _refuse_empty(item: Item, answer: Answer) -> None:
    """Staff say "not done" rather than nothing; participants may leave any question empty."""
    if item.required and answer.state in {"skipped", "unanswered"}:
        raise _MisfitError("needs an answer, or to be said to be not done, with the reason")


def _answer(instrument: Instrument, item: Item, raw: object) -> Answer:
    if raw is None:
        return Answer(item.id, "unanswered")
    if not isinstance(raw, Mapping) or not raw.keys() <= {"state", "value", "reason"}:
        raise _MisfitError("an answer is an object with a state and, if answered, a value")
    state = raw.get("state")
    if not isinstance(state, str) or state not in get_args(AnswerState):
        raise _MisfitError(f"the state must be one of {', '.join(get_args(AnswerState))}")
    value, reason = raw.get("value"), _reason(instrument, item, raw)
    if state != "answered":
        if value is not None:
            raise _MisfitError(f"{state}, and yet it has a value")
        return Answer(item.id, cast(AnswerState, state), reason=reason)
    read = _READERS[item.kind](value, item, instrument.codes(item))
    if read is None:
        return Answer(item.id, "unanswered")
    return Answer(item.id, "answered", read, reason)


def _reason(instrument: Instrument, item: Item, raw: Mapping[str, object]) -> str:
    """Return why it was not done: told where that is what was said, and nowhere else."""
    reason = raw.get("reason", "")
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        raise _MisfitError(f"a reason is text of at most {LONGEST_REASON} characters")
    said = " ".join(_UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", reason).split())
    if raw.get("state") == "not-done":
        if not item.required:
            raise _MisfitError("only what staff must answer can be said to be not done")
        if not said:
            raise _MisfitError("not done, and yet no reason is given")
        return said
    code = instrument.not_done(item)
    if said and (code is None or raw.get("value") != code):
        raise _MisfitError("a reason belongs to what was not done")
    return said


def _code(value: object, _item: Item, codes: tuple[int, ...]) -> int:
    # True is an int to Python, and 3.0 equals 3: neither is a code.
    if type(value) is not int or value not in codes:
        raise _MisfitError(f"the answer must be one of {', '.join(map(str, codes))}")
    return value


def _several_codes(value: object, item: Item, codes: tuple[int, ...]) -> tuple[int, ...] | None:
    if not isinstance(value, list | tuple):
        raise _MisfitError("the answer must be a list of codes")
    chosen = {_code(each, item, codes) for each in value}
    if len(chosen) != len(value):
        raise _MisfitError("a code stands twice")
    return tuple(code for code in codes if code in chosen) or None


def _number(value: object, item: Item, _codes: tuple[int, ...]) -> float:
    if type(value) not in {int, float}:
        raise _MisfitError("the answer must be a number")
    number = cast(float, value)
    if not -_LARGEST_NUMBER <= number <= _LARGEST_NUMBER:  # refuses NaN and infinity too
        raise _MisfitError("the answer must be a finite number")
    low, high = item.minimum, item.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise _MisfitError(f"the answer must lie {_bounds(low, high)}")
    if item.step is not None and not _on_step(number - (low or 0), item.step):
        raise _MisfitError(f"the answer must go in steps of {item.step:g}")
    return number


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at or below {high:g}"
    return f"at or above {low:g}" if high is None else f"between {low:g} and {high:g}"


def _on_step(distance: float, step: float) -> bool:
    steps = distance / step
    return math.isclose(steps, round(steps), abs_tol=1e-6)


def _text(value: object, _item: Item, _codes: tuple[int, ...]) -> str | None:
    if not isinstance(value, str):
        raise _MisfitError("the answer must be text")
    if len(value) > LONGEST_TEXT:
        raise _MisfitError(f"the text has {len(value):,} characters; {LONGEST_TEXT:,} is the most")
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value) if value.strip() else None


def _day(value: object, _item: Item, _codes: tuple[int, ...]) -> str:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _MisfitError("the answer must be a day, written 2027-03-01")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise _MisfitError("the answer must be a day of the calendar") from error


_READERS: dict[str, Callable[[Any, Item, tuple[int, ...]], AnswerValue | None]] = {
    "choice": _code,
    "yes-no": _code,
    "multi-choice": _several_codes,
    "number": _number,
    "scale": _number,
    "text": _text,
    "date": _day,
}
