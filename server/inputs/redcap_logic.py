"""REDCap's branching logic → `show_if`, as far as it can be said; what cannot be is told and shows more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from server.domain.grammar import Node, Sign
from server.inputs.conditions import (
    UntranslatableError,
    as_far_as_possible,
    both,
    opposite,
    some,
)
from server.inputs.single_tests import Known, across, among, compared, turned

LONGEST = 20_000
_DEEPEST = 20
_TOKEN = re.compile(
    r"(?P<field>(?:\[[^\[\]]*\])+)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_]+)"
    r"|(?P<sign><>|!=|<=|>=|=|<|>)"
    r"|(?P<mark>[()!&|,+*/^%-])",
)
_CHECKBOX = re.compile(r"\[([a-z0-9_]+)\((-?[A-Za-z0-9_.]+)\)\]")
_PLAIN = re.compile(r"\[([a-z0-9_]+)\]")

# Finds a question by REDCap's name of it, or says why a condition cannot look at it.
Lookup = Callable[[str], Known]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Test:
    left: _Token
    sign: Sign
    right: _Token


@dataclass(frozen=True, slots=True)
class _Joined:
    word: str
    parts: tuple[_Syntax, ...]


@dataclass(frozen=True, slots=True)
class _Opposed:
    part: _Syntax


_Syntax = _Test | _Joined | _Opposed


def translate(logic: str, lookup: Lookup) -> tuple[Node | None, list[str]]:
    """Return what branching logic means here, and why each part of it was left out.

    What must hold together is translated part by part; a part that cannot be said is left out, so
    that the question shows more often than there, never less.
    """
    try:
        syntax = _Parser(list(_tokens(logic))).whole()
    except UntranslatableError as error:
        return None, [str(error)]
    parts = syntax.parts if isinstance(syntax, _Joined) and syntax.word == "and" else (syntax,)
    return as_far_as_possible([_later(part, lookup) for part in parts])


def _later(part: _Syntax, lookup: Lookup) -> Callable[[], Node]:
    return lambda: _node(part, lookup)


def _tokens(logic: str) -> Iterator[_Token]:
    if len(logic) > LONGEST:
        raise UntranslatableError(f"it has {len(logic):,} characters; {LONGEST:,} is the most")
    at = 0
    while at < len(logic):
        if logic[at].isspace():
            at += 1
            continue
        found = _TOKEN.match(logic, at)
        if found is None:
            raise UntranslatableError(f"{logic[at]!r} is not understood")
        yield _Token(found.lastgroup or "", found[0])
        at = found.end()
    yield _Token("end", "")


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def whole(self) -> _Syntax:
        found = self.joined("or")
        if self.here.kind != "end":
            raise UntranslatableError(f"{self.here.text!r} is not understood")
        return found

    @property
    def here(self) -> _Token:
        return self.tokens[self.place]

    def take(self, *texts: str) -> bool:
        if self.here.kind in {"text", "field"} or self.here.text.lower() not in texts:
            return False
        self.place += 1
        return True

    def joined(self, word: str) -> _Syntax:
        def part() -> _Syntax:
            return self.joined("and") if word == "or" else self.opposed()

        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else _Joined(word, tuple(parts))

    def opposed(self) -> _Syntax:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UntranslatableError(f"it is nested deeper than {_DEEPEST}")
        found: _Syntax
        if self.take("!", "not"):
            found = _Opposed(self.opposed())
        elif self.take("("):
            found = self.joined("or")
            if not self.take(")"):
                raise UntranslatableError(f"{self.here.text or 'the end'!r} stands for a `)`")
        else:
            found = self.test()
        self.depth -= 1
        return found

    def test(self) -> _Syntax:
        left = self.operand()
        if self.here.kind != "sign":
            raise UntranslatableError(f"{self._around(left)} is a calculation or not understood")
        sign = "!=" if self.here.text == "<>" else self.here.text
        self.place += 1
        right = self.operand()
        if self.here.kind == "mark" and self.here.text in "+-*/^%":
            raise UntranslatableError("it calculates")
        return _Test(left, cast(Sign, sign), right)

    def operand(self) -> _Token:
        token = self.here
        if token.kind == "word":
            raise UntranslatableError(f"it calls {token.text}()")
        if token.kind not in {"field", "text", "number"}:
            raise UntranslatableError(f"{token.text or 'the end'!r} is not understood")
        self.place += 1
        return token

    def _around(self, token: _Token) -> str:
        return f"{token.text} {self.here.text}".strip()


def _node(syntax: _Syntax, lookup: Lookup) -> Node:
    match syntax:
        case _Opposed(part):
            return opposite(_node(part, lookup))
        case _Joined(word, parts):
            return (both if word == "and" else some)(_node(part, lookup) for part in parts)
        case _Test(left, sign, right):
            return _test(left, sign, right, lookup)


def _test(left: _Token, sign: Sign, right: _Token, lookup: Lookup) -> Node:
    if left.kind == "field" and (box := _CHECKBOX.fullmatch(left.text)):
        return _box(lookup(box[1]), box[2], sign, _literal(right))
    if left.kind == "field" and right.kind == "field":
        return across(lookup(_name(left)), sign, lookup(_name(right)))
    if left.kind == "field":
        return compared(lookup(_name(left)), sign, _literal(right))
    if right.kind == "field":
        return turned(lookup(_name(right)), sign, _literal(left))
    raise UntranslatableError("it compares what nobody answered")


def _box(known: Known, code: str, sign: Sign, text: str) -> Node:
    """A checkbox is 1 when ticked and 0 when not, answered or not."""
    if sign not in {"=", "!="} or text not in {"0", "1"}:
        raise UntranslatableError(f"a tick of {known.id} is compared with {text!r}")
    ticked = among(known, code)
    return ticked if (text == "1") == (sign == "=") else opposite(ticked)


def _name(token: _Token) -> str:
    found = _PLAIN.fullmatch(token.text)
    if found is None:
        raise UntranslatableError(f"{token.text} is of another event, or REDCap's own")
    return found[1]


def _literal(token: _Token) -> str:
    if token.kind == "field":
        raise UntranslatableError(f"{token.text} stands where a value was expected")
    return token.text[1:-1] if token.kind == "text" else token.text
