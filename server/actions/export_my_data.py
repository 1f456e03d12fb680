"""A participant's own data as a file: their answers in words and codes, and what is known of them.

Nothing that unblinds (the arm, the protocol's version, calculations) and nothing about anybody else: what
raters, interviewers and guides noted is not in it.
"""

from __future__ import annotations

from typing import Any

from server.actions.context import Context
from server.clock import to_text
from server.domain.instrument import Instrument, Wording
from server.domain.people import Actor, Device
from server.outputs.given import asked, given
from server.store import contacts, events, participants, responses, sent, studies
from server.store.database import Row

# Facts that somebody may know about themselves; the others would tell of the arm.
_TOLD = ("zone", "language", "channel", "hours", "status")
# A form that others filled in about somebody is not theirs to read back here.
_OWN = {"participant", "paper"}


def export_my_data(context: Context, actor: Actor, device: Device) -> dict[str, Any]:
    """Return everything, ready to be written as JSON; that it was asked for is noted."""
    person = participants.one(context.db, device, device.participant_id)
    study = studies.one(context.db, person["study_id"])
    told = events.latest(context.db, context.keys, person["id"])
    contact = contacts.read(context.db, context.keys, person["id"])
    rows = [row for row in responses.of(context.db, device, person["id"]) if row["source"] in _OWN]
    with context.write(actor, "A participant took their data") as tx:
        tx.note("participants", person["id"], "taken", {"forms": len(rows)})
    return {
        "format": "attune-my-data-1",
        "written_at": to_text(context.clock.now()),
        "study": {"title": study["title"], "code": study["code"], "team": study["team_name"]},
        "me": {
            "code": person["code"],
            "enrolled_on": person["enrolled_on"],
            "name": contact.name, "email": contact.email, "phone": contact.phone,
            "event": told.text if told else None,
        },
        "settings": _settings(context, device),
        "forms": [_form(context, device, row) for row in rows],
    }  # fmt: skip


def _settings(context: Context, device: Device) -> list[dict[str, str]]:
    """Return each of their settings as it was recorded, oldest first."""
    return [
        {"what": row["kind"], "value": row["value"], "from": row["from_on"]}
        for row in participants.history(context.db, device, device.participant_id)
        if row["kind"] in _TOLD
    ]


def sent_about(context: Context, device: Device, response: Row) -> tuple[str, str]:
    """Return whom and what a response of theirs is about, as its page said; empty where it named none."""
    names = {row["id"]: row["about_name"] for row in sent.of(context.db, device)}
    told = events.latest(context.db, context.keys, device.participant_id)
    named = told.text if told and told.id == response["event_id"] else ""
    return names.get(response["id"], ""), named


def _form(context: Context, device: Device, row: Row) -> dict[str, Any]:
    about, event = sent_about(context, device, row)
    language, version = row["wording"].split("/")[1:]
    instrument = context.catalog.instrument(row["instrument"], row["instrument_version"])
    wording = context.catalog.wording(row["instrument"], language, version)
    answers = responses.answers(context.db, device, row["id"])
    return {
        "form": row["instrument"], "version": row["instrument_version"],
        "title": wording.title, "language": language,
        "about": about or None,
        "began_at": row["began_at"], "finished_at": row["finished_at"],
        "received_at": row["received_at"],
        "milliseconds": row["elapsed_ms"], "zone": row["device_zone"],
        "answers": [
            {**_answer(each, instrument, wording), "asked": asked(each["item"], wording, about, event)}
            for each in answers
        ],
    }  # fmt: skip


def _answer(answer: Row, instrument: Instrument, wording: Wording) -> dict[str, Any]:
    name, value = answer["item"], answer["value"]
    return {
        "item": name,
        "state": answer["state"],
        "code": value,
        # What was typed stands as it is; there is no other word for it.
        "words": None
        if isinstance(value, str)
        else given(value, name, instrument, wording) or None,
    }
