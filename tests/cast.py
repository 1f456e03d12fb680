"""The fixed cast: one study with everybody in it, and an outsider; what they hold in their hands.

At the start (1 March 2027, 09:00 UTC) Ada has two alliance forms open, one about each guide, and
both baseline forms; Ben, in New York, has one alliance form and both baseline forms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from server.actions.assign_facilitator import assign_facilitator
from server.actions.bind_device import bind_device
from server.actions.context import Context
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.invite_device import invite_device
from server.actions.receive_envelope import Receipt, receive
from server.actions.reconcile import reconcile
from server.actions.record_visit import VisitEntry, record_visit
from server.domain.instrument import Instrument
from server.domain.people import Actor, Device, Role, Staff, System
from server.ids import new_id, new_token, token_digest
from server.inputs.envelope import seal
from server.store import assessments, events, forms, sessions, staff, studies
from server.store.transaction import Transaction

ENROLLED = date(2027, 2, 24)
PREPARED = date(2027, 2, 26)
DOSED = date(2027, 3, 3)
EVENT = "the accident at the lake"
EVERYTHING = System("tests")
TESTER = Actor("system", "tests")


@dataclass(frozen=True)
class Person:
    """A participant with a bound phone."""

    id: str
    code: str
    device: Device
    token: str


@dataclass(frozen=True)
class Cast:
    """Who there is. Staff are viewers, as the web would make them."""

    context: Context
    study_id: str
    other_study_id: str
    administrator: Staff
    coordinator: Staff
    investigator: Staff
    monitor: Staff
    rater: Staff
    rated: Staff
    second: Staff
    outsider: Staff
    ada: Person
    ben: Person

    @property
    def staff(self) -> dict[str, Staff]:
        """Everybody who signs in, by name."""
        return {name: each for name, each in vars(self).items() if isinstance(each, Staff)}

    def actor(self, viewer: Staff) -> Actor:
        return Actor("staff", viewer.id, "+".join(sorted(viewer.roles)))

    def session(self, viewer: Staff) -> str:
        """Sign somebody in without a password; return the token for the session's cookie."""
        token = new_token()
        with self.context.write(self.actor(viewer), "signed in by a test") as tx:
            sessions.begin(tx, token_digest(token), viewer.id, viewer.study_id)
        return token

    def assessment(self, person: Person, definition: str, about: Staff | None = None) -> str:
        """Return the id of a participant's (first) assessment of this definition."""
        wanted = about.id if about else None
        for row in assessments.of(self.context.db, EVERYTHING, person.id):
            if row["definition"] == definition and row["about_staff_id"] == wanted:
                return str(row["id"])
        raise LookupError(definition)

    def copies(self, assessment: str, count: int) -> list[str]:
        """Plan this assessment so many times more, past the protocol: for tests of quantity."""
        row = self.context.db.one("SELECT * FROM assessments WHERE id = ?", [assessment])
        assert row is not None
        made = [new_id() for _ in range(count)]
        with self.context.write(TESTER, "planned many forms for a test") as tx:
            for name in made:
                tx.record("assessments", {**row, "id": name}, name)
        return made

    def form(self, instrument: str) -> str:
        """Return the hash of an instrument's published page."""
        found = forms.latest(self.context.db, instrument, "en")
        if found is None:
            raise LookupError(instrument)
        return found

    def answers(self, instrument: str, code: int = 3) -> dict[str, dict[str, Any]]:
        """Return answers to every question: this code where it is one, else the nearest thing."""
        return {
            item.id: {"state": "answered", "value": _value(found, item.id, code)}
            for found in [self.context.catalog.instrument(instrument)]
            for item in found.questions
        }

    def payload(
        self, assessment: str, answers: Mapping[str, Any] | None = None, **changes: Any
    ) -> dict[str, Any]:
        """Return what a phone would seal for this assessment, answered just now."""
        row = self.context.db.one(
            "SELECT instrument, about_staff_id FROM assessments WHERE id = ?", [assessment]
        )
        assert row is not None
        now = self.context.clock.now()
        return {
            "kind": "response",
            "assessment": assessment,
            "form": self.form(row["instrument"]),
            "language": "en",
            "about": row["about_staff_id"],
            "began_at": (now - timedelta(minutes=3)).isoformat(),
            "finished_at": now.isoformat(),
            "elapsed_ms": 180_000,
            "zone": "Europe/Berlin",
            "answers": self.answers(row["instrument"]) if answers is None else answers,
            "process": {"changes": [], "times": {}},
            **changes,
        }

    def seal(self, payload: Mapping[str, Any], envelope_id: str | None = None) -> tuple[str, bytes]:
        """Seal a payload as a phone does; return the envelope's id and bytes."""
        name = envelope_id or new_id()
        keys = self.context.keys
        return name, seal(keys.public_key, keys.current, name, payload)

    def send(self, person: Person, payload: Mapping[str, Any]) -> Receipt:
        """Seal and deliver, past the web."""
        name, body = self.seal(payload)
        return receive(self.context, person.device, name, body, "phone")


