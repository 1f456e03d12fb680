"""Enrolling: every field is checked at once, nothing half-applies, contact data leave no trace outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from server.actions.bind_device import bind_device
from server.actions.context import Context
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.invite_device import invite_device
from server.actions.revoke_device import revoke_device
from server.errors import BadInputError, ConflictError, ForbiddenError
from server.store import assessments, contacts, messages, participants, visits
from server.store.contacts import Contact
from tests.cast import EVERYTHING, TESTER, Cast

GOOD = Enrolment(
    code="P-017", zone="Europe/Berlin", language="en", arm="immediate", channel="email",
    name="Nell Canary", email="nell.canary@example.org", phone="+49 30 123456",
    enrolled_on=date(2027, 3, 1),
)  # fmt: skip


def test_the_baseline_is_there_at_once(context: Context, cast: Cast) -> None:
    new = enrol_participant(context, TESTER, cast.coordinator, GOOD)
    person = participants.one(context.db, cast.coordinator, new)
    assert (person["code"], person["status"], person["zone"], person["arm"]) == (
        "P-017", "active", "Europe/Berlin", "immediate",
    )  # fmt: skip
    assert contacts.read(context.db, context.keys, new) == Contact(
        "Nell Canary", "nell.canary@example.org", "+49 30 123456"
    )
    (visit,) = visits.of(context.db, cast.coordinator, new)
    assert (visit["label"], visit["status"], visit["on_day"]) == ("enrolment", "held", "2027-03-01")
    definitions = {row["definition"] for row in assessments.of(context.db, EVERYTHING, new)}
    # What is about an event waits until it is told.
    assert definitions == {"wellbeing-baseline"}


def test_nobody_is_reminded_before_a_phone_was_connected(context: Context, cast: Cast) -> None:
    new = enrol_participant(context, TESTER, cast.coordinator, GOOD)
    assert messages.of(context.db, cast.coordinator, new) == []
    invitation = invite_device(context, TESTER, cast.coordinator, new, "clinic")
    bound = bind_device(context, code=invitation.code, address="127.0.0.1", agent="A phone")
    first, *_ = messages.of(context.db, cast.coordinator, new)
    assert (first["local_moment"], first["state"]) == ("2027-03-01T10:00", "due")
    revoke_device(context, TESTER, cast.coordinator, new, bound.device_id)
    states = {row["state"] for row in messages.of(context.db, cast.coordinator, new)}
    assert states == {"cancelled"}


def test_r39_names_and_addresses_stand_nowhere_in_the_file_in_clear(
    context: Context, cast: Cast
) -> None:
    enrol_participant(context, TESTER, cast.coordinator, GOOD)
    context.db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    everything = b"".join(path.read_bytes() for path in context.config.data.glob("attune.db*"))
    for canary in (b"Nell", b"canary@", b"123456"):
        assert canary not in everything


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("code", "nell@example.org", "for example P-017"),
        ("zone", "Berlin", "Europe/Berlin"),
        ("language", "english", "en, de or pt-BR"),
        ("arm", "both", "immediate, delayed"),
        ("channel", "pigeon", "none for no reminders"),
        ("email", "", "need an address"),
        ("email", "nell@example.org\r\nBcc: all@example.org", "one mail address"),
        ("phone", "call her", "digits"),
        ("name", "N" * 121, "120"),
        ("enrolled_on", date(2027, 3, 2), "still to come"),
        ("enrolled_on", date(1987, 3, 2), "between 2000"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_remedy_and_nobody_is_enrolled(
    context: Context, cast: Cast, field: str, value: object, remedy: str
) -> None:
    before = context.db.value("SELECT COUNT(*) FROM audit")
    with pytest.raises(BadInputError) as refused:
        enrol_participant(context, TESTER, cast.coordinator, replace(GOOD, **{field: value}))  # type: ignore[arg-type]  # wrong on purpose
    assert remedy in refused.value.places[field]
    assert list(refused.value.places) == [field]
    assert context.db.value("SELECT COUNT(*) FROM audit") == before


def test_all_remedies_come_at_once(context: Context, cast: Cast) -> None:
    bad = replace(GOOD, code="", zone="", language="", arm="", email="x")
    with pytest.raises(BadInputError) as refused:
        enrol_participant(context, TESTER, cast.coordinator, bad)
    assert set(refused.value.places) == {"code", "zone", "language", "arm", "email"}


def test_a_code_is_taken_once_in_each_study(context: Context, cast: Cast) -> None:
    enrol_participant(context, TESTER, cast.coordinator, GOOD)
    with pytest.raises(ConflictError, match="taken"):
        enrol_participant(context, TESTER, cast.coordinator, replace(GOOD, code="p-017"))
    assert enrol_participant(context, TESTER, cast.outsider, GOOD)


def test_without_messages_no_address_is_needed(context: Context, cast: Cast) -> None:
    quiet = replace(GOOD, channel="none", email="")
    new = enrol_participant(context, TESTER, cast.coordinator, quiet)
    assert messages.of(context.db, cast.coordinator, new) == []


@pytest.mark.parametrize("who", ["monitor", "rater", "rated"])
def test_who_does_not_care_for_participants_does_not_enrol(
    context: Context, cast: Cast, who: str
) -> None:
    with pytest.raises(ForbiddenError):
        enrol_participant(context, TESTER, cast.staff[who], GOOD)
