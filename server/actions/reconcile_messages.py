"""Make the stored reminders of one participant equal to what their waiting forms call for now.

Part of `reconcile`, inside its transaction. Only who is active, wants messages and has a phone to answer
on is reminded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.clock import from_text, to_text
from server.domain.facts import Facts
from server.domain.protocol import Protocol
from server.domain.reminders import PlannedMessage, plan_messages
from server.store import assessments, devices, messages, participants
from server.store.database import Database, Row
from server.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Window:
    """A stored assessment as reminders are planned from it."""

    id: str
    opens_at: datetime
    closes_at: datetime
    respondent: str
    awaits: str | None


def reconcile_messages(tx: Transaction, facts: Facts, protocol: Protocol) -> dict[str, int]:
    """Store what differs; return how many were added, changed and cancelled."""
    wanted = {each.id: each for each in _wanted(tx.db, facts, protocol)}
    stored = messages.stored(tx.db, facts.participant_id)
    counts = {"messages_added": 0, "messages_changed": 0, "messages_cancelled": 0}
    for each in _worth_sending(tx, facts.participant_id, wanted.values(), stored):
        if each.id not in stored:
            messages.add(tx, facts.participant_id, each)
            counts["messages_added"] += 1
        elif stored[each.id]["state"] == "cancelled":
            messages.change(tx, stored[each.id], {**_row(each), "state": "due", "settled_at": None})
            counts["messages_added"] += 1
    for row in stored.values():
        if row["state"] != "due":
            continue
        if row["id"] not in wanted:
            _cancel(tx, row)
            counts["messages_cancelled"] += 1
        else:
            fresh = _row(wanted[row["id"]])
            changes = {name: value for name, value in fresh.items() if row[name] != value}
            if changes:
                messages.change(tx, row, changes)
                counts["messages_changed"] += 1
    return counts


def cancel_reminders(tx: Transaction, assessment_id: str) -> None:
    """Stop reminding of an assessment that was just answered: cheaper than planning anew."""
    for row in messages.due_with(tx.db, assessment_id):
        rest = [each for each in json.loads(row["assessment_ids"]) if each != assessment_id]
        if rest:
            messages.change(tx, row, {"assessment_ids": json.dumps(rest)})
        else:
            _cancel(tx, row)


def _wanted(db: Database, facts: Facts, protocol: Protocol) -> tuple[PlannedMessage, ...]:
    now = participants.present(db, facts.participant_id)
    if now["status"] != "active" or now["channel"] == "none":
        return ()
    # A reminder to somebody who has no way to answer yet only worries them.
    if not devices.bound(db, facts.participant_id):
        return ()
    waiting = [
        _Window(
            row["id"],
            from_text(row["opens_at"]),
            from_text(row["closes_at"]),
            row["respondent"],
            row["awaits_visit_id"],
        )
        for row in assessments.waiting(db, facts.participant_id)
    ]
    return plan_messages(protocol, facts, waiting, now["channel"])


def _worth_sending(
    tx: Transaction,
    participant_id: str,
    wanted: Iterable[PlannedMessage],
    stored: Mapping[str, Row],
) -> list[PlannedMessage]:
    """Return what may still be sent: all to come, and of those past the latest, if nothing left since.

    A visit entered late does not bring every reminder that it would have had; and whoever was imported
    is reminded of nothing that lay behind when somebody said go.
    """
    coming = [each for each in wanted if each.due_at > tx.at]
    past = [each for each in wanted if each.due_at <= tx.at]
    if past:
        latest = max(past, key=lambda each: each.due_at)
        released = participants.released_at(tx.db, participant_id)
        since = max(messages.last_left_at(stored.values()), released)
        if latest.expires_at > tx.at and since < to_text(latest.due_at):
            coming.append(latest)
    return coming


def _row(planned: PlannedMessage) -> Row:
    return {
        "due_at": to_text(planned.due_at),
        "expires_at": to_text(planned.expires_at),
        "assessment_ids": json.dumps(list(planned.assessment_ids)),
    }


def _cancel(tx: Transaction, row: Row) -> None:
    messages.change(tx, row, {"state": "cancelled", "settled_at": tx.at_text})