def assemble(context: Context) -> Cast:
    """Found the studies, hire everybody, enrol Ada and Ben and bind their phones."""
    study_id, other_study_id = new_id(), new_id()
    with context.write(TESTER, "the cast was assembled") as tx:
        _study(tx, study_id, "SYN-1")
        _study(tx, other_study_id, "SYN-2")
        people = {
            "administrator": _hire(tx, study_id, "Adele Admin", "administrator"),
            "coordinator": _hire(tx, study_id, "Cora Coordinator", "coordinator"),
            "investigator": _hire(tx, study_id, "Ines Investigator", "investigator"),
            "monitor": _hire(tx, study_id, "Mona Monitor", "monitor"),
            "rater": _hire(tx, study_id, "Rae Rater", "rater"),
            "rated": _hire(tx, study_id, "Robin Rated", "facilitator"),
            "second": _hire(tx, study_id, "Sam Second", "facilitator"),
            "outsider": _hire(tx, other_study_id, "Odo Outsider", "coordinator"),
        }
        for instrument in context.catalog.instruments:
            _page(tx, context, instrument)
    coordinator = people["coordinator"]
    guides = {"Robin": people["rated"], "Sam": people["second"]}
    ada = _enrol(context, coordinator, "SYN-001", "Europe/Berlin", guides)
    ben = _enrol(context, coordinator, "SYN-002", "America/New_York", {"Sam": people["second"]})
    return Cast(context, study_id, other_study_id, **people, ada=ada, ben=ben)


def make_live(context: Context, study_id: str) -> None:
    """Let a study be real and live, past all that the page Go live asks for."""
    with context.write(TESTER, "live, for a test") as tx:
        studies.change(tx, study_id, {"synthetic": 0, "live_at": tx.at_text})


def _study(tx: Transaction, study_id: str, code: str) -> None:
    studies.add(
        tx,
        {
            "id": study_id, "code": code, "title": f"Synthetic study {code}",
            "protocol": "alliance-core", "protocol_version": "1.0.0", "synthetic": 1,
            "team_name": "The study team", "team_phone": "+49 30 0000000",
            "team_hours": "Monday to Friday, 9 to 17",
            "duty_name": "Dina Duty", "duty_email": "duty@example.org",
            "duty_phone": "+49 30 0000001",
        },
        [{"label": "Night line", "phone": "+49 800 0000000", "hours": "always", "note": ""}],
    )  # fmt: skip


def _hire(tx: Transaction, study_id: str, name: str, role: Role) -> Staff:
    address = f"{name.split(maxsplit=1)[0].lower()}.{study_id[:4]}@example.org"
    staff_id = staff.add(tx, name, address, None)
    staff.grant(tx, staff_id, study_id, role)
    return Staff(staff_id, study_id, frozenset({role}))


def _page(tx: Transaction, context: Context, instrument: Instrument) -> None:
    """Publish a stand-in: tests of the store need no rendered page, only one that exists."""
    html = f"<p>{instrument.id} {instrument.version}</p>".encode()
    wording = context.catalog.wording(instrument.id, "en")
    forms.add(
        tx,
        {
            "hash": hashlib.sha256(html).hexdigest(), "instrument": instrument.id,
            "instrument_version": instrument.version, "wording": wording.id, "language": "en",
            "html": html,
        },
    )  # fmt: skip


def _enrol(
    context: Context, coordinator: Staff, code: str, zone: str, guides: Mapping[str, Staff]
) -> Person:
    actor = Actor("staff", coordinator.id, "coordinator")
    entry = Enrolment(
        code=code, zone=zone, language="en", arm="immediate", channel="email",
        name=f"Synthetic {code}", email=f"{code.lower()}@example.org", phone="",
        enrolled_on=ENROLLED,
    )  # fmt: skip
    participant_id = enrol_participant(context, actor, coordinator, entry)
    with context.write(actor, "Recorded the event") as tx:
        events.record(tx, context.keys, participant_id, EVENT, "2019")
        reconcile(tx, context, participant_id)
    for name, guide in guides.items():
        assign_facilitator(context, actor, coordinator, participant_id, guide.id, name, ENROLLED)
    for visit in (
        VisitEntry("preparation", PREPARED, time(11), "held"),
        VisitEntry("dosing", DOSED, time(9), "planned"),
    ):
        record_visit(context, actor, coordinator, participant_id, visit)
    invitation = invite_device(context, actor, coordinator, participant_id, "clinic")
    bound = bind_device(context, code=invitation.code, address="127.0.0.1", agent="A test's phone")
    return Person(participant_id, code, Device(bound.device_id, participant_id), bound.token)


def _value(instrument: Instrument, item_id: str, code: int) -> Any:
    item = instrument.item(item_id)
    codes = instrument.codes(item)
    if codes:
        return code if code in codes else codes[0]
    return {"text": "some words", "date": "2027-03-01"}.get(item.kind, item.minimum or 0)


def at(text: str) -> datetime:
    """Read an instant written as 2027-03-01T09:00Z."""
    return datetime.fromisoformat(text)
