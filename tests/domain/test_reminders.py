"""When messages leave: rules in local time, quiet hours, few a day, never past closing (T4, F11)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.facts import ZoneFact
from server.domain.localtime import zone_at
from server.domain.reminders import Calm, PlannedMessage, local_day, plan_messages
from tests.domain.design import facts, protocol


@dataclass(frozen=True)
class Form:
    id: str
    opens_at: datetime
    closes_at: datetime
    respondent: str = "participant"
    awaits: str | None = None


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def form(name: str, opens: str, closes: str) -> Form:
    return Form(name, berlin(opens), berlin(closes))


def moments(*forms: Form, **how: object) -> list[tuple[str, tuple[str, ...]]]:
    found = plan_messages(
        protocol(**how),  # type: ignore[arg-type]  # passed on as they are
        facts(),
        forms,
        "email",
    )
    return [(each.local_moment, each.assessment_ids) for each in found]


WEEK = form("week", "2027-03-27T00:00", "2027-04-02T00:00")


def test_a_whole_day_window_is_announced_at_the_usual_hour_then_nudged_then_closed():
    assert moments(WEEK) == [
        ("2027-03-27T10:00", ("week",)),
        ("2027-03-29T18:00", ("week",)),
        ("2027-03-31T18:00", ("week",)),  # its last day is the 1st
    ]


def test_a_window_that_opens_at_an_hour_is_announced_then():
    prepared = form("prepared", "2027-03-15T16:00", "2027-03-22T08:00")
    assert [at for at, _ in moments(prepared)] == [
        "2027-03-15T16:00", "2027-03-17T18:00", "2027-03-21T18:00",
    ]  # fmt: skip


def test_what_falls_into_the_night_waits_for_the_morning():
    early = form("early", "2027-03-15T05:30", "2027-03-20T20:00")
    late = form("late", "2027-03-15T21:00", "2027-03-20T20:00")
    only = {"rules": ("at opening",)}
    assert moments(early, **only) == [("2027-03-15T08:00", ("early",))]
    assert moments(late, **only) == [("2027-03-16T08:00", ("late",))]


def test_nothing_is_sent_that_could_not_be_answered_any_more():
    gone = form("gone", "2027-03-15T21:30", "2027-03-16T08:00")
    assert moments(gone) == []
    short = form("short", "2027-03-15T16:00", "2027-03-16T08:00")
    assert moments(short) == [("2027-03-15T16:00", ("short",))]  # and not twice that evening


def test_forms_of_one_day_share_one_message():
    two = form("other", "2027-03-27T00:00", "2027-04-05T00:00")
    assert moments(WEEK, two)[0] == ("2027-03-27T10:00", ("other", "week"))


def test_the_days_limit_moves_a_form_to_a_message_at_which_it_is_open():
    afternoon = form("afternoon", "2027-03-27T16:00", "2027-04-02T00:00")
    assert moments(WEEK, afternoon, rules=("at opening",)) == [
        ("2027-03-27T16:00", ("afternoon", "week"))
    ]
    closing = form("closing", "2027-03-20T00:00", "2027-03-27T12:00")
    found = moments(closing, afternoon, rules=("at opening", "0 days before closing"))
    assert ("2027-03-27T10:00", ("closing",)) in found
    assert len([at for at, _ in found if at.startswith("2027-03-27")]) == 1
    assert len(moments(WEEK, afternoon, rules=("at opening",), most="2")) == 2


def test_the_id_follows_from_person_channel_and_local_minute():
    one, other = (plan_messages(protocol(), facts(), [WEEK], way) for way in ("email", "sms"))
    assert one == plan_messages(protocol(), facts(), [WEEK], "email")
    assert {each.id for each in one}.isdisjoint(each.id for each in other)


def test_todays_limit_puts_off_until_tomorrow_at_the_usual_hour():
    calm = Calm.of(protocol(), facts())
    assert calm.tomorrow(berlin("2027-03-27T23:00")) == berlin("2027-03-28T10:00")
    assert local_day(calm.zones, berlin("2027-03-28T12:00")) == (
        berlin("2027-03-28T00:00"), berlin("2027-03-29T00:00"),
    )  # fmt: skip


def test_quiet_hours_may_lie_within_one_day_or_be_none():
    siesta = Calm.of(protocol(quiet="12:00-14:00"), facts())
    assert siesta.first(berlin("2027-03-15T13:00")) == berlin("2027-03-15T14:00")
    assert siesta.first(berlin("2027-03-15T03:00")) == berlin("2027-03-15T03:00")
    never = Calm.of(protocol(quiet="00:00-00:00"), facts())
    assert never.first(berlin("2027-03-15T03:00")) == berlin("2027-03-15T03:00")
    # Autumn shows half past two twice; the second time is as quiet as the first.
    night = Calm.of(protocol(quiet="01:00-02:30"), facts())
    again = berlin("2027-10-31T02:15").replace(fold=1).astimezone(UTC)
    assert night.first(again) == again + timedelta(minutes=15)


ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
    "America/St_Johns", "Pacific/Chatham", "America/Santiago", "Asia/Kathmandu", "Africa/Cairo",
)  # fmt: skip


@st.composite
def forms(draw: st.DrawFn) -> tuple[tuple[ZoneFact, ...], list[Form]]:
    start = draw(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
    moves = draw(
        st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 60)), min_size=1, max_size=3)
    )
    zones = tuple(ZoneFact(zone, start + timedelta(days=after)) for zone, after in moves)
    day = datetime.combine(start, time(), UTC)
    spans = st.tuples(st.integers(0, 90 * 48), st.integers(1, 20 * 48))
    found = [
        Form(f"form-{index}", opens, opens + timedelta(minutes=30 * lasts))
        for index, (after, lasts) in enumerate(draw(st.lists(spans, max_size=8)))
        for opens in [day + timedelta(minutes=30 * after)]
    ]
    return zones, found


@settings(max_examples=250, deadline=None)
@given(
    forms(),
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from(["21:00-08:00", "22:30-06:15", "01:00-02:30"]),
)
def test_f11_no_message_at_night_too_often_too_early_or_too_late(
    case: tuple[tuple[ZoneFact, ...], list[Form]], most: str, quiet: str
):
    zones, all_forms = case
    plan = protocol(most=most, quiet=quiet)
    found = plan_messages(plan, facts(zones=zones), all_forms, "email")
    by_id = {each.id: each for each in all_forms}
    start, end = (time.fromisoformat(each) for each in quiet.split("-"))
    days: Counter[date] = Counter()
    for message in found:
        here = message.due_at.astimezone(ZoneInfo(zone_at(zones, message.due_at)))
        at = here.time()
        assert not (start <= at < end if start < end else at >= start or at < end)
        assert message.local_moment == here.strftime("%Y-%m-%dT%H:%M")
        members = [by_id[each] for each in message.assessment_ids]
        assert members
        assert all(each.opens_at <= message.due_at < each.closes_at for each in members)
        assert message.expires_at == max(each.closes_at for each in members)
        days[here.date()] += 1
    assert all(count <= int(most) for count in days.values())
    assert len({each.local_moment for each in found}) == len(found)
    assert [each.due_at for each in found] == sorted(each.due_at for each in found)
    reminded_a_day = Counter(
        (each, message.local_moment[:10]) for message in found for each in message.assessment_ids
    )
    assert set(reminded_a_day.values()) <= {1}


@settings(max_examples=100, deadline=None)
@given(forms(), st.randoms(use_true_random=False))
def test_the_order_of_forms_changes_nothing(
    case: tuple[tuple[ZoneFact, ...], list[Form]], dice: Random
):
    zones, all_forms = case
    shuffled = list(all_forms)
    dice.shuffle(shuffled)
    known = facts(zones=zones)
    one: tuple[PlannedMessage, ...] = plan_messages(protocol(), known, all_forms, "email")
    assert one == plan_messages(protocol(), known, shuffled, "email")


def wished(hour: str, *forms: Form) -> list[str]:
    known = facts(hour=time.fromisoformat(hour))
    return [each.local_moment for each in plan_messages(protocol(), known, forms, "email")]


def test_the_hour_that_somebody_wishes_takes_the_place_of_every_usual_one():
    assert wished("19:30", WEEK) == ["2027-03-27T19:30", "2027-03-29T19:30", "2027-03-31T19:30"]


def test_a_wish_for_the_night_is_not_followed():
    assert wished("23:00", WEEK) == [at for at, _ in moments(WEEK)]


def test_where_the_form_is_shut_at_the_hour_wished_the_protocols_own_stays():
    morning = form("morning", "2027-03-27T00:00", "2027-03-27T12:00")
    assert wished("19:30", morning) == ["2027-03-27T10:00"]
