"""What participants change about themselves: language, reminders and their hour, a pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from server.actions.check_wordings import languages, unworded
from server.actions.context import Context
from server.actions.reconcile import design, reconcile
from server.domain.people import Actor, Device
from server.domain.reminders import may_wish
from server.errors import BadInputError, ConflictError, said
from server.store import contacts, participants, pauses, studies
from server.store.database import Row
from server.store.participants import Kind

# A pause that is longer than this is a decision to talk about.
LONGEST_PAUSE = timedelta(days=366)
_UNKNOWN = said("Please choose one of those that are offered.")
_NO_ADDRESS = said("Your study team has no mail address of yours. Tell them one first.")
_NIGHT = said("At that hour nobody is written to. Please choose another one.")
_PAUSE_DAY = said("Please choose a day from tomorrow on, within a year.")
_LEFT = said("You have left the study, so there is nothing to set any more.")


@dataclass(frozen=True)
class Choices:
    """What may be chosen: the study's languages, the hours outside the night; whether mail can arrive."""

    languages: tuple[str, ...]
    hours: tuple[time, ...]
    usual: time
    address: bool


@dataclass(frozen=True)
class Wish:
    """What is to hold from now on; None leaves it as it is. An empty `hour` is the study's own."""

    language: str | None = None
    channel: str | None = None
    hour: str | None = None


def choices(context: Context, device: Device) -> Choices:
    """Return what this participant may choose among."""
    study = studies.of_participant(context.db, device.participant_id)
    protocol, _instruments = design(context, study, device.participant_id)
    person = participants.one(context.db, device, device.participant_id)
    spoken = [
        each
        for each in dict.fromkeys([*languages(context, study), person["language"]])
        if study["synthetic"] or not unworded(context, protocol, [each])
    ]
    hours = protocol.reminders.hours
    address = contacts.read(context.db, context.keys, device.participant_id).email
    return Choices(tuple(spoken), may_wish(hours), hours.default, bool(address))


def change_my_settings(context: Context, actor: Actor, device: Device, wish: Wish) -> None:
    """Record what changed and plan reminders anew.

    Raises:
        BadInputError: it is none of the choices.
        ConflictError: they have left the study.

    """
    may, person = choices(context, device), _here(context, device)
    _check(may, wish)
    wanted: dict[Kind, str | None] = {
        "language": wish.language, "channel": wish.channel, "hours": wish.hour,
    }  # fmt: skip
    changed = {
        kind: value for kind, value in wanted.items() if value is not None and value != person[kind]
    }
    if not changed:
        return
    with context.write(actor, "A participant changed their settings") as tx:
        for kind, value in changed.items():
            participants.record(tx, person["id"], kind, value, _today(context, person))
        reconcile(tx, context, person["id"])


def pause(context: Context, actor: Actor, device: Device, until: date | None) -> None:
    """Stop reminders until a day (the first on which they come again), or until they say so.

    Raises:
        BadInputError: the day is not ahead, or too far.
        ConflictError: they do not take part at the moment.

    """
    person = _here(context, device)
    today = _today(context, person)
    if until is not None and not today < until <= today + LONGEST_PAUSE:
        raise BadInputError(_PAUSE_DAY, {"until": _PAUSE_DAY})
    with context.write(actor, "A participant pauses") as tx:
        reason = f"Until {until.isoformat()}, said on the phone" if until else "Said on the phone"
        participants.record(tx, person["id"], "status", "paused", today, reason)
        if until is not None:
            pauses.begin(tx, person["id"], until)
        reconcile(tx, context, person["id"])


def go_on(context: Context, actor: Actor, device: Device) -> None:
    """End a pause now; nothing happens where there is none."""
    person = _here(context, device)
    if person["status"] != "paused":
        return
    with context.write(actor, "A participant goes on") as tx:
        today = _today(context, person)
        participants.record(tx, person["id"], "status", "active", today, "Said on the phone")
        reconcile(tx, context, person["id"])


def _here(context: Context, device: Device) -> Row:
    person = participants.one(context.db, device, device.participant_id)
    if person["status"] == "withdrawn":
        raise ConflictError(_LEFT)
    return person


def _check(may: Choices, wish: Wish) -> None:
    places = {}
    if wish.language is not None and wish.language not in may.languages:
        places["language"] = _UNKNOWN
    if wish.channel not in {None, "email", "none"}:
        places["channel"] = _UNKNOWN
    if wish.channel == "email" and not may.address:
        places["channel"] = _NO_ADDRESS
    if wish.hour and wish.hour not in {f"{each:%H:%M}" for each in may.hours}:
        places["hour"] = _NIGHT
    if places:
        raise BadInputError(next(iter(places.values())), places)


def _today(context: Context, person: Row) -> date:
    return context.clock.now().astimezone(ZoneInfo(person["zone"])).date()
