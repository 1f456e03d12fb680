"""What we ship: its structure, its words, and a protocol that keeps the promises of its own notes."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from server.catalog.load import load
from server.config import ROOT
from server.domain.facts import Facilitator, Facts, Visit, ZoneFact
from server.domain.instrument import Instrument, Wording
from server.domain.protocol import Protocol
from server.domain.reminders import plan_messages
from server.domain.timeline import PlannedAssessment, plan

CATALOG = load(ROOT / "forms", ROOT / "schedules")
CORE = CATALOG.protocol("alliance-core")
INSTRUMENTS = {each.id: each for each in CATALOG.instruments}

# What participants never read (LOOK and the issue): the field's own shorthand, and what labels a person.
_JARGON = re.compile(
    r"\b(dosing|dose|facilitators?|alliance|instruments?|arm|scores?|bands?|respondent|protocol"
    r"|assessments?|symptoms?|disorder|depression|ptsd|trauma|patients?|subjects?)\b",
    re.IGNORECASE,
)


def read_by_participants(wording: Wording) -> list[str]:
    texts = [wording.title, wording.introduction]
    for item in wording.items.values():
        texts += [item.text, item.hint, item.low, item.high, item.unit]
    for labels in wording.options.values():
        texts += labels.values()
    return texts


def test_the_four_measures_of_the_spine_are_there():
    assert set(INSTRUMENTS) >= {"wai-sr", "ies-r", "who-5", "followup-open"}
    assert [item.id for item in INSTRUMENTS["wai-sr"].items] == [f"wai{n:02}" for n in range(1, 13)]
    assert len(INSTRUMENTS["ies-r"].items) == 22
    assert INSTRUMENTS["who-5"].codes(INSTRUMENTS["who-5"].items[0]) == (5, 4, 3, 2, 1, 0)
    assert {item.kind for item in INSTRUMENTS["followup-open"].items} == {"text"}


def test_alliance_is_hidden_from_whoever_is_rated_and_from_their_co_facilitators():
    wai = INSTRUMENTS["wai-sr"]
    assert wai.about == "facilitator"
    assert set(wai.visibility.hidden_from) == {"rated facilitator", "co-facilitator"}


@pytest.mark.parametrize("instrument", CATALOG.instruments, ids=lambda each: each.id)
def test_each_instrument_names_its_source_and_whoever_holds_its_sentences(instrument: Instrument):
    assert instrument.sources
    assert instrument.licence.holder
    for score in instrument.scores:
        assert all(band.source for band in score.bands)


@pytest.mark.parametrize("wording", CATALOG.wordings, ids=lambda each: each.id)
def test_a_licensed_instrument_ships_with_placeholder_sentences_only(wording: Wording):
    licence = CATALOG.instrument(wording.instrument).licence
    assert wording.status == ("own" if licence.status == "own" else "placeholder")


@pytest.mark.parametrize("wording", CATALOG.wordings, ids=lambda each: each.id)
def test_participants_read_plain_words(wording: Wording):
    if CATALOG.instrument(wording.instrument).respondent != "participant":
        return
    for text in read_by_participants(wording):
        assert not _JARGON.search(text), text
        assert "!" not in text


@pytest.mark.parametrize(
    "protocol", CATALOG.protocols, ids=lambda each: f"{each.id} {each.version}"
)
def test_visits_have_a_name_for_participants_without_shorthand(protocol: Protocol):
    for kind in protocol.visits.values():
        assert not _JARGON.search(kind.participant_label), kind
        assert "!" not in kind.participant_label


def test_open_questions_say_who_reads_them_and_that_nobody_does_at_night():
    introduction = CATALOG.wording("followup-open", "en").introduction
    assert "study team reads" in introduction
    assert "the people who guide you do not see it" in introduction
    assert "at night" in introduction
    assert "help page" in introduction


def test_alliance_introduction_says_who_never_sees_it():
    assert "{about} never sees it" in CATALOG.wording("wai-sr", "en").introduction


# ---------------------------------------------------------------- alliance-core, as planned

DOSING = (date(2027, 3, 22), date(2027, 4, 12))


def course(preparation: list[date], dosing: tuple[date, date] = DOSING) -> Facts:
    enrolled = date(2027, 3, 1)
    visits = [Visit("v0", "enrolment", enrolled, "held")]
    visits += [Visit(f"p{i}", "preparation", on, "held") for i, on in enumerate(preparation)]
    visits += [Visit(f"d{i}", "dosing", on, "planned", time(9)) for i, on in enumerate(dosing)]
    guides = (Facilitator("s1", "Ann", enrolled), Facilitator("s2", "Ben", enrolled))
    zones = (ZoneFact("Europe/Berlin", enrolled),)
    return Facts("x", enrolled, "immediate", "en", zones, tuple(visits), guides, event=True)


USUAL = course([date(2027, 3, 8), date(2027, 3, 18)])


def planned(facts: Facts = USUAL) -> tuple[PlannedAssessment, ...]:
    return plan(CORE, INSTRUMENTS, facts)


def local_days(rows: list[PlannedAssessment]) -> list[tuple[str, date, date]]:
    zone = ZoneInfo("Europe/Berlin")
    tick = timedelta(microseconds=1)
    return [
        (r.anchor, r.opens_at.astimezone(zone).date(), (r.closes_at - tick).astimezone(zone).date())
        for r in rows
    ]


def test_each_guide_is_rated_after_the_last_preparation_and_a_week_after_every_dosing():
    rows = [row for row in planned() if row.instrument == "wai-sr"]
    assert sorted((row.anchor, row.about) for row in rows) == [
        ("dosing-1", "s1"), ("dosing-1", "s2"),
        ("dosing-2", "s1"), ("dosing-2", "s2"),
        ("preparation-2", "s1"), ("preparation-2", "s2"),
    ]  # fmt: skip
    prep = next(row for row in rows if row.anchor == "preparation-2")
    assert prep.opens_at == datetime(2027, 3, 18, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    assert prep.closes_at == datetime(2027, 3, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    after = [row for row in rows if row.anchor == "dosing-1"]
    assert local_days(after)[0] == ("dosing-1", date(2027, 3, 27), date(2027, 3, 31))
    assert all(row.alliance for row in rows)
    assert all(row.hidden_from == ("s1", "s2") for row in rows)


@pytest.mark.parametrize(
    ("instrument", "baseline"), [("who-5", date(2027, 3, 1)), ("ies-r", date(2027, 3, 2))]
)
def test_outcome_is_asked_at_baseline_and_five_times_after_the_last_dosing(
    instrument: str, baseline: date
):
    rows = [row for row in planned() if row.instrument == instrument]
    zone = ZoneInfo("Europe/Berlin")
    targets = [row.target_at.astimezone(zone).date() for row in rows]
    assert [row.anchor for row in rows] == ["enrolment", *["dosing-2"] * 5]
    assert targets == [
        baseline, date(2027, 4, 19), date(2027, 5, 12), date(2027, 7, 12),
        date(2027, 10, 12), date(2028, 4, 12),
    ]  # fmt: skip


def test_open_questions_come_at_one_six_and_twelve_months():
    rows = [row for row in planned() if row.instrument == "followup-open"]
    assert [row.definition for row in rows] == ["words-month-1", "words-month-6", "words-month-12"]


def test_windows_of_one_measure_never_overlap():
    for instrument in INSTRUMENTS:
        rows = [row for row in planned() if row.instrument == instrument]
        for one, other in combinations(rows, 2):
            if one.about == other.about:
                assert one.closes_at <= other.opens_at or other.closes_at <= one.opens_at


@pytest.mark.parametrize("gap", [14, 15, 17, 21, 28, 35])
@pytest.mark.parametrize("before", [1, 2, 3, 4, 5, 10])
def test_no_reminder_falls_on_a_dosing_day_or_before_ten_on_the_next(gap: int, before: int):
    first = date(2027, 3, 15)  # the clock goes forward on 28 March
    dosing = (first, first + timedelta(days=gap))
    facts = course([date(2027, 3, 3), first - timedelta(days=before)], dosing)
    messages = plan_messages(CORE, facts, planned(facts), "email")
    assert messages
    for message in messages:
        moment = datetime.fromisoformat(message.local_moment)
        assert moment.date() not in dosing
        if moment.date() - timedelta(days=1) in dosing:
            assert moment.time() >= time(10)
        assert time(8) <= moment.time() < time(21)


@pytest.mark.parametrize("before", [1, 2, 3])
def test_nobody_gets_two_reminders_on_a_day(before: int):
    facts = course([date(2027, 3, 8), DOSING[0] - timedelta(days=before)])
    messages = plan_messages(CORE, facts, planned(facts), "email")
    days = [message.local_moment[:10] for message in messages]
    assert len(days) == len(set(days))


def test_reminders_without_a_time_of_their_own_wait_until_ten():
    assert CORE.reminders.hours.default >= time(10)


# ---------------------------------------------------------------- what later versions add


def test_earlier_versions_are_there_for_studies_that_began_with_them():
    first, second = (CATALOG.protocol("alliance-core", each) for each in ("1.0.0", "1.1.0"))
    assert CORE.version == "1.2.0"
    assert {each.instrument for each in first.assessments} == {
        "wai-sr", "ies-r", "who-5", "followup-open",
    }  # fmt: skip
    # Whatever was asked is asked still, at the same time: scores of both versions compare.
    kept = {each.id: each.model_copy(update={"order": 0}) for each in second.assessments}
    for each in first.assessments:
        assert kept[each.id] == each.model_copy(update={"order": 0})


def test_the_newest_version_asks_the_same_of_the_same_points_in_time():
    def asked(version: str) -> list[tuple[object, ...]]:
        rows = CATALOG.protocol("alliance-core", version).assessments
        return [(each.id, each.instrument, each.anchor, each.target) for each in rows]

    assert asked("1.2.0") == asked("1.1.0")


def test_only_the_newest_version_waits_until_a_session_is_confirmed():
    sessions = {
        v: CATALOG.protocol("alliance-core", v).sessions for v in ("1.0.0", "1.1.0", "1.2.0")
    }
    assert sessions == {"1.0.0": frozenset(), "1.1.0": frozenset(), "1.2.0": {"dosing"}}


@pytest.mark.parametrize("instrument", ["meq30", "piq-23"])
def test_the_session_is_asked_about_on_the_day_after_each(instrument: str):
    rows = [row for row in planned() if row.instrument == instrument]
    days = [day for _, day, _ in local_days(rows)]
    assert days == [on + timedelta(days=1) for on in DOSING]


def test_a_safety_check_heads_every_contact():
    """A contact takes two days: its check opens with the first form, a day before the last at most."""
    rows = [row for row in planned() if row.instrument != "safety-check"]
    checks = [row for row in planned() if row.instrument == "safety-check"]
    for row in rows:
        heads = [
            check
            for check in checks
            if check.anchor == row.anchor
            and timedelta() <= row.opens_at - check.opens_at <= timedelta(hours=25)
            and timedelta() <= row.closes_at - check.closes_at <= timedelta(hours=25)
        ]
        assert heads, row.definition
        assert all(head.position < row.position for head in heads if head.opens_at == row.opens_at)


def test_the_long_quality_of_life_leaves_out_the_weeks_of_the_sessions():
    rows = [row for row in planned() if row.instrument == "whoqol-bref"]
    assert [row.definition for row in rows] == [
        "quality-baseline", "quality-month-1", "quality-month-3", "quality-month-6", "quality-month-12",
    ]  # fmt: skip


@pytest.mark.parametrize("edge", ["opens", "closes"])
def test_no_day_asks_for_more_than_three_forms_or_twenty_minutes(edge: str):
    days: dict[date, list[int]] = {}
    for row, (_, opens, closes) in zip(planned(), local_days(list(planned())), strict=True):
        day = opens if edge == "opens" else closes
        days.setdefault(day, []).append(INSTRUMENTS[row.instrument].minutes)
    assert max(map(len, days.values())) == 3
    assert max(map(sum, days.values())) <= 20
