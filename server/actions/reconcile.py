"""Make the stored plan of one participant equal to what protocol and facts say now.

Called inside the transaction that recorded a fact. Running it again changes nothing. Nothing is
deleted: a phone may still hold what left the plan. Answered rows keep their dates and anchor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.actions.context import Context
from server.clock import from_text, to_text
from server.domain.concealment import arm_known_to, plan_known_to, row_known_to
from server.domain.facts import NOT_STANDING, Facts
from server.domain.instrument import Instrument
from server.domain.protocol import Protocol
from server.domain.reminders import PlannedMessage, plan_messages
from server.domain.timeline import PlannedAssessment, Unplanned, hidden_from, plan, unplanned
from server.store import assessments, devices, messages, participants, studies
from server.store.database import Database, Row
from server.store.transaction import Transaction

# Whom it is hidden from only ever grows, and is seen to apart.
_KEPT = frozenset({"hidden_from"})


@dataclass(frozen=True)
class Difference:
    """How many rows reconciling touched; all zero when the plan was stored already."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    revived: int = 0
    messages_added: int = 0
    messages_changed: int = 0
    messages_cancelled: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


@dataclass(frozen=True, slots=True)
class _Window:
    """A stored assessment as reminders are planned from it."""

    id: str
    opens_at: datetime
    closes_at: datetime
    respondent: str
    awaits: str | None


@dataclass(frozen=True, slots=True)
class _Design:
    """What one participant's plan grows from, and who may know what it tells."""

    protocol: Protocol
    instruments: Mapping[str, Instrument]

    def row(self, planned: PlannedAssessment) -> Row:
        """Return a planned assessment as it is stored."""
        told = participants.roles_text(row_known_to(self.protocol, planned.definition))
        return {**assessments.as_row(planned, told), "protocol_version": self.protocol.version}


def reconcile(tx: Transaction, context: Context, participant_id: str) -> Difference:
    """Plan the participant's assessments and messages anew and store what differs."""
    study = studies.of_participant(tx.db, participant_id)
    protocol, instruments = design(context, study, participant_id)
    facts = participants.facts(tx.db, participant_id, protocol.asks_results_of())
    participants.conceal(
        tx, participant_id, arm_known_to(protocol), plan_known_to(protocol)
    )  # fmt: skip
    kept = {"added": 0, "changed": 0, "retired": 0, "revived": 0}
    _assessments(tx, study["id"], facts, _Design(protocol, instruments), kept)
    return Difference(**kept, **_messages(tx, facts, protocol))


def design(
    context: Context, study: Row, participant_id: str | None = None
) -> tuple[Protocol, dict[str, Instrument]]:
    """Return the protocol and the instruments that it asks, by id.

    The study's own version, or the one that this participant was put on.
    """
    own = participants.version(context.db, participant_id) if participant_id else ""
    protocol = context.catalog.protocol(study["protocol"], own or study["protocol_version"])
    wanted = {definition.instrument for definition in protocol.assessments}
    return protocol, {each: context.catalog.instrument(each) for each in wanted}


def follow_answer(tx: Transaction, context: Context, participant_id: str, definition: str) -> None:
    """Plan anew after an answer, where the plan asks about this definition's results."""
    study = studies.of_participant(tx.db, participant_id)
    protocol, _instruments = design(context, study, participant_id)
    if definition in protocol.asks_results_of():
        reconcile(tx, context, participant_id)


def waits_for(context: Context, db: Database, participant_id: str) -> tuple[Unplanned, ...]:
    """Return what the protocol asks for and is not planned (yet), with the reason in words."""
    study = studies.of_participant(db, participant_id)
    protocol, instruments = design(context, study, participant_id)
    facts = participants.facts(db, participant_id, protocol.asks_results_of())
    return unplanned(protocol, instruments, facts)


def cancel_reminders(tx: Transaction, assessment_id: str) -> None:
    """Stop reminding of an assessment that was just answered: cheaper than planning anew."""
    for row in messages.due_with(tx.db, assessment_id):
        rest = [each for each in json.loads(row["assessment_ids"]) if each != assessment_id]
        if rest:
            messages.change(tx, row, {"assessment_ids": json.dumps(rest)})
        else:
            _cancel(tx, row)


