"""Text → plain strings, lists and mappings with their line numbers: YAML's shape, none of its surprises.

YAML would read `no` as False, `010` as 8 and `12:30` as 750, and an alias can unfold into a billion
nodes. Here a scalar is the text that stands there, and aliases, anchors and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.resolver import BaseResolver

MOST_BYTES = 256 * 1024
MOST_DEPTH = 12

Place = tuple[str | int, ...]
# The C parser is eight times as fast; a machine without libyaml reads the same with the other.
_LOADER: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# Where an alias, an anchor or a tag may stand. Where none can, nothing unfolds, and the C library may
# build the whole tree by itself, which is twice as fast again.
_INDICATOR = re.compile(r"(?:^|[\s\[\]{},:?-])(?:[&*](?!\s)|!)", re.MULTILINE)
_INDICATORS = ("&", "*", "!")
_OPENERS = ("[", "{", "- ", "? ")
# Each opener may nest once more, and building a tree nests as deep in C.
_MOST_OPENERS = 2_000


@dataclass(frozen=True)
class Problem:
    """Something that must be mended in a definition file, before anyone knows the file's name."""

    line: int
    place: Place
    remedy: str

    def __str__(self) -> str:
        path = path_text(self.place)
        return f"{self.line} {path}: {self.remedy}" if path else f"{self.line} {self.remedy}"


@dataclass
class Tree:
    """A file's content; `lines` says on which line each place begins (the first line is 1)."""

    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    # Instead of `lines`: the library's own nodes, walked only when a line is asked for.
    root: Any = None

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place around it that is there."""
        if self.root is not None:
            return _line_of(self.root, place)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, remedy: str) -> Problem:
        """Return a problem at a place, with its line."""
        return Problem(self.line(place), place, remedy)


def path_text(place: Place) -> str:
    """Write a place as people do: `items[2].options`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


class _Unreadable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.remedy)
        self.problem = problem


def read(content: bytes) -> Tree:
    """Read one file. It never raises: what is wrong stands in `problems`, and `data` may be None."""
    tree = Tree()
    try:
        text = _text(content)
        if not _composed(tree, text):
            _Reader(tree, text).document()
    except _Unreadable as unreadable:
        tree.data = None
        tree.problems.append(unreadable.problem)
    except yaml.YAMLError as error:
        tree.data = None
        tree.problems.append(_syntax(error))
    return tree


class _SurprisingError(Exception):
    """Something that only the careful reader can tell what is wrong with."""


def _composed(tree: Tree, text: str) -> bool:
    """Fill the tree the fast way; False where that is not possible or something is wrong."""
    parser = _parser()
    if parser is None or _may_unfold(text) or sum(map(text.count, _OPENERS)) > _MOST_OPENERS:
        return False
    try:
        root = parser(text).get_single_node()
        if root is None:
            return False
        tree.data = _plain(root, MOST_DEPTH)
    except (yaml.YAMLError, _SurprisingError):
        tree.data = None
        return False
    tree.root = root
    return True


def _may_unfold(text: str) -> bool:
    return any(sign in text for sign in _INDICATORS) and _INDICATOR.search(text) is not None


def _parser() -> type[Any] | None:
    """Return the C library's parser; None on a machine without it."""
    return (
        _Composer if _Composer is not None and issubclass(_LOADER, _Composer.__bases__[0]) else None
    )


def _plain(node: Any, deeper: int) -> Any:
    """Return what stands in a node: text, list or mapping."""
    if deeper < 0:
        raise _SurprisingError
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, deeper - 1) for each in node.value]
    values: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in values:
            raise _SurprisingError
        values[key.value] = _plain(value, deeper - 1)
    return values


def _line_of(node: Any, place: Place) -> int:
    line = int(node.start_mark.line)
    for part in place:
        found = _child(node, part)
        if found is None:
            break
        line, node = found
    return line + 1


def _child(node: Any, part: str | int) -> tuple[int, Any] | None:
    """Return where a part of a node begins, and the node that stands there."""
    if isinstance(node, yaml.SequenceNode):
        inside = isinstance(part, int) and 0 <= part < len(node.value)
        return (node.value[part].start_mark.line, node.value[part]) if inside else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line, value
    return None


def _composer() -> type[Any] | None:
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs leave it out
    except ImportError:
        return None

    class Composer(CParser, BaseResolver):
        """Builds nodes and asks about no scalar whether it might be a number or a date."""

        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            BaseResolver.__init__(self)

        def resolve(self, _kind: Any, _value: Any, _implicit: Any) -> str:
            return ""

        def descend_resolver(self, *_args: Any) -> None:
            return None

        def ascend_resolver(self) -> None:
            return None

    return Composer


_Composer = _composer()


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _Unreadable(
            Problem(1, (), f"the file has {len(content):,} bytes; {MOST_BYTES:,} is the most")
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Unreadable(Problem(line, (), "not UTF-8 here; save the file as UTF-8")) from error


def _syntax(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    line = mark.line + 1 if mark else 1
    return Problem(line, (), f"not readable as YAML ({what}); look at indentation and quotes here")


class _Reader:
    """Walks the parser's events, so that an alias is seen before it could unfold."""

    def __init__(self, tree: Tree, text: str) -> None:
        self.tree = tree
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> None:
        """Read the first document; a second one is a problem, and so is none."""
        next(self.events)  # the stream's start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise _Unreadable(Problem(1, (), "the file is empty; fill it, or remove it"))
        self.tree.data = self._node(next(self.events), ())
        next(self.events)  # the document's end
        more = next(self.events)
        if not isinstance(more, yaml.StreamEndEvent):
            self._complain(more, (), "a second document begins; give it a file of its own")

    def _node(self, event: Any, place: Place) -> Any:
        self.tree.lines.setdefault(place, event.start_mark.line + 1)
        if len(place) > MOST_DEPTH:
            line = event.start_mark.line + 1
            remedy = f"nested deeper than {MOST_DEPTH} levels; no definition needs that"
            raise _Unreadable(Problem(line, place[:3], remedy))
        if isinstance(event, yaml.AliasEvent):
            self._complain(event, place, f"*{event.anchor} is an alias; write it out instead")
            return ""
        self._refuse_extras(event, place)
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return self._mapping(place)

    def _refuse_extras(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._complain(event, place, f"&{event.anchor} is an anchor; remove it")
        if event.tag is not None:
            self._complain(event, place, f"{event.tag!r} is a tag; remove it, plain text will do")

    def _sequence(self, place: Place) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            values.append(self._node(event, (*place, len(values))))
        return values

    def _mapping(self, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, place)
            inner = (*place, key)
            if key in values:
                first = self.tree.lines[inner]
                self._complain(event, inner, f"stands twice (first on line {first}); keep one")
            self.tree.lines.setdefault(inner, event.start_mark.line + 1)
            value = self._node(next(self.events), inner)
            values.setdefault(key, value)
        return values

    def _key(self, event: Any, place: Place) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            line = event.start_mark.line + 1
            raise _Unreadable(Problem(line, place, "a key must be plain text"))
        self._refuse_extras(event, (*place, event.value))
        return str(event.value)

    def _complain(self, event: Any, place: Place, remedy: str) -> None:
        self.tree.problems.append(Problem(event.start_mark.line + 1, place, remedy))
