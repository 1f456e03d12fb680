"""A study lived through: people join, come, wait, answer and miss, by the real actions on a real store.

Every evening at seven, whoever is in the study answers what their phone offers, except what they leave.
Reminders go out at their own minutes. Staff act in between, at noon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.actions.add_group_visit import add_group_visit
from server.actions.allocate_participant import allocate_participant
from server.actions.assign_facilitator import assign_facilitator, end_facilitator
from server.actions.assign_rater import assign_rater
from server.actions.bind_device import bind_device
from server.actions.confirm_visit import Confirmation, confirm_visit
from server.actions.context import Context
from server.actions.create_group import create_group
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.enter_answers import Entry, enter_answers
from server.actions.excuse_assessment import excuse_assessment
from server.actions.invite_device import invite_device
from server.actions.join_group import join_group
from server.actions.move_group_visit import move_group_visit
from server.actions.receive_envelope import receive
from server.actions.record_dates import record_dates
from server.actions.record_visit import VisitEntry, record_visit
from server.actions.send_due_messages import send_due_messages
from server.actions.shared_dates import GroupDate
from server.clock import FixedClock, from_text
from server.domain.assessment import state
from server.domain.people import Actor, Device, Staff
from server.ids import new_id
from server.inputs.envelope import seal
from server.store import assessments, events, forms, groups, visits
from server.store.database import Row
from tests.schedules.answering import answers
from tests.schedules.telling import Told

NOON, EVENING = time(12), time(19)
Leaves = Callable[[Row], bool]


@dataclass
class Study:
    """One study on one design, its team, and a clock that people move by living."""

    context: Context
    clock: FixedClock
    id: str
    team: dict[str, Staff]
    codes: Iterator[str] = field(
        default_factory=lambda: (f"SYN-{number:03}" for number in range(1, 1000))
    )

    def actor(self, name: str) -> Actor:
        who = self.team[name]
        return Actor("staff", who.id, "+".join(sorted(who.roles)))

    def enrol(
        self,
        on: str,
        arm: str = "",
        zone: str = "Europe/Berlin",
        guides: tuple[str, ...] = ("Robin", "Sam"),
    ) -> Person:
        """Enrol somebody at noon of a day, with a phone in hand and (two) people who guide them."""
        day = date.fromisoformat(on)
        self.clock.at = datetime.combine(day, NOON, ZoneInfo(zone))
        code = next(self.codes)
        entry = Enrolment(
            code=code, zone=zone, language="en", arm=arm, channel="email", name=f"Synthetic {code}",
            email=f"{code.lower()}@example.org", phone="", enrolled_on=day,
        )  # fmt: skip
        actor, cora = self.cora
        participant = enrol_participant(self.context, actor, cora, entry)
        for name in guides:
            guide = self.team[name].id
            assign_facilitator(self.context, actor, cora, participant, guide, name, day)
        invitation = invite_device(self.context, actor, cora, participant, "clinic")
        assign_rater(self.context, actor, cora, participant, self.team["Rae"].id)
        bound = bind_device(
            self.context, code=invitation.code, address="127.0.0.1", agent="A phone"
        )
        device = Device(bound.device_id, participant)
        return Person(self.context, self.clock, participant, ZoneInfo(zone), self, device)

    def group(self, label: str) -> Group:
        return Group(self, create_group(self.context, *self.cora, label))

    @property
    def cora(self) -> tuple[Actor, Staff]:
        """The coordinator, as whoever does something and as whoever looks."""
        return self.actor("Cora"), self.team["Cora"]

    def live_until(
        self, on: str, people: Sequence[Person], leaves: Leaves = lambda _row: False
    ) -> None:
        """Let the days pass for people of one zone, up to noon of this one."""
        zone = people[0].zone
        end = datetime.combine(_day(on), NOON, zone)
        while (evening := self._evening(zone)) < end:
            self._remind_until(evening)
            for person in people:
                self.clock.at = evening
                for row in person.offered():
                    if not leaves(row):
                        person.answer(row)
            self.clock.at = evening + timedelta(minutes=1)
        self._remind_until(end)
        self.clock.at = end

    def _remind_until(self, moment: datetime) -> None:
        """Send what falls due by then, each message at its own minute."""
        while (due := self._next_message()) is not None and due <= moment:
            self.clock.at = max(self.clock.at, due)
            send_due_messages(self.context, "tests")

    def _next_message(self) -> datetime | None:
        text = self.context.db.value("SELECT MIN(due_at) FROM messages WHERE state = 'due'")
        return from_text(text) if text else None

    def _evening(self, zone: ZoneInfo) -> datetime:
        here = self.clock.at.astimezone(zone)
        evening = datetime.combine(here.date(), EVENING, zone)
        return evening if evening >= here else evening + timedelta(days=1)


@dataclass
class Group:
    """People who share dates."""

    study: Study
    id: str

    def add(self, person: Person) -> None:
        join_group(self.study.context, *self.study.cora, person.id, self.id)

    def date(self, kind: str, on: str) -> str:
        """Add a date for everyone; return its id."""
        when = GroupDate(_day(on), time(9))
        return add_group_visit(self.study.context, *self.study.cora, self.id, kind, when).id

    def move(self, date_id: str, on: str) -> None:
        self._change(date_id, GroupDate(_day(on), time(9), reason="the room was taken"))

    def hold(self, date_id: str) -> None:
        stands = groups.date_of(self.study.context.db, date_id)
        self._change(date_id, GroupDate(_day(stands["on_day"]), time(9), "held"))

    def _change(self, date_id: str, when: GroupDate) -> None:
        move_group_visit(self.study.context, *self.study.cora, date_id, when)


@dataclass
class Person(Told):
    """A participant: what staff do about them, and what they do."""

    study: Study
    device: Device
    # What they answer where it matters; everything else is answered somewhere in the middle.
    gives: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    # ------------------------------------------------------------ what staff do

    def plan(self, kind: str, on: str, at: str = "09:00", course: int = 1) -> str:
        """Enter a visit to come; return its id."""
        return self._visit(VisitEntry(kind, _day(on), time.fromisoformat(at), course=course))

    def held(self, kind: str, on: str, at: str = "09:00") -> str:
        """Enter a visit that has been."""
        return self._visit(VisitEntry(kind, _day(on), time.fromisoformat(at), "held"))

    def enter(self, *dates: tuple[str, str], course: int = 1) -> list[str]:
        """Enter the dates of a course at once, ("dosing", "2027-03-15") and so on; return the ids."""
        entries = [VisitEntry(kind, _day(on), time(9), course=course) for kind, on in dates]
        done = record_dates(self.study.context, *self.study.cora, self.id, entries)
        return [each.id for each in done]

    def move(self, visit: str, on: str, reason: str = "asked for") -> None:
        stands = next(row for row in visits.current(self._db, self.id) if row["id"] == visit)
        self._visit(
            VisitEntry(stands["kind"], _day(on), time.fromisoformat(stands["at_time"]), "planned",
                       visit, reason, stands["course"])
        )  # fmt: skip

    def hold(self, visit: str, on: str | None = None) -> None:
        """Confirm that a visit was held (on another day, if one is said)."""
        self._confirm(visit, Confirmation("held", _day(on) if on else None))

    def cancel(self, visit: str, reason: str = "called off") -> None:
        self._confirm(visit, Confirmation("cancelled", reason=reason))

    def miss(self, visit: str) -> None:
        """Record that nobody came."""
        self._confirm(visit, Confirmation("no-show", reason="did not come"))

    def _confirm(self, visit: str, said: Confirmation) -> None:
        confirm_visit(self.study.context, *self.study.cora, visit, said)

    def replace(self, who: str, by: str) -> None:
        """Let today be somebody's first day of guiding, and yesterday the other's last."""
        study, today = self.study, self._now.astimezone(self.zone).date()
        actor, cora = study.cora
        before, after = study.team[who].id, study.team[by].id
        yesterday = today - timedelta(days=1)
        end_facilitator(study.context, actor, cora, self.id, before, yesterday)
        assign_facilitator(study.context, actor, cora, self.id, after, by, today)

    def _visit(self, entry: VisitEntry) -> str:
        return record_visit(self.study.context, *self.study.cora, self.id, entry).id

    def staff_answers(
        self, who: str, definition: str, given: Mapping[str, Any] | None = None
    ) -> None:
        """Let somebody of the team fill in the one form of this definition that waits for them now."""
        context, viewer = self.study.context, self.study.team[who]
        (row,) = (row for row in self.rows(definition) if state(row, self._now) == "open")
        form = forms.latest(self._db, row["instrument"], "en")
        assert form is not None
        instrument = context.catalog.instrument(row["instrument"])
        entry = Entry(new_id(), form, "en", self._now, answers(instrument, given))
        became = enter_answers(context, self.study.actor(who), viewer, row["id"], entry)
        assert became == "opened", became

    def excuse(self, definition: str, reason: str) -> None:
        (row,) = self.rows(definition)
        excuse_assessment(self.study.context, *self.study.cora, row["id"], reason)

    def allocate(self, arm: str, by: str = "Adele") -> None:
        """Let somebody who may know it enter the arm."""
        study = self.study
        allocate_participant(study.context, study.actor(by), study.team[by], self.id, arm)

    # ------------------------------------------------------------ what they live

    def live_until(self, on: str, leaves: Leaves = lambda _row: False) -> None:
        """Let the days pass up to noon of this one: reminders come, evenings bring answers."""
        self.study.live_until(on, [self], leaves)

    def live_days(self, days: int) -> None:
        """Let so many days pass."""
        self.live_until(str(self._now.astimezone(self.zone).date() + timedelta(days=days)))

    def offered(self) -> list[Row]:
        """Return what the phone offers now, in its order."""
        found = assessments.open_or_soon(self._db, self.device, self._now, 0)
        return [row for row in found if state(row, self._now) == "open"]

    def answer(self, row: Row) -> None:
        """Answer a form as a phone would and deliver it."""
        context = self.study.context
        instrument = context.catalog.instrument(row["instrument"])
        told = events.latest(self._db, context.keys, self.id)
        payload = {
            "kind": "response", "assessment": row["id"],
            "form": forms.latest(self._db, instrument.id, "en"),
            "language": "en", "about": row["about_staff_id"],
            "event": told.id if told and instrument.needs else None,
            "began_at": self._now.isoformat(), "finished_at": self._now.isoformat(),
            "elapsed_ms": 60_000, "zone": str(self.zone),
            "answers": answers(instrument, self.gives.get(row["definition"], {})), "process": {},
        }  # fmt: skip
        name, keys = new_id(), context.keys
        body = seal(keys.public_key, keys.current, name, payload)
        receive(context, self.device, name, body, "phone")


def _day(text: str) -> date:
    return date.fromisoformat(text)
