"""A questionnaire's structure: items, options, scores, licence. Its sentences live in a Wording."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, InstanceOf

from server.domain.grammar import Expression, parse
from server.domain.plain import Frozen, Number, Text, Truth, Whole, parsed
from server.domain.reading import Band, ChangeRule, Gate, SafetyRule
from server.domain.score import Missing, Score, Setting

__all__ = [
    "YES_NO",
    "YES_NO_CODES",
    "Band",
    "HiddenFrom",
    "Instrument",
    "Item",
    "ItemKind",
    "ItemWording",
    "Licence",
    "Missing",
    "OptionSet",
    "Respondent",
    "Score",
    "Visibility",
    "Wording",
]

ItemKind = Literal[
    "choice", "multi-choice", "number", "scale", "text", "date", "yes-no", "information", "section"
]
Respondent = Literal["participant", "facilitator", "rater", "staff"]
Gives = Literal["event", "event date"]
# One question per screen, or all of them on one short page.
Display = Literal["single", "page"]
HiddenFrom = Literal["rated facilitator", "co-facilitator"]

# What `yes-no` offers, and under which name a wording says it.
YES_NO = "yes-no"
YES_NO_CODES = (1, 0)


class OptionSet(Frozen):
    """The codes of a set of answers, in the order shown. Labels stand in the wording.

    `not_done` names the code that says so: staff then tell why, and silence is no reassurance.
    """

    values: tuple[Whole, ...] = Field(min_length=2)
    not_done: Whole | None = None


class Item(Frozen):
    """One question, or a piece of text between questions.

    `reversed` and `recode` say what an answer counts in scores; what is stored is what was answered.
    `required` is for staff and raters only: such an item offers "not done" instead of staying empty.
    `short`: a text of one line; any other text is as long as somebody wants.
    `gives`: the answer is no answer among others but a fact about the participant (the event that later
    forms name), kept sealed like a name, and neither stored, printed nor exported as an answer.
    `show_if` says when it is shown (docs/show-if.md); an item without it always is.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: ItemKind
    topic: str = ""
    options: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    step: Annotated[Number, Field(gt=0)] | None = None
    soft_limit: Annotated[Whole, Field(gt=0)] | None = None
    short: Truth = False
    reversed: Truth = False
    recode: str | None = None
    required: Truth = False
    gives: Gives | None = None
    show_if: Annotated[InstanceOf[Expression], parsed(parse)] | None = None

    @property
    def asks(self) -> bool:
        """Whether a person can answer it (information and section only speak)."""
        return self.kind not in {"information", "section"}

    @property
    def label_set(self) -> str | None:
        """The name of the set in the wording that labels its answers; None for open items."""
        return YES_NO if self.kind == YES_NO else self.options


class Visibility(Frozen):
    """From whom answers are hidden, by their part in this very participant's care."""

    hidden_from: tuple[HiddenFrom, ...] = ()


class Licence(Frozen):
    """Who holds the published wording, and what that means for a site."""

    status: Literal["own", "free", "permission"]
    holder: Text
    note: str = ""


