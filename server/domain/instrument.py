"""A questionnaire's structure: items, options, scores, licence. Its sentences live in a Wording."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ItemKind = Literal[
    "choice", "multi-choice", "number", "scale", "text", "date", "yes-no", "information", "section"
]
Respondent = Literal["participant", "facilitator", "rater", "staff"]
HiddenFrom = Literal["rated facilitator", "co-facilitator"]


class Frozen(BaseModel):
    """A definition never changes after it is read, and holds nothing nobody asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OptionSet(Frozen):
    """The codes of a set of answers, in the order shown. Labels stand in the wording."""

    values: tuple[int, ...] = Field(min_length=2)


class Item(Frozen):
    """One question, or a piece of text between questions."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: ItemKind
    topic: str = ""
    options: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    soft_limit: int | None = None

    @property
    def asks(self) -> bool:
        """Whether a person can answer it (information and section only speak)."""
        return self.kind not in {"information", "section"}


class Missing(Frozen):
    """How many unanswered items a score tolerates, what it then does, and whose rule that is."""

    allow: int = Field(default=0, ge=0)
    fill: Literal["none", "mean of answered"] = "none"
    rule: Literal["authors", "local"] = "local"


class Band(Frozen):
    """A published reading of a range of a score, both ends included."""

    low: float
    high: float
    label: str
    source: str


class Score(Frozen):
    """A number that follows from the answers: named method, stated rule for missing answers."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    method: Literal["sum", "mean", "sum_of", "linear"]
    items: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    factor: float = 1.0
    offset: float = 0.0
    missing: Missing = Missing()
    minimum: float
    maximum: float
    higher_is: str
    bands: tuple[Band, ...] = ()
    headline: bool = False


class Visibility(Frozen):
    """From whom answers are hidden, by their part in this very participant's care."""

    hidden_from: tuple[HiddenFrom, ...] = ()


class Licence(Frozen):
    """Who holds the published wording, and what that means for a site."""

    status: Literal["own", "free", "permission"]
    holder: str
    note: str = ""


class Instrument(Frozen):
    """One version of a questionnaire's structure."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: str
    short_title: str
    respondent: Respondent
    about: Literal["facilitator"] | None = None
    recall: str
    minutes: int = Field(ge=1)
    options: dict[str, OptionSet] = {}
    items: tuple[Item, ...] = Field(min_length=1)
    scores: tuple[Score, ...] = ()
    scoring_version: str = "1"
    visibility: Visibility = Visibility()
    licence: Licence
    sources: tuple[str, ...] = ()

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """The items that a person answers, in order."""
        return tuple(item for item in self.items if item.asks)

    def item(self, item_id: str) -> Item:
        """Return the item of this id; KeyError when the instrument has none."""
        return self._by_id[item_id]

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def codes(self, item: Item) -> tuple[int, ...]:
        """Return the answer codes an item offers, in the order shown; empty for open items."""
        if item.kind == "yes-no":
            return (1, 0)
        return self.options[item.options].values if item.options else ()


class ItemWording(Frozen):
    """The sentence of one item in one language, with a hint under it."""

    text: str
    hint: str = ""


class Wording(Frozen):
    """The sentences of an instrument in one language, versioned apart from its structure."""

    instrument: str
    version: str
    language: str
    status: Literal["placeholder", "licensed", "own"]
    holder: str = ""
    proof: str = ""
    title: str
    introduction: str = ""
    items: dict[str, ItemWording]
    options: dict[str, dict[int, str]] = {}

    @property
    def id(self) -> str:
        """The name that is stored with every answer given to this wording."""
        return f"{self.instrument}/{self.language}/{self.version}"
