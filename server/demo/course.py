"""One synthetic participant's way through the study, event by event in the order of time."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.actions.assign_facilitator import assign_facilitator
from server.actions.bind_device import bind_device
from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.invite_device import invite_device
from server.actions.receive_envelope import receive
from server.actions.record_visit import VisitEntry, record_visit
from server.actions.send_due_messages import send_due_messages
from server.clock import FixedClock, from_text
from server.demo import people
from server.demo.answering import answer
from server.demo.synthetic import Person
from server.domain.assessment import state
from server.domain.facts import VisitStatus
from server.domain.people import Actor, Device, Staff, System
from server.ids import new_id, token_digest
from server.inputs.envelope import seal
from server.store import assessments, devices, events, forms, messages
from server.store.database import Row

FIRST = "event"
SEES_ALL = System("demo")
# Kind, days after enrolment, clock time. The second preparation visit of some falls away.
PLAN = (
    ("preparation", 7, time(10, 0)), ("preparation", 14, time(10, 0)), ("dosing", 21, time(9, 0)),
    ("integration", 22, time(11, 0)), ("integration", 29, time(11, 0)), ("dosing", 49, time(9, 0)),
    ("integration", 50, time(11, 0)), ("integration", 63, time(11, 0)),
)  # fmt: skip

# By the place in the cohort: whose first session was to be yesterday, so that Today asks about it.
UNCONFIRMED = 20


@dataclass
class Course:
    """A participant to be, and what is needed to live through a year of theirs."""

    context: Context
    clock: FixedClock
    coordinator: Staff
    ids: dict[str, str]
    now: datetime
    index: int
    person: Person
    dice: random.Random
    participant_id: str = ""
    joined: datetime = field(init=False)
    device: Device | None = None
    guides: list[str] = field(default_factory=list)
    visits: list[tuple[str, str, date, time]] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(people.ZONES[self.index % len(people.ZONES)])

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.coordinator.id, "coordinator")

    def live(self, since: datetime) -> None:
        """Enrol on the day `since` and go on until now."""
        day = since.astimezone(self.zone).date()
        self.clock.at = datetime.combine(day, time(10, 30), self.zone)
        self.joined = self.clock.at
        self._enrol(day)
        self._connect_phone()
        self._plan_visits(day)
        for _kind, visit_id, on, at in self.visits:
            ends = datetime.combine(on, at, self.zone) + timedelta(hours=2)
            if ends > self.now:
                break
            self._answer_until(ends)
            if self._unsaid(_kind, on):
                break
            self._record(visit_id, _kind, on, at, status="held")
        self._answer_until(self.now)
        self._leave()

    def _enrol(self, day: date) -> None:
        entry = Enrolment(
            code=f"D{self.index + 1:03d}", zone=str(self.zone), language="en", arm="immediate",
            channel="email", name=f"Synthetic person {self.index + 1}",
            email=f"synthetic{self.index + 1}@example.org", phone="", enrolled_on=day,
        )  # fmt: skip
        self.participant_id = enrol_participant(self.context, self.actor, self.coordinator, entry)
        pair = people.PAIRS[self.index % len(people.PAIRS)]
        self.guides = [self.ids[f"{shown.lower()}@example.org"] for shown in pair]
        for staff_id, shown in zip(self.guides, pair, strict=True):
            assign_facilitator(
                self.context, self.actor, self.coordinator, self.participant_id,
                staff_id, shown, day,
            )  # fmt: skip

    def _connect_phone(self) -> None:
        invitation = invite_device(
            self.context, self.actor, self.coordinator, self.participant_id, "clinic"
        )
        bound = bind_device(
            self.context, code=invitation.code, token=None, address="demo", agent="Demo phone"
        )
        self.device = devices.by_credential(self.context.db, token_digest(bound.token))
        if self.device is not None and self.index % 6 != 4:
            with self.context.write(
                Actor("device", self.device.id, "participant"), "practise"
            ) as tx:
                devices.practised(tx, self.device.id)
                devices.reminder_confirmed(tx, self.device.id)

    def _plan_visits(self, day: date) -> None:
        session = day
        for number, (kind, after, at) in enumerate(PLAN):
            if number == 1 and self.index % 3 == 2:
                continue
            # Not on a weekend: a clinic is closed, and a year of dates should look like one.
            # Nor before the day after the session that it follows, wherever that has moved to.
            planned = day + timedelta(days=after + self.index % 3)
            on = _weekday(max(planned, session + timedelta(days=1)))
            if self.index == UNCONFIRMED and kind == "dosing" and session == day:
                on = self._yesterday
            visit_id = self._record(None, kind, on, at, status="planned")
            if kind == "dosing" and after == 49 and self.index % 7 == 3:
                on = _weekday(on + timedelta(days=7))
                self._record(visit_id, kind, on, at, status="planned", reason="guide was ill")
            session = on if kind == "dosing" else session
            self.visits.append((kind, visit_id, on, at))
        self.visits.sort(key=lambda visit: visit[2:])

    @property
    def _yesterday(self) -> date:
        return self.now.astimezone(self.zone).date() - timedelta(days=1)

    def _unsaid(self, kind: str, on: date) -> bool:
        """Whether nobody has said what became of this visit: it was yesterday, and Today asks."""
        return (self.index, kind, on) == (UNCONFIRMED, "dosing", self._yesterday)

    def _record(
        self,
        visit_id: str | None,
        kind: str,
        on: date,
        at: time,
        status: VisitStatus,
        reason: str = "",
    ) -> str:
        entry = VisitEntry(kind=kind, on=on, at=at, status=status, visit_id=visit_id, reason=reason)
        whom = (self.actor, self.coordinator, self.participant_id)
        return record_visit(self.context, *whom, entry).id

    def _answer_until(self, until: datetime) -> None:
        """Let reminders go out and answer what this person answers, up to a moment."""
        while (planned := self._next_answer(until)) is not None:
            moment, row = planned
            self._remind_until(moment)
            self.clock.at = moment
            if state(row, moment) == "open":
                self._send(row)
        self._remind_until(until)
        self.clock.at = until

    def _next_answer(self, until: datetime) -> tuple[datetime, Row] | None:
        """Return the earliest answer still to come before `until`, decided once for each form."""
        waiting = []
        for row in assessments.of(self.context.db, SEES_ALL, self.participant_id):
            if row["response_id"] or row["retired_at"] or row["id"] in self.decided:
                continue
            moment = self._moment(row)
            if self.clock.at <= moment <= until:
                waiting.append((moment, row["position"], row["id"], row))
        if not waiting:
            return None
        moment, _position, row_id, row = min(waiting, key=lambda each: each[:3])
        self.decided.add(row_id)
        return (moment, row) if self._answers(row) else self._next_answer(until)

    def _answers(self, row: Row) -> bool:
        if row["definition"] == FIRST:
            return True  # at the clinic, on the day they join: later forms are about it
        return self.own_dice(row, "answers").random() < self.person.punctual

    def own_dice(self, row: Row, about: str) -> random.Random:
        """Return dice that fall alike for one form however often, and in every demo, they are thrown."""
        return random.Random(
            f"{self.index} {row['definition']} {row['anchor']} {self._which(row)} {about}"
        )

    def _which(self, row: Row) -> int:
        """Return 0 or 1: whether the form is about the first or the second guide of the pair."""
        return int(row["about_staff_id"] == self.guides[-1])

    def _moment(self, row: Row) -> datetime:
        """Return when this person would answer: the same for one form however often it is asked."""
        dice = self.own_dice(row, "moment")
        # Nobody answers before they have joined, though the day's forms open at midnight.
        opens = max(from_text(row["opens_at"]), self.joined)
        closes = from_text(row["closes_at"])
        if row["definition"] == FIRST:
            return self._awake(opens + timedelta(minutes=10))
        if dice.random() < self.person.tardy:
            return self._awake(opens + (closes - opens) * dice.uniform(0.7, 0.95))
        return self._awake(
            opens + min(timedelta(hours=dice.uniform(0.3, 30)), (closes - opens) * 0.6)
        )

    def _awake(self, moment: datetime) -> datetime:
        """Return the moment, or the next morning's or the same evening's nearest to it."""
        here = moment.astimezone(self.zone)
        if here.hour < people.WAKES:
            return here.replace(hour=people.WAKES)
        return here.replace(hour=people.SLEEPS - 1) if here.hour >= people.SLEEPS else here

    def _remind_until(self, moment: datetime) -> None:
        """Send this person's reminders that fell due before a moment, each at its own time."""
        for row in messages.of(self.context.db, SEES_ALL, self.participant_id):
            due = from_text(row["due_at"])
            if row["state"] == "due" and due <= moment:
                self.clock.at = max(self.clock.at, due)
                send_due_messages(self.context, "demo")

    def _send(self, row: Row) -> None:
        instrument = self.context.catalog.instrument(row["instrument"])
        began = self.clock.at
        took = timedelta(minutes=instrument.minutes, seconds=self.dice.randrange(0, 60))
        self.clock.at = began + took
        envelope_id = new_id()
        told = events.latest(self.context.db, self.context.keys, self.participant_id)
        payload = {
            "kind": "response", "assessment": row["id"],
            "form": forms.latest(self.context.db, instrument.id, "en"),
            "language": "en", "about": row["about_staff_id"],
            "event": told.id if told and instrument.needs else None,
            "began_at": began.astimezone(self.zone).isoformat(),
            "finished_at": self.clock.at.astimezone(self.zone).isoformat(),
            "elapsed_ms": int(took.total_seconds() * 1000), "zone": str(self.zone),
            "answers": answer(
                instrument, self._which(row), self.months_after(row), self.person,
                self.own_dice(row, "words"),
            ),
            "process": {},
        }  # fmt: skip
        keys = self.context.keys
        body = seal(keys.public_key, str(keys.public()["id"]), envelope_id, payload)
        receive(self.context, self.device, envelope_id, body, "demo")

    def months_after(self, row: Row) -> float | None:
        """Return months since the last dosing visit at this form's target, None before the first."""
        target = from_text(row["target_at"]).date()
        dosing = [on for kind, _id, on, _at in self.visits if kind == "dosing" and on <= target]
        return (target - max(dosing)).days / 30.4 if dosing else None

    def _leave(self) -> None:
        """Let one have paused and one have withdrawn, so that staff see what that looks like."""
        status = {9: "paused", 15: "withdrawn"}.get(self.index)
        if status:
            change_participant(
                self.context, self.actor, self.coordinator, self.participant_id,
                Change(status=status, reason="asked by phone"),
            )  # fmt: skip


def _weekday(day: date) -> date:
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
