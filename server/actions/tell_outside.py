"""What a participant tells somebody outside the treatment team: sealed, for that one person alone."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.file_response import Arrival
from server.store import answered, outside
from server.store.transaction import Transaction


def tell_outside(tx: Transaction, context: Context, arrival: Arrival) -> None:
    """Keep the words in the transaction that opens them. No alert, no count, no line in any list."""
    study_id = answered.study_of(tx.db, arrival.participant_id)
    if study_id is None:
        return
    inside = outside.Words(arrival.payload.words, arrival.payload.reply)
    outside.add(tx, context.keys, arrival.id, study_id, arrival.participant_id, inside)
