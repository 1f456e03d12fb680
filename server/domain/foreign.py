"""A questionnaire as another system describes it, in our terms, and what got lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.domain.instrument import ItemKind

# What became of a sentence itself.
FORMATTED = "lost its formatting"
BRACED = "had braces, which became parentheses"
PIPED = "fills in another answer there (piping); its name stands in the text now"
EMBEDDED = "shows another field inside its text there; its name stands in the text now"
# Of what the file left unsaid: a name, a code or a number stands where words should.
NO_TEXT = "has no text; its name stands for it"
NO_LABEL = "has no label for code {code}; the code stands for it"
NO_ENDS = "has no words for its ends; numbers stand for them"
_UNSAID = ("; its name stands for it", "; the code stands for it", "; numbers stand for them")


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the other system's file says and ours cannot, or not yet; never passed over."""

    where: str
    what: str

    @property
    def alters(self) -> bool:
        """Whether the sentence is not quite what stood there."""
        return self.what in {FORMATTED, BRACED, PIPED, EMBEDDED}

    @property
    def unsaid(self) -> bool:
        """Whether the file has no words where some are needed."""
        return self.what.endswith(_UNSAID)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class ForeignOption:
    """An answer: our code for it, what the other system calls it, its label, what it counts."""

    code: int
    known_as: str
    label: str
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class ForeignItem:
    """One question or piece of text. `id` is ours, `known_as` the other system's name for it."""

    id: str
    known_as: str
    kind: ItemKind
    text: str
    hint: str = ""
    options: tuple[ForeignOption, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    low: str = ""
    high: str = ""
    unit: str = ""
    soft_limit: int | None = None
    show_if: str = ""

    @property
    def asks(self) -> bool:
        """Whether a person can answer it."""
        return self.kind not in {"information", "section"}


@dataclass(frozen=True, slots=True)
class ForeignScore:
    """A calculation that ours can do too: the sum or the mean of items.

    `tolerant`: it was made of whatever was answered; otherwise every answer was needed.
    """

    id: str
    label: str
    method: Literal["sum", "mean"]
    items: tuple[str, ...]
    tolerant: bool = False


@dataclass(frozen=True, slots=True)
class ForeignForm:
    """A whole file, read. `losses` names everything in it that did not come along."""

    title: str
    items: tuple[ForeignItem, ...]
    scores: tuple[ForeignScore, ...] = ()
    losses: tuple[Loss, ...] = ()
    language: str = ""
    rights: str = ""
