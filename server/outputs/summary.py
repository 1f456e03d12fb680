"""Presents one participant's record as a printed summary: page one for a minute, the rest behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_datetime
from markupsafe import Markup

from server.domain.assessment import COMING, LAPSED, rule
from server.outputs import change_words, charts, sheets
from server.outputs.charts import Span, Tick
from server.outputs.measures import Measure, Panel, headlines, measures, panels
from server.outputs.record import Record, Sitting, VisitLine
from server.outputs.words import day, gettext, name, ngettext, state_of_visit

_MOST_OUTSTANDING = 6
_MOST_TICKS = 60  # beyond that a time line is a bar; dosing visits always stay


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Something that is still to come in, or a visit nobody recorded as held."""

    what: str
    state: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the template prints; it computes nothing."""

    locale: str
    title: str
    study: str
    participant: str
    marks: tuple[str, ...]
    made_for: str
    printed: str
    lead: str
    held: str
    next: str
    timeline: Markup
    panels: list[Panel]
    more_panels: str
    outstanding: list[Outstanding]
    more_outstanding: str
    # What must be known before a number on page one is believed; the rest stands behind it.
    caveats: list[str]
    notes: list[str]
    course: list[sheets.CourseLine]
    course_cut: str
    scores: list[sheets.Grid]
    scores_cut: str
    answers: list[sheets.Grid]
    answers_cut: str
    own_words: list[sheets.OwnWords]
    own_words_cut: str


def summary(record: Record) -> Summary:
    """Lay out a record. What stands in it is what its reader may see: nothing is filtered here."""
    locale = record.language
    found = measures(record.sittings)
    span, ticks = _span(record), _ticks(record)
    waiting = _outstanding(record)
    course = sheets.course(record)
    scores, answers = sheets.score_grids(found, locale), sheets.answer_grids(found, locale)
    own_words = sheets.own_words(found, locale)
    shown = panels([each for each in found if headlines(each)], span, ticks, locale)
    return Summary(
        locale=locale,
        title=gettext("Summary %(code)s", code=record.participant_code),
        study=f"{record.study_code} · {record.study_title}",
        participant=record.participant_code,
        marks=_marks(record),
        made_for=gettext(
            "Made for: %(name)s, %(role)s", name=record.reader.name, role=record.reader.role
        ),
        printed=_printed(record),
        lead=_lead(record),
        held=_last_held(record),
        next=_next(record),
        timeline=charts.timeline(
            _timeline_in_words(record), span, ticks, (record.today, gettext("today")), locale
        ),
        panels=shown[0],
        more_panels=_left_out(shown[1]),
        outstanding=waiting[:_MOST_OUTSTANDING],
        more_outstanding=_more(len(waiting) - _MOST_OUTSTANDING),
        caveats=_caveats(found),
        notes=_notes(found),
        course=course[0],
        course_cut=_left_out(course[1]),
        scores=scores[0],
        scores_cut=_left_out(scores[1]),
        answers=answers[0],
        answers_cut=_left_out(answers[1]),
        own_words=own_words[0],
        own_words_cut=_left_out(own_words[1]),
    )


def _marks(record: Record) -> tuple[str, ...]:
    """What must stand on every page, whatever else does."""
    marks = []
    if record.synthetic:
        marks.append(gettext("Synthetic data"))
    if record.research_copy:
        marks.append(gettext("Research copy: contains alliance; not for facilitators"))
    return tuple(marks)


def _printed(record: Record) -> str:
    moment = format_datetime(record.printed_at, "d MMM y, HH:mm", locale=record.language)
    return gettext("Printed %(moment)s (%(zone)s)", moment=moment, zone=record.zone)


def _span(record: Record) -> Span:
    """From the first fact to today or the last visit known, whichever is later, and a little more."""
    days = [record.enrolled_on, record.today, *(visit.on for visit in _standing(record))]
    days += [each.day for each in record.sittings if each.state not in COMING]
    span = charts.span_of(days)
    return Span(span.first, span.last + timedelta(days=(span.last - span.first).days // 40))


def _standing(record: Record) -> list[VisitLine]:
    return sorted(
        (visit for visit in record.visits if visit.status != "cancelled"), key=lambda each: each.on
    )


def _ticks(record: Record) -> list[Tick]:
    ticks = [
        Tick(visit.on, visit.label, held=visit.status == "held", heavy=visit.kind == "dosing")
        for visit in _standing(record)
    ]
    if len(ticks) > _MOST_TICKS:
        ticks = [tick for tick in ticks if tick.heavy] or ticks
    return ticks[-_MOST_TICKS:]


def _lead(record: Record) -> str:
    week = (record.today - record.enrolled_on).days // 7 + 1
    return gettext(
        "Week %(week)s since enrolment on %(day)s. Status: %(status)s.",
        week=max(week, 1),
        day=day(record.enrolled_on, record.language),
        status=record.status,
    )


def _last_held(record: Record) -> str:
    held = [visit for visit in _standing(record) if visit.status == "held"]
    return _visit(held[-1], record) if held else gettext("none recorded yet")


def _next(record: Record) -> str:
    coming = [v for v in _standing(record) if v.status == "planned" and v.on >= record.today]
    return _visit(coming[0], record) if coming else gettext("none planned")


def _visit(visit: VisitLine, record: Record) -> str:
    clock = f", {visit.at:%H:%M}" if visit.at else ""
    return f"{visit.label}, {day(visit.on, record.language)}{clock}"


def _timeline_in_words(record: Record) -> str:
    return gettext(
        "Visits to scale. Last held: %(held)s. Next: %(next)s.",
        held=_last_held(record),
        next=_next(record),
    )


def _outstanding(record: Record) -> list[Outstanding]:
    """First what can still be answered, then what staff still have to do, then what lapsed, latest first."""
    locale = record.language
    ordered = sorted(record.sittings, key=lambda each: (each.closes_on, each.label, each.about))
    waiting = [
        Outstanding(name(each), gettext("open until %(day)s", day=day(each.closes_on, locale)))
        for each in ordered
        if each.state == "open"
    ]
    waiting += [
        Outstanding(visit.label, f"{state_of_visit(visit, record.today)} ({day(visit.on, locale)})")
        for visit in _standing(record)
        if visit.status == "planned" and visit.on < record.today
    ]
    waiting += [
        Outstanding(name(each), gettext(rule(each.state).word))
        for each in ordered
        if each.state in {"awaiting", "on-paper"}
    ]
    lapsed = [each for each in reversed(ordered) if each.state in LAPSED]
    return waiting + [Outstanding(name(each), _lapsed(each, locale)) for each in lapsed]


def _lapsed(sitting: Sitting, locale: str) -> str:
    word = gettext(rule(sitting.state).word)
    return gettext("%(state)s, closed %(day)s", state=word, day=day(sitting.closes_on, locale))


def _more(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("and %(num)d more, on page 2", "and %(num)d more, on page 2", count)


def _notes(found: tuple[Measure, ...]) -> list[str]:
    """What a reader needs to judge page one: where its words come from and what it leaves open."""
    notes = [
        gettext(
            "Baseline is a measure's first planned form. What is known of a change stands under each "
            "chart with what it rests on; it describes scores and judges nobody."
        )
    ]
    if any(line.prorated for each in found for sitting in each.sittings for line in sitting.scores):
        notes.append(gettext("≈: some items were empty and filled by the rule named behind."))
    return notes


def _caveats(found: tuple[Measure, ...]) -> list[str]:
    """Where the names of ranges come from, and which forms were not asked in published words."""
    bands = dict.fromkeys(
        gettext(
            "%(form)s, %(range)s “%(label)s”: %(source)s.",
            form=each.instrument.short_title,
            range=f"{charts.number(band.low)}–{charts.number(band.high)}",
            label=band.label,
            source=band.source.rstrip(".") + change_words.evidence(band.evidence),
        )
        for each in found
        for score in headlines(each)
        for band in score.bands
    )
    return [*bands, *_wording_notes(found)]


def _wording_notes(found: tuple[Measure, ...]) -> list[str]:
    asked = sorted(
        {
            sitting.instrument.short_title
            for each in found
            for sitting in each.sittings
            if sitting.answered_at and sitting.wording.status == "placeholder"
        }
    )
    if not asked:
        return []
    return [
        gettext(
            "Asked in a placeholder wording, not comparable with published scores: %(forms)s.",
            forms=", ".join(asked),
        )
    ]


def _left_out(count: int) -> str:
    """Say what is not printed: a reader must never take a part for the whole."""
    if count <= 0:
        return ""
    return ngettext(
        "%(num)d more is left out here; it is on screen and in the export.",
        "%(num)d more are left out here; they are on screen and in the export.",
        count,
    )
