"""What the pages around the questions need of the private list: whom to call, what was sent, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any

from server.actions.context import Context
from server.actions.reconcile import waits_for
from server.catalog.catalog import Catalog
from server.clock import from_text, to_text
from server.domain.localtime import day_start
from server.domain.people import Device
from server.domain.protocol import Protocol
from server.errors import NotFoundError
from server.store import backups, outside, sent, visits
from server.store.database import Database, Row

# How long after a session the number that answers at any hour stands first.
AFTER_SESSION = timedelta(hours=72)
# How long help stays within reach after the last form.
HELP_STAYS = timedelta(days=30)
# A call asked for longer ago than this has been made, or is to be asked for again.
LATELY = timedelta(hours=24)


def call_of(
    db: Database, study: Row, protocol: Protocol, person: Row, now: datetime
) -> dict[str, Any]:
    """Return when the team calls back, the number out of hours, and the days after each session."""
    # Protocols from before sessions were marked as such call their kind by this name.
    kinds = protocol.sessions or {"dosing"}
    sessions = [
        day_start(date.fromisoformat(visit["on_day"]), person["zone"])
        for visit in visits.current(db, person["id"])
        if visit["kind"] in kinds and visit["status"] in {"planned", "held"}
    ]
    return {
        "hours": study["call_hours"],
        "out_of_hours": study["out_of_hours_phone"],
        # From the day itself on: its end is not known, and that evening counts.
        "after_sessions": [
            {"from": to_text(start), "until": to_text(start + timedelta(days=1) + AFTER_SESSION)}
            for start in sessions
            if start + timedelta(days=1) + AFTER_SESSION > now
        ],
    }


def asked_lately(db: Database, device: Device, now: datetime) -> bool:
    """Whether a call was asked for that may still be on its way."""
    return sent.asked_for_call(db, device, now - LATELY)


def outside_of(db: Database, study: Row) -> dict[str, Any]:
    """Return the person outside the treatment team, as participants know them, and the ethics contact.

    `name` is empty while nobody is named; `ethics` may lack any of its fields.
    """
    named = outside.named(db, study["id"])
    return {
        "name": named["name"] if named else "",
        "role": study["outside_role"] if named else "",
        "ethics": {
            field: study["ethics_contact"].get(field, "") for field in ("name", "phone", "email")
        },
    }


def about_of(study: Row, protocol: Protocol, catalog: Catalog) -> dict[str, Any]:
    """Return what *About this study* says of this one: its title, where data lie, who else there is."""
    forms = [catalog.instrument(each.instrument) for each in protocol.assessments]
    return {
        "title": study["title"],
        "where": study["data_where"],
        "kept": study["data_kept"],
        "results": study["results_when"],
        "rated": any("rated facilitator" in each.visibility.hidden_from for each in forms),
        "raters": any(each.respondent != "participant" for each in forms),
    }


def done_of(db: Database, catalog: Catalog, device: Device) -> list[dict[str, Any]]:
    """Return what this participant sent, the newest first: titles and times, never an answer."""
    copied = backups.away_up_to(db)
    return [
        {
            "id": row["id"],
            "assessment": row["assessment_id"],
            "title": _title(catalog, row),
            "name": row["about_name"],
            "at": row["at"],
            # A verified copy off this machine holds it as well.
            "copied": row["envelope_seq"] <= copied,
        }
        for row in sent.of(db, device)
    ]


def ended_of(
    context: Context, device: Device, study: Row, person: Row, welcome: datetime | None
) -> dict[str, Any] | None:
    """Return when it ended, once nothing is asked any more; None while something is, or may be.

    `welcome` is until when the last form that nobody answered is offered, also past its closing.
    """
    now = context.clock.now()
    if sent.more_to_come(context.db, device, now) or (welcome and now < welcome):
        return None
    left = person["status"] == "withdrawn"
    if not left and waits_for(context, context.db, device.participant_id):
        return None
    last = sent.ended_at(context.db, device)
    if last is None:
        return None
    at = max(from_text(last), welcome) if welcome and not left else from_text(last)
    return {
        "at": to_text(at),
        "left": left,
        "results": study["results_when"],
        "help_until": to_text(at + HELP_STAYS),
    }


def contacts_of(study: Row, person: Row) -> list[Mapping[str, Any]]:
    """Return the help contacts for this participant: their site's, their country's first."""
    here = country_of(person["zone"])
    mine = [
        each
        for each in study["help_contacts"]
        if not each.get("site") or each.get("site") == person.get("site")
    ]
    return sorted(mine, key=lambda each: each.get("country", "") not in {"", here})


@lru_cache
def country_of(zone: str) -> str:
    """Return the ISO 3166 code of the country that a zone is kept for first, empty for none (UTC)."""
    return _countries().get(zone, "")


@lru_cache
def _countries() -> dict[str, str]:
    table = resources.files("tzdata") / "zoneinfo" / "zone1970.tab"
    found = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            codes, _place, zone = line.split("\t")[:3]
            found[zone] = codes.split(",")[0]
    return found


def _title(catalog: Catalog, row: Row) -> str:
    """Return the form's title as it was read; its label, where the wording is gone."""
    try:
        language, version = row["wording"].split("/")[1:]
        return catalog.wording(row["instrument"], language, version).title
    except (NotFoundError, ValueError):
        return str(row["label"])
