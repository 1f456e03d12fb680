"""One test of another system's condition → ours: what is compared with what, and what a blank meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.domain.grammar import (
    Comparison,
    ExpressionError,
    Includes,
    Name,
    Node,
    Sign,
    Value,
    parse,
)
from server.domain.instrument import ItemKind
from server.inputs.conditions import UntranslatableError, both, opposite, some, unanswered

_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,9})?")
_TURNED: dict[Sign, Sign] = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Known:
    """A question that a condition may look at.

    `codes`: the other system's codes and ours. `same_codes`: whether they are the same numbers, so
    that more and less mean the same. `only`: it had but one answer, and became yes (1) or no (0).
    """

    id: str
    kind: ItemKind
    codes: Mapping[str, int] = field(default_factory=dict)
    same_codes: bool = True
    only: bool = False


def compared(known: Known, sign: Sign, text: str) -> Node:
    """Compare an answer with what stands in the condition; an empty text asks whether there is one.

    Raises:
        UntranslatableError: ours cannot say that, and why.

    """
    if sign == "!=":
        return opposite(compared(known, "=", text))
    if not text.strip():
        if sign != "=":
            raise UntranslatableError(f"{known.id} is compared with nothing at all")
        return _absent(known)
    if known.kind == "multi-choice":
        raise UntranslatableError(
            f"{known.id} may have several answers, and is compared as a whole"
        )
    return Comparison(Name(known.id), sign, _value(known, sign, text))


def turned(known: Known, sign: Sign, text: str) -> Node:
    """Compare with the sides exchanged: `3 < a`."""
    return compared(known, _TURNED[sign], text)


def among(known: Known, code: str) -> Node:
    """Whether this answer is among those chosen."""
    if known.only:
        return compared(known, "=", code)
    if known.kind != "multi-choice":
        return compared(known, "=", code)
    if code not in known.codes:
        raise UntranslatableError(f"{code!r} is no answer of {known.id}")
    return Includes(known.id, float(known.codes[code]))


def answered(known: Known) -> Node:
    """Whether there is an answer."""
    return opposite(_absent(known))


def across(left: Known, sign: Sign, right: Known) -> Node:
    """Compare two answers. Two blanks were equal there, and one blank unequal to any answer."""
    if _family(left) != _family(right) or "multi-choice" in {left.kind, right.kind}:
        raise UntranslatableError(f"{left.id} and {right.id} are of different kinds")
    if not (left.same_codes and right.same_codes) or left.only or right.only:
        raise UntranslatableError(f"the codes of {left.id} or {right.id} are not what they were")
    test = Comparison(Name(left.id), sign, Name(right.id))
    if sign not in {"=", "!="}:
        if _family(left) == "text":
            raise UntranslatableError(f"{left.id} is a text, which is neither more nor less")
        return test
    if sign == "!=":
        return opposite(across(left, "=", right))
    return some([test, both([unanswered(left.id), unanswered(right.id)])])


def _family(known: Known) -> str:
    return known.kind if known.kind in {"text", "date"} else "number"


def _absent(known: Known) -> Node:
    if known.only:
        return some([unanswered(known.id), Comparison(Name(known.id), "=", Value("number", 0.0))])
    return unanswered(known.id)


def _value(known: Known, sign: Sign, text: str) -> Value:
    match known.kind:
        case "choice" | "yes-no":
            return _coded(known, sign, text)
        case "number" | "scale":
            return _number(known, text)
        case "date":
            return _day(known, text)
    if sign != "=":
        raise UntranslatableError(f"{known.id} is a text, which is neither more nor less")
    if "'" in text and '"' in text:
        raise UntranslatableError(f"the text {text!r} holds both kinds of quotes")
    return Value("text", text)


def _coded(known: Known, sign: Sign, text: str) -> Value:
    if sign == "=":
        if text not in known.codes:
            raise UntranslatableError(f"{text!r} is no answer of {known.id}")
        return Value("number", float(known.codes[text]))
    if not known.same_codes or known.only:
        raise UntranslatableError(f"the codes of {known.id} are no numbers to be more or less")
    return _number(known, text)


def _number(known: Known, text: str) -> Value:
    if not _NUMBER.fullmatch(text.strip()):
        raise UntranslatableError(f"{known.id} is a number, {text!r} is none")
    return Value("number", float(text))


def _day(known: Known, text: str) -> Value:
    try:
        node = parse(f"a = {text.strip()}").tree
    except ExpressionError:
        node = None
    right = node.right if isinstance(node, Comparison) else None
    if not isinstance(right, Value) or right.kind != "date":
        raise UntranslatableError(f"{known.id} is a day, {text!r} is none")
    return right
