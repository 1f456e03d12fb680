"""What is due, as a plain page: the same as the phone's own, for browsers without scripts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, g, get_flashed_messages, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time, gettext
from flask_wtf import FlaskForm

from server.actions.confirm_test_reminder import confirm_test_reminder
from server.actions.send_test_reminder import send_test_reminder
from server.clock import from_text
from server.domain.assessment import state
from server.errors import BadInputError
from server.outputs.forms import duration
from server.store import assessments, drafts
from server.web import rooms
from server.web.access import context, device
from server.web.offers import offered
from server.web.participant import blueprint
from server.web.participant.joining import renewed
from server.web.private_list import person, private_list


@blueprint.get("/today")
@device
def today() -> Response:
    """Return what is open now and what comes next."""
    here = context()
    known = private_list(here, g.device)
    rows = shown(known)
    for row in rows:
        row["begun"] = drafts.one(here.db, g.device, str(row["id"])) is not None
    now = [row for row in rows if row["state"] == "open" or row["late"]]
    ready = [row for row in now if row["openable"]]
    page = render_template(
        "participant/today_plain.html",
        now=now,
        ready=len(ready),
        duration=duration(sum(int(row["minutes"]) for row in ready), known["language"]),
        next=next((row for row in rows if row["state"] == "upcoming"), None),
        known=known,
        asked=rooms.asked_lately(here.db, g.device, here.clock.now()),
        first=at_any_hour(known["call"], here.clock.now(), known["zone"]),
        help_until=_help_until(known, here.clock.now()),
        told=get_flashed_messages(),
        form=FlaskForm(),
        home="/today",
        help="/help/plain",
    )
    return renewed(make_response(page))


@blueprint.get("/done/<assessment>")
@device
def done(assessment: str) -> ResponseReturnValue:
    """Return the page after sending."""
    here = context()
    row = assessments.one(here.db, g.device, assessment)
    if not row["response_id"]:
        return redirect(f"/a/{assessment}", 303)
    instrument = here.catalog.instrument(row["instrument"])
    beside = assessments.siblings(here.db, g.device, assessment)
    who = person(here, g.device)
    left = [
        each
        for each in offered(here, g.device, who.offers)
        if state(each, here.clock.now()) != "upcoming"
    ]
    return render_template(
        "participant/done.html",
        assessment=assessment,
        hidden="rated facilitator" in instrument.visibility.hidden_from,
        about=row["about_name"],
        others=[{"id": each["about_staff_id"], "name": each["about_name"]} for each in beside],
        words=who.guides,
        left=len(left),
        form=FlaskForm(),
        home="/today",
        help="/help/plain",
    )


@blueprint.post("/practice/reminder")
@device
def reminder() -> ResponseReturnValue:
    """Send a test reminder, asked for on the plain page."""
    try:
        send_test_reminder(context(), g.actor, g.device, g.device.participant_id)
        flash("on its way")
    except BadInputError:
        # No address, or no messages at all: what is to be done then, only the team can do.
        flash("not sent")
    return redirect("/today#reminder", 303)


@blueprint.post("/practice/confirmed")
@device
def confirmed() -> ResponseReturnValue:
    """The test reminder came, says whoever holds the phone."""
    confirm_test_reminder(context(), g.actor, g.device)
    return redirect("/today#reminder", 303)


def at_any_hour(call: dict[str, Any], now: datetime, zone: str) -> dict[str, str] | None:
    """Return the number that answers at any hour, and until when it stands first; None at other times."""
    for span in call["after_sessions"] if call["out_of_hours"] else ():
        if from_text(span["from"]) <= now < from_text(span["until"]):
            return {"phone": call["out_of_hours"], "until": until(from_text(span["until"]), zone)}
    return None


def shown(known: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the private list's forms with `duration, opens, closes` in words, by the participant's clock."""
    return [_in_words(entry, known["zone"], known["language"]) for entry in known["assessments"]]


def _in_words(entry: dict[str, Any], zone: str, language: str) -> dict[str, Any]:
    return {
        **entry,
        "duration": duration(int(entry["minutes"]), language),
        "opens": since(from_text(entry["opens_at"]), zone),
        "closes": until(from_text(entry["offered_until" if entry["late"] else "closes_at"]), zone),
    }


def _help_until(known: dict[str, Any], now: datetime) -> str:
    """Return until when help stays within reach after the end; empty before the end, and once it is over."""
    stays = from_text(known["ended"]["help_until"]) if known["ended"] else now
    return _day(stays.astimezone(ZoneInfo(known["zone"])).date()) if now < stays else ""


def since(at: datetime, zone: str) -> str:
    """Write from when: what opens at midnight opens with the day."""
    local = at.astimezone(ZoneInfo(zone))
    before = (at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return moment(at, zone) if before == local.date() else _day(local.date())


def until(at: datetime, zone: str) -> str:
    """Write until when: what closes at midnight is open for the whole of its last day."""
    local = at.astimezone(ZoneInfo(zone))
    last = (at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return moment(at, zone) if last == local.date() else _day(last)


def moment(at: datetime, zone: str) -> str:
    """Write an instant as the participant's own clock shows it."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{_day(local.date())}, {format_time(local, 'short', rebase=False)}"


def _day(day: date) -> str:
    # Translators: how a day is written, in the letters of the Unicode locale data.
    return str(format_date(day, gettext("EEEE d MMMM")))
