"""A participant leaves the study: nothing is asked or sent any more, and the team learns of it at once."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.actions.raise_alerts import CALLS_FOR
from server.actions.reconcile import reconcile
from server.domain.people import Actor, Device
from server.store import alerts, messages, participants

# What becomes of what was sent: it stays, or they wish to be called about having it deleted.
Afterwards = Literal["keep", "call"]
REASONS: dict[Afterwards, str] = {
    "keep": "Left on the phone; what was sent may be kept",
    "call": "Left on the phone; asks to be called about deleting what was sent",
}


def leave_study(context: Context, actor: Actor, device: Device, afterwards: Afterwards) -> None:
    """Record that they withdrew, stop all reminders, and tell the team; leaving twice changes nothing.

    Whoever asks to be called is called: a mail goes to whoever is on duty, as when a call is asked for.
    """
    person = participants.one(context.db, device, device.participant_id)
    if person["status"] == "withdrawn":
        return
    today = context.clock.now().astimezone(ZoneInfo(person["zone"])).date()
    told = REASONS[afterwards]
    with context.write(actor, "A participant left the study") as tx:
        participants.record(tx, person["id"], "status", "withdrawn", today, told)
        reconcile(tx, context, person["id"])
        cause = alerts.Cause("same day") if afterwards == "call" else None
        raised = alerts.add(tx, person["study_id"], person["id"], "left", f"{told}.", cause=cause)
        if afterwards == "call":
            messages.add_call(tx, person["id"], raised, "email", tx.at + CALLS_FOR)
