"""A form in parts, for a page that cannot hide by itself: what decides a question stands a part before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from server.domain.expression import shown
from server.domain.grammar import leaves, named
from server.domain.instrument import Instrument, Item

Part = tuple[Item, ...]


def parts(instrument: Instrument) -> tuple[Part, ...]:
    """Cut a form before each item that hangs on an answer since the last cut; one part if none does.

    A heading or a piece of text goes with the question below it.
    """
    found: list[list[Item]] = [[]]
    for item in instrument.items:
        if _looks_at(item) & {each.id for each in found[-1]}:
            found.append(_leading_in(found[-1]))
        found[-1].append(item)
    return tuple(tuple(part) for part in found)


def _looks_at(item: Item) -> set[str]:
    if item.show_if is None:
        return set()
    return {name for leaf in leaves(item.show_if.tree) for name in named(leaf)}


def _leading_in(part: list[Item]) -> list[Item]:
    """Take from the end of a part what only speaks: it leads in what comes next."""
    taken: list[Item] = []
    while len(part) > 1 and not part[-1].asks:
        taken.insert(0, part.pop())
    return taken


@dataclass(frozen=True)
class Progress:
    """How far somebody has come: a form's parts, and what was said so far, by item.

    `said` holds `{"state": …, "value": …}` as a draft keeps it; what was never passed has no entry.
    """

    instrument: Instrument
    said: Mapping[str, Mapping[str, Any]]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All parts, whether shown or not."""
        return parts(self.instrument)

    @cached_property
    def shown(self) -> frozenset[str]:
        """What is shown, going by what was said."""
        values = {
            name: each["value"] for name, each in self.said.items() if each["state"] == "answered"
        }
        return shown(self.instrument.conditions, values)

    def showing(self, part: int) -> Part:
        """Return what a part shows; nothing for a part that there is not."""
        if not 0 <= part < len(self.parts):
            return ()
        return tuple(item for item in self.parts[part] if item.id in self.shown)

    @property
    def standing(self) -> Sequence[int]:
        """The parts that show anything, in order."""
        return [place for place in range(len(self.parts)) if self.showing(place)]

    def after(self, part: int) -> int | None:
        """Return the next part that shows anything; None when that was the last."""
        return next((place for place in self.standing if place > part), None)

    def before(self, part: int) -> int | None:
        """Return the part before that shows anything; None when there is none."""
        return next((place for place in reversed(self.standing) if place < part), None)

    def unseen(self) -> int | None:
        """Return the first part that shows a question nobody has passed yet."""
        for place in self.standing:
            if any(item.asks and item.id not in self.said for item in self.showing(place)):
                return place
        return None
