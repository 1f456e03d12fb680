"""The pages behind page one: the course in order of time, scores over time, answers.

Rows are lines of text with tab stops, not tables: WeasyPrint lays a table out about six times slower.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.instrument import Item, Score
from server.outputs.charts import number
from server.outputs.measures import Measure, headlines, known_change
from server.outputs.record import Record, ScoreLine, Sitting
from server.outputs.words import (
    Text,
    day,
    entered,
    gettext,
    key,
    name,
    ngettext,
    printable,
    short,
    state_of_answer,
    state_of_sitting,
    state_of_visit,
    text,
    value,
)

COLUMNS = 6  # days beside each other in one grid
MOST_SITTINGS = 18  # of one measure, the latest; the rest is in the export
MOST_LINES = 200  # of the course
MOST_GRIDS = 40  # of scores, and as many of answers
MOST_LETTERS = 40_000  # of all open answers together, a line counting as one of at least 60
_LABEL_LETTERS = 42
_FIGURE_SPACE = "\u2007"  # as wide as a figure: numbers stand under each other without a table


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A visit or a form on its day."""

    day: str
    what: str
    state: str
    visit: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row's name, and its cells with a tab before each."""

    label: str
    cells: str


@dataclass(frozen=True, slots=True)
class Grid:
    """One measure's rows over up to `COLUMNS` days."""

    title: str
    note: str
    heads: str
    rows: tuple[GridRow, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """An open question and what was answered to it, in one sitting."""

    question: str
    answer: Text
    state: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """One sitting's open questions."""

    title: str
    answers: tuple[Words, ...]


def course(record: Record) -> tuple[list[CourseLine], int]:
    """Return visits and forms in order of time, the latest that fit, and how many were left out."""
    locale, today = record.language, record.today
    dated: list[tuple[date, int, str, CourseLine]] = []
    for visit in record.visits:
        clock = f", {visit.at:%H:%M}" if visit.at else ""
        state = state_of_visit(visit, today)
        line = CourseLine(day(visit.on, locale), visit.label + clock, state, visit=True)
        dated.append((visit.on, 0, visit.label, line))
    for each in record.sittings:
        what = short(name(each), 78)
        line = CourseLine(day(each.day, locale), what, state_of_sitting(each, locale), visit=False)
        dated.append((each.day, 1, what, line))
    lines = [line for *_, line in sorted(dated, key=lambda found: found[:3])]
    return lines[-MOST_LINES:], max(0, len(lines) - MOST_LINES)


def score_grids(found: Sequence[Measure], locale: str) -> tuple[list[Grid], int]:
    """Return every score of every measure, days across, and how many grids were left out."""
    return _capped(
        Grid(
            title,
            "",
            heads,
            tuple(_score_row(each, part) for each in scores),
            (*_remarks(part, locale), *_changes(measure, part)),
        )
        for measure in found
        if (scores := measure.instrument.scores)
        for title, heads, part in _parts(measure, locale)
    )


def _changes(measure: Measure, part: Sequence[Sitting]) -> tuple[str, ...]:
    """Say under a measure's last grid what is known of its other scores' changes."""
    if part[-1] is not _answered(measure)[-1]:
        return ()
    heads = {score.id for score in headlines(measure)}
    return tuple(
        f"{score.label}: {told}"
        for score in measure.instrument.scores
        if score.id not in heads and score.id in measure.instrument.change
        for told in known_change(measure, score)
    )


def answer_grids(found: Sequence[Measure], locale: str) -> tuple[list[Grid], int]:
    """Return every answer that fits a column, items down, days across, and how many were left out."""
    return _capped(
        Grid(
            title,
            key(measure.instrument, part[-1].wording),
            heads,
            tuple(_item_row(place, item, part, locale) for place, item in items),
            _not_done(items, part, locale),
        )
        for measure in found
        if (items := _closed_items(measure))
        for title, heads, part in _parts(measure, locale)
    )


def _capped(grids: Iterator[Grid]) -> tuple[list[Grid], int]:
    every = list(grids)
    return every[:MOST_GRIDS], max(0, len(every) - MOST_GRIDS)


def own_words(found: Sequence[Measure], locale: str) -> tuple[list[OwnWords], int]:
    """Return open answers in full, the latest first, and how many found no room at all."""
    room, left_out, shown = MOST_LETTERS, 0, []
    sittings = [each for measure in found for each in _answered(measure)]
    for sitting in sorted(sittings, key=lambda each: each.day, reverse=True):
        answers = []
        for words in _open_answers(sitting):
            length = sum(max(len(line), 60) for line in words.answer.paragraphs)
            if length > room:
                left_out += 1
                continue
            room -= length
            answers.append(words)
        if answers:
            title = f"{day(sitting.day, locale)} · {name(sitting)}"
            shown.append(OwnWords(title, tuple(answers)))
    return shown, left_out


def _answered(measure: Measure) -> list[Sitting]:
    return [each for each in measure.sittings if each.answered_at is not None]


def _parts(measure: Measure, locale: str) -> Iterator[tuple[str, str, list[Sitting]]]:
    """Cut a measure's answered sittings into grids of a page's width, each with title and heads."""
    every = _answered(measure)
    kept = every[-MOST_SITTINGS:]
    for start in range(0, len(kept), COLUMNS):
        part = kept[start : start + COLUMNS]
        title = measure.title
        if not measure.instrument.title.startswith(title):
            title = f"{title} · {measure.instrument.title}"
        if len(every) > len(kept) and not start:
            latest = ngettext("the latest form", "the latest %(num)d forms", len(kept))
            title = f"{title} ({latest})"
        yield title, _cells([day(each.day, locale) for each in part]), part


def _score_row(score: Score, part: Sequence[Sitting]) -> GridRow:
    scale = "" if score.decides else f" ({number(score.minimum)}–{number(score.maximum)})"
    label = short(score.label, _LABEL_LETTERS - len(scale)) + scale
    return GridRow(label, _figures([_score(score, each) for each in part]))


def _score(score: Score, sitting: Sitting) -> str:
    line = next((line for line in sitting.scores if line.score == score.id), None)
    if line is None or line.value is None:
        return "–"
    if score.decides:
        return gettext("yes") if line.value else gettext("no")
    return ("≈" if line.prorated else "") + number(line.value)


def _remarks(part: Sequence[Sitting], locale: str) -> tuple[str, ...]:
    """Say under the grid who entered it, and why a number is missing or filled, once for each day."""
    seen: dict[str, None] = {}
    for each in part:
        if who := entered(each):
            seen[f"{day(each.day, locale)}: {who}"] = None
        for line in each.scores:
            if line.value is None or line.prorated:
                seen[f"{day(each.day, locale)}: {_because(line)}"] = None
    for each in part:
        if told := _errors(each):
            seen[f"{day(each.day, locale)}: {told}"] = None
    return tuple(list(seen)[:8])


def _errors(sitting: Sitting) -> str:
    """Name the standard errors that stand beside values in their authors' tables."""
    labels = {score.id: score.label for score in sitting.instrument.scores}
    found = [f"{labels[line.score]} {number(line.error)}" for line in sitting.scores if line.error]
    return gettext("standard error: %(each)s", each=", ".join(found)) if found else ""


def _because(line: ScoreLine) -> str:
    if line.value is None:
        return gettext(
            "not scored: %(why)s", why=short(line.reason, 100) or gettext("no reason given")
        )
    return gettext(
        "≈ filled: %(why)s", why=short(line.reason, 100) or gettext("some items were empty")
    )


def _not_done(
    items: Sequence[tuple[int, Item]], part: Sequence[Sitting], locale: str
) -> tuple[str, ...]:
    """Say under the grid why something was not done."""
    places = {item.id: place for place, item in items}
    told = [
        gettext(
            "%(day)s, %(place)s not done: %(why)s",
            day=day(each.day, locale), place=places[answer.item], why=short(answer.reason, 100),
        )
        for each in part
        for answer in each.answers
        if answer.reason and answer.item in places
    ]  # fmt: skip
    return tuple(dict.fromkeys(told))[:8]


def _closed_items(measure: Measure) -> list[tuple[int, Item]]:
    questions = enumerate(measure.instrument.questions, start=1)
    return [(place, item) for place, item in questions if item.kind != "text"]


def _item_row(place: int, item: Item, part: Sequence[Sitting], locale: str) -> GridRow:
    wording = part[-1].wording.items.get(item.id)
    words = item.topic or (wording.text if wording else item.id)
    answers = [next((a for a in each.answers if a.item == item.id), None) for each in part]
    label = f"{place:>2} ".replace(" ", _FIGURE_SPACE, 1) if place < 10 else f"{place} "
    cells = [value(item, answer, locale) for answer in answers]
    return GridRow(label + short(words, _LABEL_LETTERS - 3), _figures(cells))


def _open_answers(sitting: Sitting) -> Iterator[Words]:
    answers = {answer.item: answer for answer in sitting.answers}
    for item in sitting.instrument.questions:
        answer = answers.get(item.id)
        if item.kind != "text" or answer is None:
            continue
        wording = sitting.wording.items.get(item.id)
        question = printable(wording.text if wording else item.topic or item.id)
        if answer.state == "answered" and isinstance(answer.value, str):
            yield Words(question, text(answer.value), "")
        else:
            yield Words(question, Text(()), state_of_answer(answer))


def _figures(cells: Sequence[str]) -> str:
    """Put cells behind tabs, figures padded so that their points (or ends) stand under each other."""
    return _cells([_padded(cell) for cell in cells])


def _padded(cell: str) -> str:
    whole = cell.partition(".")[0]
    if not (whole.lstrip("−≈").isdigit() or cell == "–"):
        return cell
    return _FIGURE_SPACE * (3 - len(whole)) + cell


def _cells(cells: Sequence[str]) -> str:
    return "\t".join(cells)