def _assessments(
    tx: Transaction, study_id: str, facts: Facts, designed: _Design, kept: dict[str, int]
) -> None:
    stored = assessments.stored(tx.db, facts.participant_id)
    planned = {each.id: each for each in plan(designed.protocol, designed.instruments, facts)}
    for each in planned.values():
        if each.id not in stored:
            row = designed.row(each)
            assessments.add(tx, study_id, facts.participant_id, each.id, row)
            kept["added"] += 1
    for row in stored.values():
        wanted = planned.get(row["id"])
        changes = _changes(tx, row, designed.row(wanted) if wanted else None, facts, designed)
        changes |= _hiding(row, wanted, designed.instruments, facts)
        if changes:
            assessments.change(tx, row, changes)
            kept[_name(changes)] += 1


def _changes(tx: Transaction, row: Row, wanted: Row | None, facts: Facts, designed: _Design) -> Row:
    """Return what differs from the plan. An answer's dates stay as they were when it was given."""
    if _is_past(tx, row, wanted, facts, designed.protocol):
        return {}
    answered = row["response_id"] is not None
    if wanted is None:
        # Whoever withdraws is asked nothing more; what they answered keeps its place. So does an answer
        # to what another version asked and this one does not ask at all.
        dropped = row["definition"] not in designed.protocol.definitions
        overtaken = dropped and row["protocol_version"] not in {"", designed.protocol.version}
        leaves = row["retired_at"] is None and not (answered and (facts.withdrawn or overtaken))
        return {"retired_at": tx.at_text} if leaves else {}
    changes: Row = {} if row["retired_at"] is None else {"retired_at": None}
    if answered:
        return changes | _changed(row, {"known_to": wanted["known_to"]})
    changes |= _changed(row, {key: wanted[key] for key in wanted if key not in _KEPT})
    # It opens again, or closes later than the sweep saw.
    if row["lapsed_at"] is not None and wanted["closes_at"] > tx.at_text:
        changes |= {"lapsed_at": None}
    return changes


def _changed(row: Row, wanted: Row) -> Row:
    return {name: value for name, value in wanted.items() if row[name] != value}


def _is_past(
    tx: Transaction, row: Row, wanted: Row | None, facts: Facts, protocol: Protocol
) -> bool:
    """Whether a form that closed unanswered stays as it was: its silence is a fact of that time.

    So it does when somebody withdrew later, or follows another version of the protocol since; unless
    the plan now lets it close later, or its visit does not stand any more.
    """
    unsettled = row["response_id"] or row["retired_at"] or row["awaits_visit_id"]
    if unsettled or row["closes_at"] > tx.at_text:
        return False
    if wanted is not None:
        later = wanted["closes_at"] > tx.at_text
        return row["protocol_version"] not in {"", protocol.version} and not later
    if facts.withdrawn:
        return True
    overtaken = row["protocol_version"] not in {"", protocol.version}
    gone = {visit.id for visit in facts.visits if visit.status in NOT_STANDING}
    return overtaken and row["visit_id"] not in gone


def _hiding(
    row: Row,
    wanted: PlannedAssessment | None,
    instruments: Mapping[str, Instrument],
    facts: Facts,
) -> Row:
    """Return the longer list of people to hide from, if it grew: nobody is ever taken off it."""
    before = json.loads(row["hidden_from"])
    if wanted is not None:
        more: Iterable[str] = wanted.hidden_from
    elif row["instrument"] in instruments:
        more = hidden_from(instruments[row["instrument"]], facts, row["about_staff_id"])
    else:
        more = (each.staff_id for each in facts.facilitators) if row["alliance"] else ()
    grown = sorted({*before, *more})
    return {"hidden_from": json.dumps(grown)} if grown != sorted(before) else {}


def _name(changes: Row) -> str:
    if "retired_at" not in changes:
        return "changed"
    return "retired" if changes["retired_at"] else "revived"


def _messages(tx: Transaction, facts: Facts, protocol: Protocol) -> dict[str, int]:
    wanted = {each.id: each for each in _wanted(tx.db, facts, protocol)}
    stored = messages.stored(tx.db, facts.participant_id)
    counts = {"messages_added": 0, "messages_changed": 0, "messages_cancelled": 0}
    for each in _worth_sending(tx, wanted.values(), stored):
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
        elif changes := _changed(row, _row(wanted[row["id"]])):
            messages.change(tx, row, changes)
            counts["messages_changed"] += 1
    return counts


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
    tx: Transaction, wanted: Iterable[PlannedMessage], stored: Mapping[str, Row]
) -> list[PlannedMessage]:
    """Return what may still be sent: all to come, and of those past the latest, if nothing left since.

    A visit entered late does not bring every reminder that it would have had.
    """
    coming = [each for each in wanted if each.due_at > tx.at]
    past = [each for each in wanted if each.due_at <= tx.at]
    if past:
        latest = max(past, key=lambda each: each.due_at)
        since = messages.last_left_at(stored.values())
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
