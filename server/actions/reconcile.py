"""Make the stored plan of one participant equal to what protocol and facts say now.

Called inside the transaction that recorded a fact. Running it again changes nothing. Nothing is
deleted: a phone may still hold what left the plan. Answered rows keep their dates and anchor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from server.actions.context import Context
from server.actions.reconcile_messages import reconcile_messages
from server.domain.concealment import arm_known_to, plan_known_to
from server.domain.facts import NOT_STANDING, Facts
from server.domain.instrument import Instrument
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, Unplanned, hidden_from, plan, unplanned
from server.store import assessments, participants, studies
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


@dataclass(frozen=True)
class _Design:
    """What one participant's plan grows from, and who may know what it tells."""

    protocol: Protocol
    instruments: Mapping[str, Instrument]

    @cached_property
    def telling(self) -> Mapping[str, str]:
        """Definition → who may know that it is asked, as stored; what tells no arm is not among them."""
        knowing = participants.roles_text(arm_known_to(self.protocol))
        # Asked once for all rows: it looks at every definition.
        return dict.fromkeys(self.protocol.follows_arm(), knowing) if knowing else {}

    def row(self, planned: PlannedAssessment) -> Row:
        """Return a planned assessment as it is stored."""
        told = self.telling.get(planned.definition, "")
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
    return Difference(**kept, **reconcile_messages(tx, facts, protocol))


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
    outlived = _outlived(stored, planned, facts, designed)
    for row in stored.values():
        wanted = planned.get(row["id"])
        fresh = designed.row(wanted) if wanted else None
        changes = {} if row["id"] in outlived else _changes(tx, row, fresh, facts, designed)
        changes |= _hiding(row, wanted, designed.instruments, facts)
        if changes:
            assessments.change(tx, row, changes)
            kept[_name(changes)] += 1


def _outlived(
    stored: Mapping[str, Row],
    planned: Mapping[str, PlannedAssessment],
    facts: Facts,
    designed: _Design,
) -> frozenset[str]:
    """Return the answered forms that left the plan only because somebody else guides now.

    Their visit still asks; what was said about whoever guided then is an answer like any other.
    """
    gone = {
        row["id"]
        for row in stored.values()
        if row["response_id"] and row["about_staff_id"] and row["retired_at"] is None
    } - planned.keys()
    if not gone:
        return frozenset()
    always = tuple(
        replace(each, from_on=date.min, to_on=None) for each in facts.facilitators
    )  # fmt: skip
    asked = plan(designed.protocol, designed.instruments, replace(facts, facilitators=always))
    return frozenset(gone & {each.id for each in asked})


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
