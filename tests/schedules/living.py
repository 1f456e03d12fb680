"""A study lived through: people join, come, wait, answer and miss, by the real actions on a real store.

Every evening at seven, whoever is in the study answers what their phone offers, except what they leave.
Reminders go out at their own minutes. Staff act in between, at noon.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
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
from server.domain.instrument import Instrument
from server.domain.people import Actor, Device, Role, Staff, System
from server.ids import new_id
from server.inputs.envelope import seal
from server.store import assessments, events, forms, groups, messages, staff, studies, visits
from server.store.database import Row
from server.store.transaction import Transaction

SEES_ALL = System("tests")
TESTER = Actor("system", "tests")
NOON, EVENING = time(12), time(19)
TEAM: dict[str, tuple[Role, ...]] = {
    "Adele": ("administrator",),
    "Cora": ("coordinator",),
    "Rae": ("rater",),
    "Tom": ("rater",),
    "Robin": ("facilitator",),
    "Sam": ("facilitator",),
    "Toni": ("facilitator",),
}

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
        return Person(self, participant, ZoneInfo(zone), Device(bound.device_id, participant))

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
class Person:
    """A participant: what happens to them, and what their plan says by now."""

    study: Study
    id: str
    zone: ZoneInfo
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

    # ------------------------------------------------------------ what can be told of them

    def visits(self) -> list[Row]:
        """Return all visits as they stand."""
        return visits.current(self._db, self.id)

    def visit_on(self, on: str) -> str:
        """Return the one visit that stands on a day."""
        (found,) = (row["id"] for row in self.visits() if row["on_day"] == on)
        return str(found)

    def days(self, kind: str) -> list[str]:
        """Return the days of this kind of visit, as they stand."""
        return sorted(row["on_day"] for row in self.visits() if row["kind"] == kind)

    def calendar(self) -> list[tuple[str, str]]:
        """Return the visits that stand as planned, each with its day."""
        found = visits.current(self._db, self.id)
        return [(row["id"], row["on_day"]) for row in found if row["status"] == "planned"]

    def rows(self, *definitions: str) -> list[Row]:
        """Return what is or was planned, answered or left, without what left the plan unanswered."""
        found = assessments.of(self._db, SEES_ALL, self.id)
        return [
            row
            for row in found
            if state(row, self._now) != "retired"
            and (not definitions or row["definition"] in definitions)
        ]

    def told(self, *definitions: str) -> list[str]:
        """Say each as a trialist would: `alliance-prep about Robin, preparation-2, 18 to 21 March: answered`."""
        rows = sorted(
            self.rows(*definitions),
            # Guides are planned abreast, in no order that anybody sees.
            key=lambda row: (row["opens_at"], row["position"] // 100, row["about_name"] or ""),
        )
        return [self._told(row) for row in rows]

    def states(self) -> dict[str, dict[str, int]]:
        """Count what became of each definition: {"alliance-prep": {"answered": 2}}."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.rows():
            found[row["definition"]][state(row, self._now)] += 1
        return {name: dict(counts) for name, counts in found.items()}

    def answered_on(self, definition: str) -> list[str]:
        """Return the days on which forms of this definition were answered, in order."""
        rows = self._db.all(
            "SELECT r.finished_at FROM responses r JOIN assessments a ON a.id = r.assessment_id"
            " WHERE a.participant_id = ? AND a.definition = ? ORDER BY r.finished_at",
            [self.id, definition],
        )
        return [str(self._local(row["finished_at"]).date()) for row in rows]

    def reminders(self) -> list[datetime]:
        """Return when messages left, by the clock on this person's wall."""
        found = messages.of(self._db, SEES_ALL, self.id)
        return sorted(self._local(row["settled_at"]) for row in found if row["state"] == "sent")

    def minutes(self, row: Row) -> int:
        """Return how long a form takes, as its design or its own file says."""
        context = self.study.context
        study = studies.one(self._db, self.study.id)
        design = context.catalog.protocol(study["protocol"], study["protocol_version"])
        own = design.definitions[row["definition"]].minutes
        return own or context.catalog.instrument(row["instrument"]).minutes

    def forms_by_day(self) -> dict[date, list[Row]]:
        """Gather the forms that this person was to answer, by the day they opened."""
        days: dict[date, list[Row]] = defaultdict(list)
        for row in self.rows():
            if row["respondent"] == "participant":
                days[self._local(row["opens_at"]).date()].append(row)
        return dict(days)

    def _told(self, row: Row) -> str:
        about = f" about {row['about_name']}" if row["about_name"] else ""
        opens = self._local(row["opens_at"])
        closes = self._local(row["closes_at"]) - timedelta(seconds=1)
        return (
            f"{row['definition']}{about}, {row['anchor']}, {opens:%-d %b} to {closes:%-d %b %Y}: "
            f"{state(row, self._now)}"
        )

    def _local(self, text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(self.zone)

    @property
    def _now(self) -> datetime:
        return self.study.clock.at

    @property
    def _db(self) -> Any:
        return self.study.context.db


def found_study(context: Context, clock: FixedClock, protocol: str) -> Study:
    """Found a study on the newest version of a design, hire its team, publish its pages."""
    # A crash is not what is tried here; each transaction waiting for the disk would be.
    context.db.connection.execute("PRAGMA synchronous=OFF")
    design = context.catalog.protocol(protocol)
    study_id = new_id()
    with context.write(TESTER, "a study was founded") as tx:
        studies.add(tx, {
            "id": study_id, "code": "SYN", "title": design.title, "protocol": design.id,
            "protocol_version": design.version, "synthetic": 1, "team_name": "The team",
            "team_phone": "+49 30 0000000", "team_hours": "weekdays", "duty_name": "Dina Duty",
            "duty_email": "duty@example.org", "duty_phone": "+49 30 0000001",
        })  # fmt: skip
        team = {name: _hire(tx, study_id, name, roles) for name, roles in TEAM.items()}
        for name in {each.instrument for each in design.assessments}:
            _page(tx, context, context.catalog.instrument(name))
    return Study(context, clock, study_id, team)


def assert_in_peace(person: Person, sessions: Sequence[str] = ()) -> None:
    """Nobody was written to at night, twice a day, on a session's day, or before ten on the next."""
    moments = person.reminders()
    assert moments, "nobody was reminded of anything"
    days = [moment.date() for moment in moments]
    assert len(days) == len(set(days)), "two messages on a day"
    held = {_day(day) for day in sessions}
    assert not held & set(days), "a message on a session's day"
    for moment in moments:
        assert time(8) <= moment.time() < time(21), moment
        if moment.date() - timedelta(days=1) in held:
            assert moment.time() >= time(10), moment


def assert_light(person: Person) -> None:
    """No day brought more than three forms or twenty minutes."""
    for day, rows in person.forms_by_day().items():
        minutes = sum(person.minutes(row) for row in rows)
        assert len(rows) <= 3, (day, [row["definition"] for row in rows])
        assert minutes <= 20, (day, minutes)


def answers(instrument: Instrument, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an answer to every question: what is given, nothing alarming, else somewhere in the middle."""
    return {
        item.id: {
            "state": "answered",
            "value": (given or {}).get(item.id, _middle(instrument, item.id)),
        }
        for item in instrument.questions
    }


def _middle(instrument: Instrument, item_id: str) -> Any:
    item = instrument.item(item_id)
    codes = sorted(code for code in instrument.codes(item) if code >= 0)
    if any(rule.item == item_id for rule in instrument.safety):
        return codes[0]
    if codes:
        return codes[len(codes) // 2]
    if item.minimum is not None:
        return item.minimum
    return {"text": "the night at the lake", "date": "2027-03-01"}.get(item.kind, 0)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _hire(tx: Transaction, study_id: str, name: str, roles: tuple[Role, ...]) -> Staff:
    staff_id = staff.add(tx, name, f"{name.lower()}@example.org", None)
    for role in roles:
        staff.grant(tx, staff_id, study_id, role)
    return Staff(staff_id, study_id, frozenset(roles))


def _page(tx: Transaction, context: Context, instrument: Instrument) -> None:
    html = f"<p>{instrument.id} {instrument.version}</p>".encode()
    row = {
        "hash": hashlib.sha256(html).hexdigest(), "instrument": instrument.id,
        "instrument_version": instrument.version, "language": "en",
        "wording": context.catalog.wording(instrument.id, "en").id, "html": html,
    }  # fmt: skip
    forms.add(tx, row)
