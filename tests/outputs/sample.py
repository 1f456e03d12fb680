"""A made-up record that fills four pages: what the PDF tests read and the bench measures."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from server.catalog.load import load
from server.config import ROOT
from server.domain.answers import Answer, AnswerValue
from server.domain.facts import VisitStatus
from server.domain.instrument import Instrument, Item
from server.outputs import page, summary
from server.outputs.record import Reader, Record, ScoreLine, Sitting, VisitLine

ENROLLED = date(2026, 2, 2)
PRINTED = datetime(2027, 3, 1, 9, 0, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
_OPEN = (
    "I noticed that mornings are different. I get up before the alarm and make tea, and the day does "
    "not feel like a wall any more. My sister said that I interrupt people less.\n\nThe nights are "
    "still mixed. Twice I woke from an old dream, but I could go back to sleep, which I never could."
)


@cache
def catalog():
    return load(ROOT / "forms", ROOT / "schedules")


def record(research_copy: bool = False, seed: int = 7) -> Record:
    """A year after enrolment: six points in time, one form missed, one half empty, one still open."""
    draw = random.Random(seed)
    sittings = [*_outcomes(draw), *_own_words(draw)]
    if research_copy:
        sittings += _alliance(draw)
    return Record(
        study_code="AC-01",
        study_title="Alliance and outcome, everyday design",
        participant_code="P-0012",
        status="active",
        enrolled_on=ENROLLED,
        printed_at=PRINTED,
        zone="Europe/Berlin",
        reader=Reader("Anna Keller", "coordinator"),
        synthetic=True,
        research_copy=research_copy,
        visits=_visits(),
        sittings=tuple(sittings),
    )


def four_pages() -> tuple[str, str]:
    """Return the HTML and the CSS of a representative summary, ready for the press."""
    return page.html(summary.summary(record())), page.css()


def _visits() -> tuple[VisitLine, ...]:
    rows: list[tuple[str, str, int, VisitStatus]] = [
        ("enrolment", "Enrolment", 0, "held"),
        ("preparation", "Preparation 1", 9, "held"),
        ("preparation", "Preparation 2", 16, "held"),
        ("dosing", "Dosing 1", 23, "held"),
        ("integration", "Integration 1", 25, "held"),
        ("integration", "Integration 2", 32, "cancelled"),
        ("dosing", "Dosing 2", 51, "held"),
        ("integration", "Integration 2", 53, "held"),
        ("integration", "Integration 3", 67, "held"),
        ("follow-up", "Follow-up 1", 240, "held"),
        ("follow-up", "Follow-up 2", 370, "planned"),
        ("follow-up", "Follow-up 3", 420, "planned"),
    ]
    return tuple(
        VisitLine(kind, label, ENROLLED + timedelta(days=after), status, time(10, 30))
        for kind, label, after, status in rows
    )


def _outcomes(draw: random.Random) -> list[Sitting]:
    points = [("baseline", 1, 0.8), ("one week", 58, 0.55), ("one month", 82, 0.45),
              ("three months", 143, 0.4), ("six months", 235, 0.42), ("twelve months", 388, 0.3)]  # fmt: skip
    found = []
    for when, after, level in points:
        found.append(sitting("ies-r", f"Distress at {when}", after, level, draw))
        found.append(sitting("who-5", f"Well-being at {when}", after, 1 - level, draw))
    found[6] = replace(found[6], state="unopened", answered_at=None, scores=(), answers=())
    found[-1] = replace(found[-1], state="open", answered_at=None, scores=(), answers=())
    return found


def _alliance(draw: random.Random) -> list[Sitting]:
    points = [
        ("before dosing", 17, 0.7),
        ("one week after dosing 1", 30, 0.75),
        ("one week after dosing 2", 58, 0.9),
    ]
    return [
        replace(sitting("wai-sr", f"Alliance {when}", after, level, draw), about=who, alliance=True)
        for who in ("Maya", "Tom")
        for when, after, level in points
    ]


def _own_words(draw: random.Random) -> list[Sitting]:
    found = []
    for when, after in (("one month", 82), ("six months", 236)):
        each = sitting("followup-open", f"Open questions at {when}", after, 0.5, draw)
        found.append(each)
    return found


def sitting(name: str, label: str, after: int, level: float, draw: random.Random) -> Sitting:
    """One answered form of an instrument, its answers scattered about a level from 0 to 1."""
    instrument = catalog().instrument(name)
    answers = tuple(_answer(instrument, item, level, draw) for item in instrument.questions)
    day = ENROLLED + timedelta(days=after)
    return Sitting(
        label=label,
        instrument=instrument,
        wording=catalog().wording(name, "en"),
        opens_on=day - timedelta(days=2),
        target_on=day,
        closes_on=day + timedelta(days=3),
        state="answered",
        answered_at=datetime.combine(day, time(18, 20), ZoneInfo("Europe/Berlin")),
        scores=_scores(instrument, answers),
        answers=answers,
    )


def _answer(instrument: Instrument, item: Item, level: float, draw: random.Random) -> Answer:
    if draw.random() < 0.02:
        return Answer(item.id, draw.choice(["skipped", "unanswered"]))
    codes = instrument.codes(item)
    value: AnswerValue = _OPEN
    if codes:
        place = round(level * (len(codes) - 1) + draw.uniform(-1, 1))
        value = sorted(codes)[min(max(place, 0), len(codes) - 1)]
    return Answer(item.id, "answered", value)


def _scores(instrument: Instrument, answers: tuple[Answer, ...]) -> tuple[ScoreLine, ...]:
    """Stand-ins of the right size; scoring has tests of its own."""
    values = {a.item: a.value for a in answers if isinstance(a.value, int)}
    lines = []
    for score in instrument.scores:
        items = score.items or tuple(values)
        top = max(
            (
                max(instrument.codes(item))
                for item in instrument.questions
                if instrument.codes(item)
            ),
            default=1,
        )
        known = [values[item] for item in items if item in values]
        share = sum(known) / (len(known) * top) if known else 0
        value = score.minimum + share * (score.maximum - score.minimum)
        lines.append(
            ScoreLine(
                score.id,
                float(round(value)),
                "1 of 22 items empty" if len(known) < len(items) else "",
                len(known) < len(items),
            )
        )
    return tuple(lines)
