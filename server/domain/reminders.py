"""When a participant is written to: rules and quiet hours in local time, few messages, none too late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol as Shape

from server.domain.course import session_days
from server.domain.facts import Facts, ZoneFact
from server.domain.localtime import (
    day_start,
    instant,
    instant_after,
    local,
    shifted,
    zone_at,
    zone_on,
)
from server.domain.protocol import Hours, Protocol, ReminderPlan, ReminderRule
from server.ids import derived_id

_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
# The day after a session is let begin in peace, whatever the usual hour is.
_MORNING_AFTER = time(10)


class Waiting(Shape):
    """An assessment that waits for its answer: `opens_at` ≤ answer < `closes_at`, in UTC.

    Nobody is reminded of what is not theirs to answer, or awaits a visit's confirmation.
    """

    @property
    def id(self) -> str: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def respondent(self) -> str: ...
    @property
    def awaits(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """One message about one or more assessments. After `expires_at` none of them can be answered."""

    id: str
    kind: str
    channel: str
    due_at: datetime
    expires_at: datetime
    local_moment: str
    assessment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calm:
    """When a participant may be written to at all: not at night, not on a session's day nor early next."""

    hours: Hours
    zones: tuple[ZoneFact, ...]
    sessions: frozenset[date]
    # The hour that the participant wishes, where it is not at night; it stands in `hours` as well.
    chosen: time | None = None

    @classmethod
    def of(cls, protocol: Protocol, facts: Facts) -> Calm:
        """Return the hours that this participant's messages keep."""
        hours, chosen = protocol.reminders.hours, facts.hour
        if chosen is None or is_quiet(hours, chosen):
            return cls(hours, facts.zones, session_days(protocol, facts))
        theirs = hours.model_copy(update={"default": chosen})
        return cls(theirs, facts.zones, session_days(protocol, facts), chosen)

    def first(self, moment: datetime) -> datetime:
        """Return the first allowed instant from this one on."""
        while (later := self._awake(self._after_session(moment))) != moment:
            moment = later
        return moment

    def tomorrow(self, moment: datetime) -> datetime:
        """Return the usual time of the next local day: for what today's limit kept back."""
        day = _local(moment, self.zones).date() + _DAY
        return self.first(_at(day, self.hours.default, self.zones))

    def _awake(self, moment: datetime) -> datetime:
        here = _local(moment, self.zones)
        if not is_quiet(self.hours, here.time()):
            return moment
        after_midnight = here.time() < self.hours.quiet_to
        day = here.date() if after_midnight else here.date() + _DAY
        end = instant_after(moment, day, self.hours.quiet_to, zone_on(self.zones, day))
        return max(end, moment)

    def _after_session(self, moment: datetime) -> datetime:
        if not self.sessions:
            return moment
        here = _local(moment, self.zones)
        hour = max(self.hours.default, _MORNING_AFTER)
        if here.date() in self.sessions:
            return max(_at(here.date() + _DAY, hour, self.zones), moment)
        if here.time() < _MORNING_AFTER and self._day_before(here.date()) in self.sessions:
            return max(_at(here.date(), hour, self.zones), moment)
        return moment

    def _day_before(self, day: date) -> date:
        """Return the local day that was lived before this one: the date line leaves out a day."""
        begin = day_start(day, zone_on(self.zones, day))
        return _local(begin - _TICK, self.zones).date()


@dataclass
class _Group:
    """Assessments that share one moment, and the minute that the clock shows then."""

    at: datetime
    minute: str
    members: list[Waiting]

    def takes(self, other: Waiting) -> bool:
        return other.opens_at <= self.at < other.closes_at


def plan_messages(
    protocol: Protocol, facts: Facts, waiting: Iterable[Waiting], channel: str
) -> tuple[PlannedMessage, ...]:
    """Return the messages about all assessments that wait, at most `most_per_day` a local day."""
    calm = Calm.of(protocol, facts)
    plan = protocol.reminders
    theirs = [each for each in waiting if each.respondent == "participant" and not each.awaits]
    groups: dict[date, list[_Group]] = defaultdict(list)
    for at, members in sorted(_by_moment(plan, calm, theirs).items()):
        here = _local(at, facts.zones)
        groups[here.date()].append(_Group(at, _shown(here), members))
    found = [
        _message(group, facts, channel)
        for day in sorted(groups)
        for group in _few(groups[day], plan.most_per_day)
    ]
    # Were three to meet in the doubled hour, the first of one minute stays.
    return tuple({message.id: message for message in reversed(found)}.values())[::-1]


