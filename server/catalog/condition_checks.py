"""What must agree between a `show_if` and the items it looks at: they stand above, and are of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.catalog.instrument_checks import Finding, unknown
from server.catalog.tree import Place
from server.domain.grammar import (
    RESERVED,
    Answered,
    Comparison,
    Includes,
    Name,
    Operand,
    Value,
    leaves,
    named,
)
from server.domain.instrument import Instrument, Item

_Leaf = Comparison | Answered | Includes
# What an answer to each kind of item is, as far as comparing goes.
_KINDS = {
    "choice": "number",
    "yes-no": "number",
    "number": "number",
    "scale": "number",
    "text": "text",
    "date": "date",
    "multi-choice": "list",
}
_COMPARABLE = {
    "number": "a number",
    "text": "a text",
    "date": "a date",
}


def problems(instrument: Instrument) -> Iterator[Finding]:
    """Yield each disagreement of the conditions with the items above them."""
    above: dict[str, Item] = {}
    for index, item in enumerate(instrument.items):
        place: Place = ("items", index)
        if item.id in RESERVED:
            yield (*place, "id"), f"{item.id!r} is a word of show_if; choose another id"
        if item.show_if is not None:
            for leaf in leaves(item.show_if.tree):
                for remedy in _leaf(instrument, item, leaf, above):
                    yield (*place, "show_if"), remedy
        above[item.id] = item


def _leaf(
    instrument: Instrument, item: Item, leaf: _Leaf, above: Mapping[str, Item]
) -> Iterator[str]:
    wrong = [told for name in named(leaf) if (told := _reference(instrument, item, name, above))]
    if wrong:
        yield from wrong
    elif isinstance(leaf, Includes):
        yield from _includes(instrument, leaf, above[leaf.item])
    elif isinstance(leaf, Comparison):
        yield from _comparison(instrument, leaf, above)


def _reference(
    instrument: Instrument, item: Item, name: str, above: Mapping[str, Item]
) -> str | None:
    """Say what is wrong with looking at this item; None when nothing is."""
    if name == item.id:
        return f"{name!r} cannot hang on its own answer; name an item above it"
    if name not in above:
        below = any(name == each.id for each in instrument.items)
        if below:
            return f"{name!r} stands below; only items above decide, so move it up"
        return unknown(name, above)
    if not above[name].asks:
        return f"{name!r} is of kind {above[name].kind!r} and has no answer; name a question"
    return None


def _includes(instrument: Instrument, leaf: Includes, item: Item) -> Iterator[str]:
    if item.kind != "multi-choice":
        yield f"{item.id!r} has one answer at most; write `{item.id} = {leaf.code:g}`"
    else:
        yield from _code(instrument, item, leaf.code)


def _comparison(
    instrument: Instrument, leaf: Comparison, above: Mapping[str, Item]
) -> Iterator[str]:
    sides = (leaf.left, leaf.right)
    items = [above[side.item] for side in sides if isinstance(side, Name)]
    several = next((item for item in items if item.kind == "multi-choice"), None)
    if several is not None:
        yield f"{several.id!r} may have several answers; write `{several.id} includes 1`"
        return
    if not items:
        yield "compares nothing that anybody answered; name an item"
        return
    left, right = (_kind(side, above) for side in sides)
    if left != right:
        yield _unlike(sides, left, right)
    elif left == "text":
        yield from _texts(leaf, items[0])
    elif leaf.sign in {"=", "!="}:
        yield from _codes(instrument, sides, items)


def _kind(side: Operand, above: Mapping[str, Item]) -> str:
    return side.kind if isinstance(side, Value) else _KINDS[above[side.item].kind]


def _unlike(sides: tuple[Operand, Operand], left: str, right: str) -> str:
    told = " with ".join(
        f"{_named(side)} ({_COMPARABLE[kind]})"
        for side, kind in zip(sides, (left, right), strict=True)
    )
    quoted = any(isinstance(side, Value) and side.kind == "text" for side in sides)
    remedy = "write numbers and dates without quotes" if quoted else "compare like with like"
    return f"compares {told}, which never holds; {remedy}"


def _named(side: Operand) -> str:
    if isinstance(side, Name):
        return repr(side.item)
    return f"{side.value:g}" if isinstance(side.value, float) else repr(side.value)


def _texts(leaf: Comparison, item: Item) -> Iterator[str]:
    if leaf.sign not in {"=", "!="}:
        yield f"{item.id!r} is a text, which is neither more nor less; write = or !="
    for side in (leaf.left, leaf.right):
        if isinstance(side, Value) and not side.value:
            opposite = "" if leaf.sign == "!=" else "not "
            yield f"no answer is an empty text; write `{item.id} is {opposite}answered`"


def _codes(
    instrument: Instrument, sides: tuple[Operand, Operand], items: list[Item]
) -> Iterator[str]:
    for side in sides:
        if isinstance(side, Value) and isinstance(side.value, float):
            yield from _code(instrument, items[0], side.value)


def _code(instrument: Instrument, item: Item, code: float) -> Iterator[str]:
    """A code that an item does not offer can never be its answer; an unknown set is told elsewhere."""
    if item.options is not None and item.options not in instrument.options:
        return
    offered = instrument.codes(item)
    if offered and code not in offered:
        listed = ", ".join(map(str, offered))
        yield f"{code:g} is no answer of {item.id!r}; it offers {listed}"
