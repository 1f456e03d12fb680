"""How numbers and answers are to be read: bands, what counts as change, which answers need a person."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.domain.plain import Frozen, Number, Text, Truth, Whole

# read: in the named source itself; secondary: in public code or pages that quote it; recalled: neither,
# so whoever relies on it looks it up first.
Evidence = Literal["read", "secondary", "recalled"]

# The way a difference was published for.
Direction = Literal["either", "drop", "rise"]

# How soon somebody must look, the most pressing first.
Level = Literal["urgent", "same day", "next working day"]
LEVELS: tuple[Level, ...] = ("urgent", "same day", "next working day")


class Band(Frozen):
    """A published reading of a range of a score, both ends included."""

    low: Number
    high: Number
    label: Text
    source: Text
    evidence: Evidence = "recalled"


class Reliability(Frozen):
    """What a reliable change is computed from: how well a score agrees with itself, and its spread."""

    r: Annotated[Number, Field(gt=0, lt=1)]
    kind: Literal["internal consistency", "test-retest"]
    sd: Annotated[Number, Field(gt=0)]
    source: Text
    evidence: Evidence = "recalled"


class Published(Frozen):
    """A difference that somebody published; with `most`, the sources name a range of them.

    `direction` is the way it was published for, where it was for one (a response is a drop).
    """

    means: Text
    least: Annotated[Number, Field(gt=0)]
    most: Annotated[Number, Field(gt=0)] | None = None
    unit: Literal["points", "percent of the first"] = "points"
    direction: Direction = "either"
    source: Text
    evidence: Evidence = "recalled"


class ChangeRule(Frozen):
    """What is known of a score's change; `none` says why nothing is, where the field agreed on nothing."""

    reliability: Reliability | None = None
    published: tuple[Published, ...] = ()
    none: str = ""


class SafetyRule(Frozen):
    """An answer that a person must look at: from which code on, how soon, and if it was left empty.

    `asks_call`: whoever gives it asks to be called, which is no worry in itself.
    """

    item: str
    at_least: Number = 1
    level: Level
    when_skipped: Level = "same day"
    asks_call: Truth = False
    source: str = ""


class Gate(Frozen):
    """With more questions than this unanswered, the authors score nothing at all."""

    most_missing: Whole = Field(ge=0)
    rule: Literal["authors", "local"]
    source: Text
