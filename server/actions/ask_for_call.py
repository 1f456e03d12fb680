"""A participant asks to be called: an alert for today, and a mail to whoever is on duty."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from server.actions.file_response import Arrival
from server.actions.raise_alerts import CALLS_FOR
from server.store import alerts, answered, messages, participants
from server.store.transaction import Transaction


def ask_for_call(tx: Transaction, arrival: Arrival) -> None:
    """Raise the alert in the transaction that opens the wish; asked twice, it stands once.

    It is taken from whoever left the study as well: somebody who asks for a call is called.
    """
    participant_id = arrival.participant_id
    study_id = answered.study_of(tx.db, participant_id)
    if study_id is None:
        return
    zone = participants.present(tx.db, participant_id)["zone"]
    asked = (arrival.payload.finished_at or arrival.received_at).astimezone(ZoneInfo(zone))
    words = f"Asked for a call on {asked.day} {asked:%B %Y, %H:%M} ({zone})."
    raised = alerts.add(
        tx, study_id, participant_id, "call-me", words, cause=alerts.Cause("same day")
    )
    if not messages.called(tx.db, raised):
        messages.add_call(tx, participant_id, raised, "email", tx.at + CALLS_FOR)