class Instrument(Frozen):
    """One version of a questionnaire's structure."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: Text
    short_title: Text
    purpose: str = ""
    respondent: Respondent
    about: Literal["facilitator"] | None = None
    # What must be known about the participant before it can be asked.
    needs: Literal["event"] | None = None
    recall: Text
    minutes: Whole = Field(ge=1)
    display: Display = "single"
    options: dict[str, OptionSet] = Field(default_factory=dict)
    items: tuple[Item, ...] = Field(min_length=1)
    # What answer codes count in scores, by the name that items call it by.
    recodes: dict[str, dict[Whole, Number]] = Field(default_factory=dict)
    scores: tuple[Score, ...] = ()
    # Without a total: the scores of which a study picks the one that heads lists and charts.
    heads: tuple[str, ...] = ()
    scoring_version: Text = "1"
    settings: dict[str, Setting] = Field(default_factory=dict)
    gate: Gate | None = None
    change: dict[str, ChangeRule] = Field(default_factory=dict)
    # Why a value stands for itself, and no change is read from two of them (it tells of one session).
    stands_alone: str = ""
    safety: tuple[SafetyRule, ...] = ()
    visibility: Visibility = Visibility()
    licence: Licence
    sources: tuple[str, ...] = ()
    # What an import could not carry over; a person decides each, and takes it out.
    notes: tuple[str, ...] = ()

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """The items that a person answers, in order."""
        return tuple(item for item in self.items if item.asks)

    @cached_property
    def giving(self) -> dict[str, str]:
        """What becomes a fact about the participant: its name → the item that gives it."""
        return {item.gives: item.id for item in self.items if item.gives}

    @cached_property
    def conditions(self) -> tuple[tuple[str, Expression | None], ...]:
        """Each item in order with what decides whether it is shown."""
        return tuple((item.id, item.show_if) for item in self.items)

    @cached_property
    def branches(self) -> bool:
        """Whether any item is shown only on a condition."""
        return any(item.show_if for item in self.items)

    @cached_property
    def headline(self) -> Score | None:
        """The score that stands for the instrument in lists and charts, unless a study picks another."""
        return next((score for score in self.scores if score.headline), None)

    def compares(self, score: Score) -> bool:
        """Whether two values of one person differ by an amount that says something.

        Yes and no, and the digits of a profile, differ in no amount.
        """
        return not (self.stands_alone or score.decides or score.method == "digits")

    def item(self, item_id: str) -> Item:
        """Return the item of this id; KeyError when the instrument has none."""
        return self._by_id[item_id]

    def score(self, score_id: str) -> Score:
        """Return the score of this id; KeyError when the instrument has none."""
        return self._scores_by_id[score_id]

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def _scores_by_id(self) -> dict[str, Score]:
        return {score.id: score for score in self.scores}

    def codes(self, item: Item) -> tuple[int, ...]:
        """Return the answer codes an item offers, in the order shown; empty for open items."""
        if item.kind == YES_NO:
            return YES_NO_CODES
        return self.options[item.options].values if item.options else ()

    def not_done(self, item: Item) -> int | None:
        """Return the code by which an item says that it was not done; None where it has none."""
        return self.options[item.options].not_done if item.options else None

    def ends(self, item: Item) -> tuple[float, float] | None:
        """Return the lowest and highest answer of an item; None where it has no bounds."""
        if item.minimum is not None and item.maximum is not None:
            return item.minimum, item.maximum
        codes = self.codes(item)
        return (min(codes), max(codes)) if codes else None

    def counts(self, item: Item, value: float) -> float:
        """Return what an answer counts in scores: itself, turned around, or what its table says."""
        if item.recode is not None:
            return self.recodes[item.recode][int(value)]
        ends = self.ends(item)
        return ends[0] + ends[1] - value if item.reversed and ends else value


class ItemWording(Frozen):
    """The sentence of one item in one language, with a hint under it.

    `low` and `high` name the ends of a scale, `unit` what a number counts.
    """

    text: Text
    hint: str = ""
    low: str = ""
    high: str = ""
    unit: str = ""


class Wording(Frozen):
    """The sentences of an instrument in one language, versioned apart from its structure.

    A version that ends in `-site` is the site's own file: it goes before what is shipped, and its
    name never meets a shipped one. Of a licence, `proof` says in words where it is filed; `proof_on`
    is the day that was recorded, `proof_by` who recorded it.
    """

    instrument: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+(-site)?$")
    language: str
    status: Literal["placeholder", "licensed", "own"]
    holder: str = ""
    proof: str = ""
    proof_on: str = ""
    proof_by: str = ""
    title: Text
    introduction: str = ""
    items: dict[str, ItemWording]
    options: dict[str, dict[Whole, Text]] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name that is stored with every answer given to this wording."""
        return f"{self.instrument}/{self.language}/{self.version}"

    @property
    def of_site(self) -> bool:
        """Whether it is the site's own file, not one that was shipped."""
        return self.version.endswith("-site")
