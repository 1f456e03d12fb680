"""One score of an instrument as its file states it: named method, rule for missing answers, range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from server.domain.plain import Frozen, Number, Text, Truth, Whole
from server.domain.reading import Band


class Missing(Frozen):
    """How many unanswered items a score tolerates, what it then does, and whose rule that is.

    `expected`: how many stay empty when everything was answered, because items are alternatives.
    `not_shown`: whether an item that the form itself kept back is missing, or no part of it this time.
    """

    allow: Whole = Field(default=0, ge=0)
    fill: Literal["none", "mean of answered", "those answered"] = "none"
    expected: Whole = Field(default=0, ge=0)
    not_shown: Literal["missing", "left out"] = "missing"
    rule: Literal["authors", "local"] = "local"
    source: str = ""


class Cluster(Frozen):
    """A part of a rule: at least `count` (and no more than `most`) of these items are endorsed.

    An item is endorsed from `at_least` on; `own` names those with another threshold.
    """

    items: tuple[str, ...] = Field(min_length=1)
    at_least: Number
    own: dict[str, Number] = Field(default_factory=dict)
    count: Whole = Field(ge=1)
    most: Whole | None = None

    def endorsed(self, item: str, value: float) -> bool:
        """Whether this item's value reaches its threshold."""
        return value >= self.own.get(item, self.at_least)


class Setting(Frozen):
    """A choice that a study makes where sources disagree; `default` holds where it makes none."""

    question: Text
    default: str
    choices: dict[str, Text] = Field(min_length=2)


class Score(Frozen):
    """A number that follows from the answers: named method, stated rule for missing answers."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    method: Literal[
        "sum", "mean", "max_of", "digits",  # over items
        "sum_of", "linear", "percent", "lookup", "every",  # over scores
        "clusters",
    ]  # fmt: skip
    items: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    factor: Number = 1.0
    offset: Number = 0.0
    # lookup: raw value → value and its standard error
    table: dict[Whole, tuple[Number, Number]] = Field(default_factory=dict)
    # every: what each of the scores must reach
    at_least: Number | None = None
    clusters: tuple[Cluster, ...] = ()
    missing: Missing = Missing()
    # setting → choice → the rule for missing answers that then holds
    settings: dict[str, dict[str, Missing]] = Field(default_factory=dict)
    minimum: Number
    maximum: Number
    higher_is: Text
    bands: tuple[Band, ...] = ()
    headline: Truth = False

    @property
    def decides(self) -> bool:
        """Whether it is a yes (1) or no (0) instead of an amount."""
        return self.method in {"every", "clusters"}

    def missing_under(self, choices: Mapping[str, str]) -> Missing:
        """Return the rule for missing answers that holds under a study's choices."""
        for name, rules in self.settings.items():
            if choices.get(name) in rules:
                return rules[choices[name]]
        return self.missing

    def band(self, value: float) -> Band | None:
        """Return the published band that holds this value, if one does.

        Bands are published in whole numbers: 14.6, of answers that were partly filled, has not reached
        the band that begins at 15, and belongs to the one that ends at 14.
        """
        below = [band for band in self.bands if band.low <= value]
        if not below:
            return None
        found = max(below, key=lambda band: band.low)
        above = (band.low for band in self.bands if value < band.low <= found.high + 1)
        return found if value <= found.high or any(above) else None
