"""Change what is known of a participant: zone, language, site, channel, status, how to be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.actions.enrol_participant import (
    CHANNELS,
    check_contact,
    check_wording,
    require_care,
)
from server.actions.reconcile import design, reconcile
from server.domain import entry
from server.domain.people import Actor, Staff
from server.errors import BadInputError
from server.store import contacts, participants, studies
from server.store.contacts import Contact
from server.store.database import Row
from server.store.participants import Kind

STATUSES = ("active", "paused", "withdrawn")


@dataclass(frozen=True)
class Change:
    """What staff change; None leaves it as it is. `on` is the first day it holds, default today.

    paused: forms stay open, no reminders. withdrawn: no reminders, nothing asked any more.
    """

    zone: str | None = None
    language: str | None = None
    channel: str | None = None
    status: str | None = None
    site: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    on: date | None = None
    reason: str = ""


def change_participant(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, change: Change
) -> None:
    """Record what changed as dated facts and plan anew.

    Raises:
        BadInputError: some field cannot be used; `places` names each with its remedy.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    person = participants.one(context.db, viewer, participant_id)
    stands = contacts.read(context.db, context.keys, participant_id)
    today = context.clock.now().astimezone(ZoneInfo(person["zone"])).date()
    sites = _sites(context, person)
    facts, contact, on = _checked(change, person, stands, today, sites)
    if "language" in facts:
        _require_wording(context, participant_id, facts["language"])
    if not facts and contact == stands:
        return
    reason = change.reason.strip()
    with context.write(actor, f"Changed a participant: {reason or _summary(facts)}") as tx:
        for kind, value in facts.items():
            participants.record(tx, participant_id, kind, value, on, reason)
        if contact != stands:
            contacts.write(tx, context.keys, participant_id, contact)
        reconcile(tx, context, participant_id)


def _sites(context: Context, person: Row) -> Mapping[str, str]:
    study = studies.one(context.db, person["study_id"])
    return design(context, study, person["id"])[0].sites


def _require_wording(context: Context, participant_id: str, language: str) -> None:
    checks = entry.Checks()
    check_wording(checks, context, studies.of_participant(context.db, participant_id), language)
    if checks.places:
        raise BadInputError("Nothing was changed: please mend what is marked.", checks.places)


def _checked(
    change: Change, person: Row, stands: Contact, today: date, sites: Mapping[str, str]
) -> tuple[dict[Kind, str], Contact, date]:
    """Return the facts that really change, the contact data wanted, and the day they hold from."""
    checks = entry.Checks()
    wanted: dict[Kind, str | None] = {
        "zone": change.zone and checks.field("zone", lambda: entry.zone(change.zone or ""), ""),
        "language": change.language
        and checks.field("language", lambda: entry.language(change.language or ""), ""),
        "channel": change.channel,
        "status": change.status,
        "site": change.site,
    }
    channel = wanted["channel"] or person["channel"]
    checks.require("channel", channel in CHANNELS, "Choose email, or none for no reminders.")
    known = change.status is None or change.status in (*STATUSES, person["status"])
    checks.require("status", known, "Choose active, paused or withdrawn.")
    imported = person["status"] == "prepared" and change.status in {"active", "paused"}
    checks.require("status", not imported, "Say go first: Participants, Imported.")
    here = not change.site or change.site in sites
    told = f"Choose one of: {', '.join(sites)}." if sites else "The protocol names no sites."
    checks.require("site", here, told)
    given = {name: getattr(change, name) for name in ("name", "email", "phone")}
    asked = replace(stands, **{name: value for name, value in given.items() if value is not None})
    contact = check_contact(checks, channel, asked)
    # A status holds from now on; only where somebody lives may be known ahead, or afterwards.
    on = checks.field("on", lambda: entry.day(change.on or today), today)
    checks.field("reason", lambda: entry.name(change.reason, 300), "")
    if checks.places:
        raise BadInputError("Nothing was changed: please mend what is marked.", checks.places)
    dated = change.on is not None
    facts = {
        kind: value
        for kind, value in wanted.items()
        if value and (value != person[kind] or (kind == "zone" and dated))
    }
    return facts, contact, on


def _summary(facts: Mapping[Kind, str]) -> str:
    return ", ".join(facts) if facts else "contact data"
