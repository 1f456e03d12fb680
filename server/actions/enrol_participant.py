"""Enrol a participant: code, zone, language, arm and how to be reached; the plan follows at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from server.actions.check_wordings import refusal, unworded
from server.actions.context import Context
from server.actions.go_live import require_live
from server.actions.reconcile import design, reconcile
from server.domain import entry
from server.domain.concealment import arm_known_to, may_know
from server.domain.course import ENROLMENT
from server.domain.people import CARES, Actor, Staff
from server.domain.protocol import Protocol
from server.errors import BadInputError, ConflictError, ForbiddenError
from server.ids import new_id
from server.store import contacts, participants, studies, visits
from server.store.contacts import Contact
from server.store.database import Row
from server.store.participants import Kind
from server.store.transaction import Transaction

CHANNELS = ("email", "none")


@dataclass(frozen=True)
class Enrolment:
    """What staff enter. `channel`: email, or none (no reminders).

    `arm` is left empty by whoever may not know it, and while nobody has been allocated yet.
    """

    code: str
    zone: str
    language: str
    arm: str
    channel: str
    name: str
    email: str
    phone: str
    enrolled_on: date
    site: str = ""


def enrol_participant(context: Context, actor: Actor, viewer: Staff, enrolment: Enrolment) -> str:
    """Enrol into the viewer's study and return the participant's id.

    Raises:
        BadInputError: some field cannot be used; `places` names each with its remedy. In a real study,
            that is the language too while any form has only sample sentences in it.
        ConflictError: the study has this code already.
        NotLiveError: the study is real and still being set up.
        ForbiddenError: the viewer's role does not enrol.

    """
    require_care(viewer)
    study = studies.one(context.db, viewer.study_id)
    require_live(study)
    protocol, _instruments = design(context, study)
    tidy = _checked(enrolment, protocol, context, study, viewer)
    with context.write(actor, "Enrolled a participant") as tx:
        if participants.code_taken(tx.db, viewer.study_id, tidy.code):
            raise ConflictError(f"The code {tidy.code} is taken in this study. Choose another.")
        participant_id = _add(tx, context, viewer.study_id, tidy)
        reconcile(tx, context, participant_id)
    return participant_id


def require_care(viewer: Staff) -> None:
    """Refuse whoever may not change a participant's record."""
    if not viewer.roles & CARES:
        raise ForbiddenError("Your role in this study does not change participants' records.")


def check_contact(checks: entry.Checks, channel: str, contact: Contact) -> Contact:
    """Return tidy contact data; an address is needed only where messages are to be sent."""
    email = contact.email.strip()
    remedy = "Reminders by mail need an address. Give one, or choose no reminders."
    checks.require("email", email or channel != "email", remedy)
    if email:
        email = checks.field("email", lambda: entry.email(email), "")
    return Contact(
        name=checks.field("name", lambda: entry.name(contact.name), ""),
        email=email,
        phone=checks.field("phone", lambda: entry.phone(contact.phone), ""),
    )


def check_wording(checks: entry.Checks, context: Context, study: Row, language: str) -> None:
    """Refuse a language in which a real study has sample sentences only, of any form it asks."""
    if study["synthetic"]:
        return
    protocol = context.catalog.protocol(study["protocol"], study["protocol_version"])
    missing = unworded(context, protocol, [language])
    checks.require("language", not missing, refusal(missing))


def check_arm(checks: entry.Checks, protocol: Protocol, viewer: Staff, arm: str) -> None:
    """Refuse an arm that is none, that is missing, or that is not this viewer's to enter."""
    allocation = protocol.allocation
    if allocation is None:
        checks.require("arm", arm in protocol.arms, f"Choose one of: {', '.join(protocol.arms)}.")
    elif not may_know(arm_known_to(protocol), viewer.roles):
        theirs = "The arm is entered by somebody who may know it: leave it empty."
        checks.require("arm", not arm, theirs)
        first = "This protocol wants the arm at enrolment: somebody who may know it enrols."
        checks.require("arm", allocation.after_enrolment, first)
    else:
        later = allocation.after_enrolment and not arm
        known = later or arm in protocol.arms
        checks.require("arm", known, f"Choose one of: {', '.join(protocol.arms)}.")


def check_site(checks: entry.Checks, protocol: Protocol, site: str) -> None:
    """Refuse a site that the protocol does not name, and none where it names some."""
    told = f"Choose one of: {', '.join(protocol.sites)}." if protocol.sites else "Leave it empty."
    checks.require("site", site in protocol.sites if protocol.sites else not site, told)


def _checked(
    raw: Enrolment, protocol: Protocol, context: Context, study: Row, viewer: Staff
) -> Enrolment:
    checks = entry.Checks()
    zone = checks.field("zone", lambda: entry.zone(raw.zone), "UTC")
    today = context.clock.now().astimezone(ZoneInfo(zone)).date()
    late = "This day is still to come. Enrol on the day itself, or give an earlier one."
    check_arm(checks, protocol, viewer, raw.arm)
    check_site(checks, protocol, raw.site)
    checks.require("channel", raw.channel in CHANNELS, "Choose email, or none for no reminders.")
    contact = check_contact(checks, raw.channel, Contact(raw.name, raw.email, raw.phone))
    tidy = Enrolment(
        code=checks.field("code", lambda: entry.code(raw.code), ""),
        zone=zone,
        language=checks.field("language", lambda: entry.language(raw.language), ""),
        arm=raw.arm,
        channel=raw.channel,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        enrolled_on=checks.field(
            "enrolled_on", lambda: entry.day(raw.enrolled_on, today, late), today
        ),
        site=raw.site,
    )
    if tidy.language:
        check_wording(checks, context, study, tidy.language)
    if checks.places:
        raise BadInputError("Nobody was enrolled: please mend what is marked.", checks.places)
    return tidy


def _add(tx: Transaction, context: Context, study_id: str, tidy: Enrolment) -> str:
    participant_id = new_id()
    on = tidy.enrolled_on
    participants.add(tx, participant_id, study_id, tidy.code, on)
    facts: dict[Kind, str] = {
        "zone": tidy.zone, "language": tidy.language, "arm": tidy.arm, "site": tidy.site,
        "channel": tidy.channel, "status": "active",
    }  # fmt: skip
    for kind, value in facts.items():
        if value:
            participants.record(tx, participant_id, kind, value, on)
    contact = Contact(tidy.name, tidy.email, tidy.phone)
    if contact != Contact():
        contacts.write(tx, context.keys, participant_id, contact)
    visits.record(tx, visits.add(tx, participant_id, ENROLMENT), "held", on, None)
    return participant_id
