"""One figure of the table: a ratio within one run, what it is of, and the goal it is held against."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` is what we measured, `goal` what it is held against (empty: nothing).

    `places` after the point are shown, all of them; without, two at most.
    """

    name: str
    value: float
    unit: str
    detail: str
    goal: str = ""
    places: int | None = None

    @property
    def shown(self) -> str:
        """The value as the table has it."""
        if self.places is not None:
            return f"{self.value:.{self.places}f}"
        return f"{self.value:.2f}".rstrip("0").rstrip(".")


def paired(
    ours: Callable[[], float], other: Callable[[], float], rounds: int
) -> tuple[float, list[float]]:
    """Measure the two in turn, so that a machine that slows down slows both; return median and all."""
    ratios = []
    for number in range(rounds):
        if number % 2:
            there, here = other(), ours()
        else:
            here, there = ours(), other()
        ratios.append(here / there)
    return statistics.median(ratios), ratios


def spread(ratios: list[float]) -> str:
    """Return the range of some ratios in words."""
    return f"{min(ratios):.2f}-{max(ratios):.2f} over {len(ratios)} rounds"
