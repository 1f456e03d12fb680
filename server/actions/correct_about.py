"""Mend "I meant the other one": a response just sent is set to the person it was really about.

Nothing is overwritten: a new response with the same answers and scores stands in for the old one,
which stays. Where the other person had been answered about as well, the two change places.
"""

from __future__ import annotations

from datetime import timedelta

from server.actions.context import Context
from server.actions.reconcile import reconcile
from server.actions.reconcile_messages import cancel_reminders
from server.clock import from_text
from server.domain.people import Actor, Device
from server.errors import ConflictError, NotFoundError, said
from server.ids import new_id
from server.store import answered, responses
from server.store.database import Row
from server.store.transaction import Transaction

# Memory of whom one had in mind is good for days, not for months.
CORRECTABLE = timedelta(days=7)
_REASON = "the participant had meant the other person"


def correct_about(context: Context, device: Device, assessment_id: str, about_staff_id: str) -> str:
    """Set the response that counts for this assessment to the other person; return its new id.

    For `POST /a/<assessment>/about` with the person's staff id, by the participant's own phone.

    Raises:
        NotFoundError: no such assessment of this participant, not answered, or nobody of that id
            is asked about at that point.
        ConflictError: it was sent longer than seven days ago; only staff can help then.

    """
    actor = Actor("device", device.id, "participant")
    with context.write(actor, _REASON) as tx:
        mine = answered.assessment(tx.db, assessment_id)
        if mine is None or mine["participant_id"] != device.participant_id:
            raise NotFoundError(said("This form is not there."))
        other = answered.about_other(tx.db, mine, about_staff_id)
        if mine["response_id"] is None or other is None or other["id"] == mine["id"]:
            raise NotFoundError(said("There is nothing to correct here."))
        _refuse_old(tx, mine, other)
        answered.hide_alike(tx, mine, other)
        moved, swapped = mine["response_id"], other["response_id"]
        new = _stand_in(tx, moved, other)
        answered.count(tx, mine["id"], _stand_in(tx, swapped, mine) if swapped else None)
        answered.count(tx, other["id"], new)
        cancel_reminders(tx, other["id"])
        # The first form waits again, so its reminders are due again.
        reconcile(tx, context, device.participant_id)
    return new


def _refuse_old(tx: Transaction, *rows: Row) -> None:
    for row in rows:
        response = row["response_id"] and responses.bare(tx.db, row["response_id"])
        if response and tx.at - from_text(response["received_at"]) > CORRECTABLE:
            message = said("This was sent more than a week ago. Please call your study team.")
            raise ConflictError(message)


def _stand_in(tx: Transaction, response_id: str, assessment: Row) -> str:
    """Add a response that stands in for this one under the other assessment; return its id."""
    original = responses.bare(tx.db, response_id)
    if original is None:
        message = f"no response {response_id}"
        raise LookupError(message)
    row = {
        **original,
        "id": new_id(),
        "corrects": response_id,
        "correction": _REASON,
        "assessment_id": assessment["id"],
        "about_staff_id": assessment["about_staff_id"],
        "anchor": assessment["anchor"],
        "anchor_on": assessment["anchor_on"],
        "unscheduled": int(assessment["retired_at"] is not None),
    }
    responses.copy(tx, row, response_id)
    return str(row["id"])
