"""The private list: what one phone may answer, about whom, until when, and whom its owner can call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import current_app
from flask_babel import gettext

from server.actions.check_wordings import languages, may_ask
from server.actions.context import Context
from server.actions.publish_forms import Shelf
from server.actions.reconcile import design
from server.clock import from_text, to_text
from server.domain.assessment import LAPSED, state
from server.domain.people import Device
from server.domain.protocol import Protocol
from server.store import devices, events, participants, settings, studies
from server.store.database import Row
from server.store.events import Event
from server.web import rooms
from server.web.offers import Offers, offered, offers_of

PRACTICE = "practice"


@dataclass(frozen=True)
class Person:
    """Whoever holds the phone: their facts, their study, its design."""

    row: Row
    study: Row
    protocol: Protocol
    # The event that some forms are about, in their own words.
    told: Event | None
    offers: Offers

    @property
    def language(self) -> str:
        return str(self.row["language"])

    @property
    def guides(self) -> tuple[str, str]:
        """What this study calls whoever guides: one, and several."""
        return {
            "guide": (gettext("guide"), gettext("guides")),
            "therapist": (gettext("therapist"), gettext("therapists")),
            "coach": (gettext("coach"), gettext("coaches")),
        }[self.protocol.words.guide]


def shelf() -> Shelf:
    """Return the pages in force, as `server.app` published them."""
    return cast("Shelf", current_app.extensions["attune_forms"])


def person(context: Context, device: Device) -> Person:
    """Return whoever holds this phone."""
    row = participants.one(context.db, device, device.participant_id)
    study = studies.of_participant(context.db, device.participant_id)
    protocol, _instruments = design(context, study, device.participant_id)
    told = events.latest(context.db, context.keys, device.participant_id)
    return Person(row, study, protocol, told, offers_of(context, device, protocol, row["zone"]))


def private_list(context: Context, device: Device) -> dict[str, Any]:
    """Return everything that this phone needs to work for weeks without us, and nothing more."""
    now, who = context.clock.now(), person(context, device)
    phone = devices.one(context.db, device.id) or {}
    guide, guides = who.guides
    return {
        "now": to_text(now),
        "epoch": settings.epoch(context.db),
        "locator": phone.get("locator", ""),
        "person": device.participant_id,
        "words": {"guide": guide, "guides": guides},
        "pin": who.protocol.pin == "asked",
        # Whoever pauses is written to by nobody, and is promised nothing.
        "reminders": who.row["channel"] == "email" and who.row["status"] != "paused",
        "practice": {
            "form": shelf().form(PRACTICE, who.language),
            "forms": _spoken(context, who.study, PRACTICE),
            "done": phone.get("practised_at") is not None,
            "confirmed": phone.get("reminder_confirmed_at") is not None,
        },
        "key": context.keys.public(),
        "help": help_of(who.study, who.row),
        "study": rooms.about_of(who.study, who.protocol, context.catalog),
        "outside": rooms.outside_of(context.db, who.study),
        "call": rooms.call_of(context.db, who.study, who.protocol, who.row, now),
        "done": rooms.done_of(context.db, context.catalog, device),
        "ended": rooms.ended_of(context, device, who.study, who.row, who.offers.last),
        "language": who.language,
        "zone": who.row["zone"],
        "assessments": _entries(context, device, who, now),
        "ahead": _ahead(context, who),
    }


def help_of(study: Row, person: Row) -> dict[str, Any]:
    """Return whom this participant can call, their own country's and site's numbers first."""
    return {
        "contacts": rooms.contacts_of(study, person),
        "team": {
            "name": study["team_name"],
            "phone": study["team_phone"],
            "hours": study["team_hours"],
        },
    }


def _entries(context: Context, device: Device, who: Person, now: datetime) -> list[dict[str, Any]]:
    rows = offered(context, device, who.offers)
    return [entry(context, who, row, rows, now) for row in rows]


def _ahead(context: Context, who: Person) -> list[dict[str, Any]]:
    """Return the pages of what opens once a visit is confirmed as held, and when it would.

    They are fetched beforehand: the contact that brings the confirmation may be a short one.
    """
    return [
        {
            "form": shelf().form(each.instrument, who.language),
            "opens_at": to_text(each.opens_at),
            "closes_at": to_text(each.closes_at),
        }
        for each in who.offers.ahead
        if may_ask(context, who.study, each.instrument, who.language)
    ]


def entry(
    context: Context, who: Person, row: Row, rows: Iterable[Row], now: datetime
) -> dict[str, Any]:
    """Return one assessment as the phone reads it; `rows` is where its siblings are looked for."""
    language = who.language
    instrument = context.catalog.instrument(row["instrument"])
    wording = context.catalog.wording(row["instrument"], language)
    told = who.told if instrument.needs else None
    about = row["about_staff_id"]
    stands, until = state(row, now), who.offers.until.get(row["id"], from_text(row["closes_at"]))
    return {
        "id": row["id"],
        "form": shelf().form(row["instrument"], language),
        "forms": _spoken(context, who.study, row["instrument"]),
        "title": wording.title,
        "minutes": instrument.minutes,
        "about": {"id": about, "name": row["about_name"]} if about else None,
        # The participant's own words, to their own phone only; the id says which they were shown.
        "event": {"id": told.id, "text": told.text} if told else None,
        "others": [
            {"id": other["about_staff_id"], "name": other["about_name"], "assessment": other["id"]}
            for other in rows
            if about and _same_form(row, other)
        ],
        "opens_at": row["opens_at"],
        "target_at": row["target_at"],
        "closes_at": row["closes_at"],
        # Past closing it may still be welcome, and is then marked as late.
        "offered_until": to_text(until),
        "late": stands in LAPSED and now < until,
        "state": stands,
        # Shown all the same, so that nobody looks for it in vain; what was answered is always taken in.
        "openable": may_ask(context, who.study, row["instrument"], language),
    }


def _spoken(context: Context, study: Row, instrument: str) -> dict[str, str]:
    """Return a form's page in each language of the study that it has sentences of its own for."""
    return {
        language: shelf().hashes[instrument, language]
        for language in languages(context, study)
        if (instrument, language) in shelf().hashes
        and may_ask(context, study, instrument, language)
    }


def _same_form(row: Row, other: Row) -> bool:
    """Whether two rows ask the same at the same point of the course about two people."""
    same = all(row[name] == other[name] for name in ("definition", "course", "visit_id"))
    return same and row["id"] != other["id"] and other["about_staff_id"] is not None
