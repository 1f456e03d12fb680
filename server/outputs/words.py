"""How days, values, states and long texts are written on a printed page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import flask_babel
from babel.dates import format_date

from server.domain.answers import Answer
from server.domain.assessment import rule
from server.domain.instrument import Instrument, Item, Wording
from server.outputs.charts import number
from server.outputs.record import Sitting, VisitLine

# One answer's printed length: about a page and a half. The rest is on screen and in the export.
PRINTED_LETTERS = 4_000
PRINTED_LINES = 80  # of one answer: a body of line breaks costs paper and time as well
_UNBROKEN = re.compile(r"\S{40}(?=\S)")
_SOFT_BREAK = "\u200b"
# What XML cannot hold, and what turns reading direction around for all that follows.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    """An answer in a person's own words: paragraphs, and what to say where it was cut."""

    paragraphs: tuple[str, ...]
    cut: str = ""


def gettext(words: str, **values: object) -> str:
    """Return the sentence in the page's language, its named places filled."""
    return str(flask_babel.gettext(words, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the sentence for one or for many; `num` is at hand as a named place."""
    return str(flask_babel.ngettext(one, many, num, **values))


def day(when: date, locale: str) -> str:
    """Write a calendar day with its year: `3 Mar 2027`."""
    return str(format_date(when, "d MMM y", locale=locale))


def short(words: str, letters: int) -> str:
    """Cut to one line's worth of letters, with an ellipsis where something is missing."""
    words = " ".join(printable(words).split())
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def printable(words: str) -> str:
    """Leave out control characters; everything a person can see stays."""
    return _UNPRINTABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def text(words: str, letters: int = PRINTED_LETTERS) -> Text:
    """Set an answer as paragraphs; past `letters` (or 80 lines) it is cut, and says so in numbers."""
    whole = "\n".join(line for each in printable(words).split("\n") if (line := each.strip()))
    shown = "\n".join(whole[:letters].split("\n")[:PRINTED_LINES])
    lines = tuple(_UNBROKEN.sub(rf"\g<0>{_SOFT_BREAK}", line) for line in shown.split("\n") if line)
    if len(shown) == len(whole):
        return Text(lines)
    cut = gettext(
        "Cut here: the first %(shown)s of %(all)s characters. The whole answer is on screen and in "
        "the export.",
        shown=f"{len(shown):,}",
        all=f"{len(whole):,}",
    )
    return Text(lines, cut)


def value(item: Item, answer: Answer | None, locale: str) -> str:
    """Write an answer in a column's width: its code or number, or why there is none."""
    if answer is None:
        return ""
    if answer.state != "answered" or answer.value is None:
        return state_of_answer(answer)
    match answer.value:
        case tuple() as codes:
            return short(", ".join(map(str, codes)), 11)
        case str() as words:
            return _day_or_text(item, words, locale)
        case code if item.kind == "yes-no":
            return gettext("yes") if code else gettext("no")
        case figure:
            return number(figure)


def state_of_answer(answer: Answer) -> str:
    """Say why an item has no value: skipped on purpose, left empty, or never shown (R20)."""
    return {
        "skipped": gettext("skipped"),
        "unanswered": gettext("empty"),
        "not-shown": gettext("not shown"),
        "not-done": gettext("not done"),
        "answered": "",
    }[answer.state]


def state_of_visit(visit: VisitLine, today: date) -> str:
    """Say in words how a visit stands."""
    if visit.status == "planned" and visit.on < today:
        return gettext("planned, not recorded as held")
    return {
        "planned": gettext("planned"),
        "held": gettext("held"),
        "cancelled": gettext("cancelled"),
    }[visit.status]


def state_of_sitting(sitting: Sitting, locale: str) -> str:
    """Say in words what became of a form: its state's own word, with the day that goes with it."""
    said = gettext(rule(sitting.state).word)
    on = {
        "open": gettext("open until %(day)s", day=day(sitting.closes_on, locale)),
        "upcoming": gettext("opens %(day)s", day=day(sitting.opens_on, locale)),
    }.get(sitting.state, said)
    return ", ".join(part for part in (on, entered(sitting), sitting.note) if part)


def entered(sitting: Sitting) -> str:
    """Say who entered the answers; empty where the participant sent them themselves."""
    if not sitting.entered_by:
        return ""
    if sitting.state != "transcribed" and sitting.source == "paper":
        return gettext("from paper, entered by %(name)s", name=sitting.entered_by)
    return gettext("entered by %(name)s", name=sitting.entered_by)


def name(sitting: Sitting) -> str:
    """Name a form by its place in the course: what was asked, when, and about whom."""
    short_title = sitting.instrument.short_title
    words = sitting.label
    if short_title.casefold() not in words.casefold():
        words = f"{words} ({short_title})"
    if sitting.about:
        words = gettext("%(form)s, about %(person)s", form=words, person=sitting.about)
    return words


def key(instrument: Instrument, wording: Wording) -> str:
    """Say what the codes of a form's answers stand for; empty for a form without codes."""
    lines = []
    for name_, options in instrument.options.items():
        labels = wording.options.get(name_, {})
        lines.append(
            " · ".join(f"{code} {labels.get(code, '')}".strip() for code in options.values)
        )
    return "; ".join(lines)


def _day_or_text(item: Item, words: str, locale: str) -> str:
    if item.kind != "date":
        return short(words, 11)
    try:
        return day(date.fromisoformat(words), locale)
    except ValueError:
        return short(words, 11)
