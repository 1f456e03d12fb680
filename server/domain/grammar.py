"""`show_if`, from text to tree: names, values, comparisons, and, or, not (docs/show-if.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NoReturn, cast

LONGEST = 4_000
DEEPEST = 30
RESERVED = frozenset({"and", "or", "not", "is", "answered", "includes"})

Sign = Literal["=", "!=", "<", "<=", ">", ">="]
_SIGNS = ("=", "!=", "<", "<=", ">", ">=")

_SPACE = " \t\r\n"
_TOKEN = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"|(?P<number>-?(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,9})?)"
    r"|(?P<word>[a-z][a-z0-9_]*)"
    r"|(?P<text>'[^'\r\n]*'|\"[^\"\r\n]*\")"
    r"|(?P<sign><=|>=|!=|[=<>()])",
    re.ASCII,
)
# What may not touch the end of a number, a date or a word: `1.2.3`, `01`, `2027-01-011`, `aB`.
_GLUED = re.compile(r"[A-Za-z0-9_.]")
# White space as Python and browsers see it: each knows some that the other does not.
_EDGES = re.compile(r"^[\s\x1c-\x1f\x85\ufeff]+|[\s\x1c-\x1f\x85\ufeff]+\Z")


class ExpressionError(ValueError):
    """An expression cannot be read. `position` is the character at fault; the first is 1."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(f"{what} (at character {position})")
        self.position = position


@dataclass(frozen=True, slots=True)
class Name:
    """An item's answer."""

    item: str


@dataclass(frozen=True, slots=True)
class Value:
    """A number, a date or a text that stands in the expression itself."""

    kind: Literal["number", "date", "text"]
    value: float | str


Operand = Name | Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and the sign between them."""

    left: Operand
    sign: Sign
    right: Operand


@dataclass(frozen=True, slots=True)
class Answered:
    """Whether an item has an answer; always known."""

    item: str


@dataclass(frozen=True, slots=True)
class Includes:
    """Whether a code is among those chosen."""

    item: str
    code: float


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; of the unknown, the unknown."""

    part: Node


@dataclass(frozen=True, slots=True)
class All:
    """`and`: false as soon as one part is, true when every part is, else unknown."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """`or`: true as soon as one part is, false when every part is, else unknown."""

    parts: tuple[Node, ...]


Node = Comparison | Answered | Includes | Not | All | Some


@dataclass(frozen=True)
class Expression:
    """A `show_if` as it was written, and what it means."""

    text: str
    tree: Node

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The items it looks at, in the order named, each once."""
        return tuple(dict.fromkeys(name for node in leaves(self.tree) for name in named(node)))


def leaves(node: Node) -> Iterator[Comparison | Answered | Includes]:
    """Yield every single test in an expression, from left to right."""
    if isinstance(node, Not):
        yield from leaves(node.part)
    elif isinstance(node, All | Some):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


def named(leaf: Comparison | Answered | Includes) -> tuple[str, ...]:
    """Return the items that one test looks at."""
    if isinstance(leaf, Comparison):
        return tuple(side.item for side in (leaf.left, leaf.right) if isinstance(side, Name))
    return (leaf.item,)


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: it is not in the language; the message says where and what was expected.

    """
    if len(text) > LONGEST:
        message = f"has {len(text):,} characters; {LONGEST:,} is the most"
        raise ExpressionError(message, LONGEST + 1)
    return Expression(text, _Parser(list(_tokens(text))).whole())


def trimmed(text: str) -> str:
    """Return a text without white space at its edges; the same on every phone."""
    return _EDGES.sub("", text)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    def __str__(self) -> str:
        return repr(self.text) if self.kind != "end" else "the end"


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while True:
        while at < len(text) and text[at] in _SPACE:
            at += 1
        if at == len(text):
            yield _Token("end", "", at + 1)
            return
        token = _token(text, at)
        yield token
        at += len(token.text)


def _token(text: str, at: int) -> _Token:
    found = _TOKEN.match(text, at)
    if found is None:
        raise ExpressionError(f"{text[at]!r} has no meaning here", at + 1)
    kind = found.lastgroup or ""
    if kind in {"date", "number", "word"} and _GLUED.match(text, found.end()):
        message = f"{found[0] + text[found.end()]!r} is no item, number or date"
        raise ExpressionError(message, at + 1)
    if kind == "date" and not _in_calendar(found[0]):
        raise ExpressionError(f"{found[0]} is not in the calendar", at + 1)
    if kind == "word" and found[0] in RESERVED:
        kind = found[0]
    return _Token(kind, found[0], at + 1)


def _in_calendar(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class _Parser:
    """One method for each line of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.either()
        if self.here.kind != "end":
            self.refuse("`and`, `or` or the end")
        return node

    @property
    def here(self) -> _Token:
        return self.tokens[self.place]

    def refuse(self, wanted: str) -> NoReturn:
        raise ExpressionError(f"expected {wanted}, found {self.here}", self.here.at)

    def take(self, kind: str, text: str | None = None) -> _Token | None:
        """Move past a token if it is the one that was asked for."""
        token = self.here
        if token.kind != kind or (text is not None and token.text != text):
            return None
        self.place += 1
        return token

    def either(self) -> Node:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def both(self) -> Node:
        parts = [self.opposite()]
        while self.take("and"):
            parts.append(self.opposite())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def opposite(self) -> Node:
        at = self.here.at
        if self.take("not"):
            return Not(self.deeper(at, self.opposite))
        if self.take("sign", "("):
            node = self.deeper(at, self.either)
            if not self.take("sign", ")"):
                self.refuse("`)`, `and` or `or`")
            return node
        return self.test()

    def deeper(self, at: int, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"nested deeper than {DEEPEST}", at)
        node = read()
        self.depth -= 1
        return node

    def test(self) -> Node:
        left = self.operand("an item, a number, a date, a text, `not` or `(`")
        if isinstance(left, Name) and self.take("is"):
            return self.answered(left.item)
        if isinstance(left, Name) and self.take("includes"):
            code = self.take("number")
            if code is None:
                self.refuse("the number of an option")
            return Includes(left.item, float(code.text))
        if self.here.kind != "sign" or self.here.text not in _SIGNS:
            also = ", `is` or `includes`" if isinstance(left, Name) else ""
            self.refuse(f"one of {' '.join(_SIGNS)}{also}")
        sign = self.here.text
        self.place += 1
        right = self.operand("an item, a number, a date or a text")
        return Comparison(left, cast(Sign, sign), right)

    def answered(self, item: str) -> Node:
        opposite = self.take("not")
        if not self.take("answered"):
            self.refuse("`answered`" if opposite else "`answered` or `not answered`")
        return Not(Answered(item)) if opposite else Answered(item)

    def operand(self, wanted: str) -> Operand:
        token = self.here
        if token.kind not in {"word", "number", "date", "text"}:
            self.refuse(wanted)
        self.place += 1
        match token.kind:
            case "word":
                return Name(token.text)
            case "number":
                return Value("number", float(token.text))
            case "date":
                return Value("date", token.text)
            case _:
                return Value("text", trimmed(token.text[1:-1]))
