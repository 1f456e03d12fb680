"""Conditions of other systems → `show_if`: built so that a missing answer means what it meant there.

Other systems know two truths, ours knows three. Here `not` stands only before a single test, and an
opposite says in words what becomes of a missing answer; so what is built is true exactly when the
other system's condition is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.domain.grammar import (
    All,
    Answered,
    Comparison,
    Includes,
    Name,
    Node,
    Not,
    Operand,
    Sign,
    Some,
    Value,
    named,
)

_OPPOSITES: dict[Sign, Sign] = {
    "=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
}  # fmt: skip


class UntranslatableError(Exception):
    """A condition, or a part of one, that ours cannot say; the message says why."""


def unanswered(item: str) -> Node:
    """`item is not answered`."""
    return Not(Answered(item))


def opposite(node: Node) -> Node:
    """Return what is true exactly when this is not: a missing answer makes a test untrue."""
    if isinstance(node, All):
        return some(opposite(part) for part in node.parts)
    if isinstance(node, Some):
        return both(opposite(part) for part in node.parts)
    if isinstance(node, Not):
        return _affirmed(node)
    if isinstance(node, Answered):
        return Not(node)
    if isinstance(node, Includes):
        return some([unanswered(node.item), Not(node)])
    absent = [unanswered(item) for item in dict.fromkeys(named(node))]
    return some([*absent, Comparison(node.left, _OPPOSITES[node.sign], node.right)])


def _affirmed(node: Not) -> Node:
    if isinstance(node.part, Answered):
        return node.part
    if isinstance(node.part, Includes):
        return some([unanswered(node.part.item), node.part])
    raise UntranslatableError("an opposite of more than one test")


def both(parts: Iterable[Node]) -> Node:
    """All of these; nested ones are laid flat, and each stands once."""
    return _joined(All, parts)


def some(parts: Iterable[Node]) -> Node:
    """At least one of these."""
    return _joined(Some, parts)


def _joined(kind: type[All | Some], parts: Iterable[Node]) -> Node:
    flat: dict[Node, None] = {}
    for part in parts:
        flat |= dict.fromkeys(part.parts if isinstance(part, kind) else (part,))
    found = tuple(flat)
    return found[0] if len(found) == 1 else kind(found)


def as_far_as_possible(
    parts: Iterable[Callable[[], Node]],
) -> tuple[Node | None, list[str]]:
    """Build what must hold together, leaving out what cannot be said: then it shows more, never less.

    Returns what was built, None if nothing could be, and why each other part was left out.
    """
    built: list[Node] = []
    why: list[str] = []
    for part in parts:
        try:
            built.append(part())
        except UntranslatableError as error:
            why.append(str(error))
    return (both(built) if built else None), why


def said(node: Node) -> str:
    """Write a tree as text that reads back as the same tree."""
    match node:
        case All(parts):
            return " and ".join(_inside(part, Some) for part in parts)
        case Some(parts):
            return " or ".join(said(part) for part in parts)
        case Not(Answered(item)):
            return f"{item} is not answered"
        case Not(part):
            return f"not {_inside(part, All, Some)}"
    return _test(node)


def _test(node: Answered | Includes | Comparison) -> str:
    match node:
        case Answered(item):
            return f"{item} is answered"
        case Includes(item, code):
            return f"{item} includes {_plain(code)}"
    return f"{_operand(node.left)} {node.sign} {_operand(node.right)}"


def _inside(node: Node, *kinds: type[All | Some]) -> str:
    return f"({said(node)})" if isinstance(node, kinds) else said(node)


def _operand(side: Operand) -> str:
    match side:
        case Name(item):
            return item
        case Value("text", text):
            return f'"{text}"' if "'" in str(text) else f"'{text}'"
        case Value("number", number):
            return _plain(float(number))
        case Value(_, day):
            return str(day)


def _plain(number: float) -> str:
    """Write a number without an exponent, which the language does not know."""
    return f"{number:.9f}".rstrip("0").rstrip(".") if number % 1 else f"{number:.0f}"