def local_day(zones: Sequence[ZoneFact], moment: datetime) -> tuple[datetime, datetime]:
    """Return the first instants of the local day that this instant falls on, and of the next."""
    day = _local(moment, zones).date()
    zone = zone_on(zones, day)
    return day_start(day, zone), day_start(day + _DAY, zone_on(zones, day + _DAY))


def local_minute(zones: Sequence[ZoneFact], moment: datetime) -> str:
    """Return the minute that the participant's clock shows: `2027-03-01T09:00`."""
    return _shown(_local(moment, zones))


def is_quiet(hours: Hours, at: time) -> bool:
    """Whether nobody is written to at this time of the day."""
    start, end = hours.quiet_from, hours.quiet_to
    return start <= at < end if start <= end else at >= start or at < end


def may_wish(hours: Hours) -> tuple[time, ...]:
    """Return every half hour of the day at which somebody may wish to be written to."""
    halves = (time(number // 2, number % 2 * 30) for number in range(48))
    return tuple(each for each in halves if not is_quiet(hours, each))


def _by_moment(
    plan: ReminderPlan, calm: Calm, waiting: Iterable[Waiting]
) -> dict[datetime, list[Waiting]]:
    """Gather assessments by the moments they are reminded at, each at most once a local day."""
    moments: dict[datetime, list[Waiting]] = defaultdict(list)
    for each in sorted(waiting, key=lambda each: (each.opens_at, each.id)):
        days: set[date] = set()
        for at in sorted(_moments(plan, calm, each)):
            day = _local(at, calm.zones).date()
            if day not in days:
                days.add(day)
                moments[at].append(each)
    return moments


def _moments(plan: ReminderPlan, calm: Calm, each: Waiting) -> Iterator[datetime]:
    """Yield each rule's moment: at the hour that they wish, or at its own if it is shut at theirs."""
    for rule in plan.rules:
        own = rule.at or plan.hours.default
        for hour in (own,) if calm.chosen is None else (calm.chosen, own):
            wanted = _wanted(rule, hour, calm.zones, each)
            at = None if wanted is None else calm.first(wanted)
            if at is not None and at < each.closes_at:
                yield at
                break


def _wanted(
    rule: ReminderRule, hour: time, zones: Sequence[ZoneFact], each: Waiting
) -> datetime | None:
    """Return a rule's moment at this hour; None when it falls before the assessment has opened."""
    if rule.counted_from == "closing":
        last = _local(each.closes_at - _TICK, zones).date()
        # "One day before" may be written with or without its sign.
        sign = 1 if rule.offset.amount < 0 else -1
        moment = _at(shifted(last, rule.offset, sign), hour, zones)
        return moment if moment >= each.opens_at else None
    first = _local(each.opens_at, zones).date()
    whole_day = each.opens_at == day_start(first, zone_on(zones, first))
    if rule.offset.amount == 0 and rule.at is None and not whole_day:
        return each.opens_at
    moment = _at(shifted(first, rule.offset), hour, zones)
    return max(moment, each.opens_at)


def _few(groups: list[_Group], most: int) -> list[_Group]:
    """Keep at most so many groups of one day, moving members to a moment at which they are open.

    Autumn shows an hour twice: two moments of one minute are one message.
    """
    kept: list[_Group] = []
    for group in groups:
        double = bool(kept) and kept[-1].minute == group.minute
        if len(kept) < most and not double:
            kept.append(group)
            continue
        last = kept[-1]
        if all(group.takes(member) for member in last.members):
            last.at, last.minute = group.at, group.minute
            last.members += [member for member in group.members if member not in last.members]
        else:
            last.members += [
                member
                for member in group.members
                if last.takes(member) and member not in last.members
            ]
    return kept


def _message(group: _Group, facts: Facts, channel: str) -> PlannedMessage:
    return PlannedMessage(
        id=derived_id(facts.participant_id, "reminder", channel, group.minute),
        kind="reminder",
        channel=channel,
        due_at=group.at,
        expires_at=max(member.closes_at for member in group.members),
        local_moment=group.minute,
        assessment_ids=tuple(sorted(member.id for member in group.members)),
    )


def _at(day: date, at: time, zones: Sequence[ZoneFact]) -> datetime:
    return instant(day, at, zone_on(zones, day))


def _local(moment: datetime, zones: Sequence[ZoneFact]) -> datetime:
    return local(moment, zone_at(zones, moment))


def _shown(here: datetime) -> str:
    return here.strftime("%Y-%m-%dT%H:%M")
