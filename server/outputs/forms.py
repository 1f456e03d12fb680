"""An instrument and its wording → questions to show, and the static page that shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.domain.instrument import Instrument, Item, Wording
from server.outputs.translations import translations

SERVER = Path(__file__).resolve().parent.parent
_INDENT = re.compile(r"\n\s+")
_SLOT = re.compile(r"\{(about|event)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence; one with a slot is filled where the form is shown."""

    text: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a question offers."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One item as it is shown: its sentence, what it offers, what stands in it now."""

    id: str
    kind: str
    number: int | None
    text: tuple[Part, ...]
    hint: tuple[Part, ...]
    options: tuple[Option, ...]
    minimum: str
    maximum: str
    step: str
    soft_limit: int | None
    # Words at both ends of a scale; what a number counts; whether a text is one line.
    low: str = ""
    high: str = ""
    unit: str = ""
    short: bool = False
    value: object = None
    error: str = ""
    ask_empty: bool = False
    # On the page as `data-show-if`; scripts hide by it, the plain page asks part by part.
    show_if: str = ""
    # From this answer on the page offers help at once, before anything is sent.
    safe: float | None = None

    def holds(self, value: int) -> bool:
        """Whether this option is among what stands in it now."""
        held = self.value if isinstance(self.value, (list, tuple)) else [self.value]
        return value in held

    def alarms(self, value: object) -> bool:
        """Whether an answer to it is one at which help is offered."""
        return self.safe is not None and isinstance(value, int | float) and value >= self.safe

    def with_answer(self, value: object, error: str = "", *, ask_empty: bool = False) -> Question:
        """Return the same question holding an answer, and what is to be said about it."""
        return replace(self, value=value, error=error, ask_empty=ask_empty)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole form as it is shown."""

    instrument: str
    wording: str
    language: str
    direction: str
    title: str
    introduction: tuple[Part, ...]
    minutes: int
    placeholder: bool
    about: bool
    hidden: bool
    # It names an event, and no sentence of its wording does: the page says it above them.
    event: bool
    # What it asks is kept sealed, and so not saved half-finished by the server.
    sealed: bool
    # All questions on one short page, instead of one at a time.
    paged: bool
    questions: tuple[Question, ...]

    @property
    def duration(self) -> str:
        """How long it takes, in words: `4 minutes`."""
        return duration(self.minutes, self.language)

    @property
    def count(self) -> int:
        """How many questions it asks, if all of them are shown."""
        return sum(question.number is not None for question in self.questions)

    @property
    def ranged(self) -> bool:
        """Whether it asks for numbers, typed or marked on a line: they bring a style of their own."""
        return any(question.kind in {"number", "scale"} for question in self.questions)

    @property
    def least(self) -> int:
        """How many of them it asks whatever is answered."""
        return sum(
            question.number is not None and not question.show_if for question in self.questions
        )


def sheet(instrument: Instrument, wording: Wording, slots: dict[str, str] | None = None) -> Sheet:
    """Put structure and sentences together; slots named here are filled, others stay open."""
    numbers = {item.id: place for place, item in enumerate(instrument.questions, start=1)}
    return Sheet(
        instrument=instrument.id,
        wording=wording.id,
        language=wording.language,
        direction=direction(wording.language),
        title=wording.title,
        introduction=_parts(wording.introduction, slots),
        minutes=instrument.minutes,
        placeholder=wording.status == "placeholder",
        about=instrument.about is not None,
        hidden="rated facilitator" in instrument.visibility.hidden_from,
        event=instrument.needs == "event" and not _names_event(wording),
        sealed=bool(instrument.giving),
        paged=instrument.display == "page",
        questions=tuple(
            _question(instrument, wording, item, numbers.get(item.id), slots)
            for item in instrument.items
        ),
    )


def _names_event(wording: Wording) -> bool:
    said = [wording.introduction, *(item.text for item in wording.items.values())]
    return any("{event}" in each for each in said)


def render(
    instrument: Instrument, wording: Wording, static_version: str, *, synthetic: bool = False
) -> bytes:
    """Return the static page of a form: the same arguments give the same bytes, always."""
    page = environment(wording.language).get_template("participant/form.html")
    html = page.render(
        sheet=sheet(instrument, wording),
        lang=wording.language,
        dir=direction(wording.language),
        demo=synthetic,
        offers_help=True,
        static=lambda path: f"/static/{static_version}/{path}",
    )
    # Every phone fetches it: it goes without the layout that its source is read by.
    return _INDENT.sub("\n", html).encode()


def duration(minutes: int, language: str) -> str:
    """Return minutes in words, with the language's own plural."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return str(format_unit(minutes, "duration-minute", locale=locale))


def direction(language: str) -> str:
    """Return `rtl` for languages written from right to left, else `ltr`."""
    try:
        return Locale.parse(language, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


@lru_cache
def environment(language: str) -> Environment:
    """Return templates that speak a language, whoever is asking: a page is laid out for everybody."""
    environment = Environment(
        loader=FileSystemLoader(SERVER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # added by the extension
        translations(language), newstyle=True
    )
    return environment


def _question(
    instrument: Instrument,
    wording: Wording,
    item: Item,
    number: int | None,
    slots: dict[str, str] | None,
) -> Question:
    said = wording.items[item.id]
    return Question(
        id=item.id,
        kind=item.kind,
        number=number,
        text=_parts(said.text, slots),
        hint=_parts(said.hint, slots),
        options=tuple(Option(code, label) for code, label in _labels(instrument, wording, item)),
        minimum=_plain(item.minimum),
        maximum=_plain(item.maximum),
        step=_plain(item.step),
        soft_limit=item.soft_limit,
        low=said.low,
        high=said.high,
        unit=said.unit,
        short=item.short,
        show_if=item.show_if.text if item.show_if else "",
        safe=min(
            (rule.at_least for rule in instrument.safety if rule.item == item.id), default=None
        ),
    )


def _labels(instrument: Instrument, wording: Wording, item: Item) -> list[tuple[int, str]]:
    """Return codes with their labels. Yes and no have no option set: the page says them itself."""
    labels = wording.options.get(item.options or "", {})
    return [(code, labels.get(code, "")) for code in instrument.codes(item)]


def _parts(text: str, slots: dict[str, str] | None) -> tuple[Part, ...]:
    pieces = _SLOT.split(text)
    return tuple(
        Part((slots or {}).get(piece, ""), piece) if place % 2 else Part(piece)
        for place, piece in enumerate(pieces)
        if piece
    )


def _plain(number: float | None) -> str:
    """Write 3.0 as 3: an attribute of an input, not a measurement."""
    return "" if number is None else f"{number:g}"
