"""Say go for imported participants: from then on they are written to, and about nothing that lies behind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.go_live import require_live
from server.actions.reconcile import design, reconcile
from server.clock import from_text
from server.domain.assessment import COMING, LAPSED, State, state
from server.domain.facts import Facts
from server.domain.localtime import local, zone_at
from server.domain.people import Actor, Staff
from server.domain.protocol import Protocol
from server.domain.reminders import PlannedMessage, plan_messages
from server.errors import BadInputError
from server.store import assessment_facts, assessments, contacts, participants, studies
from server.store.database import Row
from server.store.transaction import Transaction

BEFORE_US = "Over before anybody was asked here"


@dataclass(frozen=True)
class Prepared:
    """An imported participant: what is planned, what would be sent next, what is still lacking."""

    person: Row
    over: int
    open: int
    coming: int
    messages: tuple[PlannedMessage, ...]
    lacks_address: bool


@dataclass(frozen=True)
class _Waiting:
    """A form that this viewer may see, as messages are planned from it."""

    id: str
    opens_at: datetime
    closes_at: datetime
    respondent: str
    awaits: str | None


def prepared(context: Context, viewer: Staff, most: int) -> tuple[list[Prepared], int]:
    """Return who was imported and not released yet, by code, and how many there are in all.

    Of each of the first `most`: what this viewer may see of the plan.
    """
    require_care(viewer)
    rows = participants.of_status(context.db, viewer, "prepared")
    return [_look(context, viewer, row) for row in rows[:most]], len(rows)


def release_participants(
    context: Context, actor: Actor, viewer: Staff, ids: Collection[str]
) -> int:
    """Make those of them active who are prepared, and return how many that were.

    Raises:
        BadInputError: nobody was chosen, or somebody is to be written to and has no address.
        ForbiddenError: the viewer's role does not enrol.
        NotLiveError: the study is real and still being set up.

    """
    require_care(viewer)
    require_live(studies.one(context.db, viewer.study_id))
    with context.write(actor, "Said go for imported participants") as tx:
        rows = participants.of_status(tx.db, viewer, "prepared")
        chosen = [row for row in rows if row["id"] in ids]
        if not chosen:
            raise BadInputError("Nobody was chosen, or somebody else has said go already.")
        lacking = [row["code"] for row in chosen if _lacks_address(context, row)]
        if lacking:
            told = ", ".join(lacking)
            message = f"There is no mail address for {told}. Give one, or turn their reminders off."
            raise BadInputError(message)
        for row in chosen:
            zones = participants.facts(tx.db, row["id"]).zones
            today = local(tx.at, zone_at(zones, tx.at)).date()
            participants.record(tx, row["id"], "status", "active", today, "released")
            reconcile(tx, context, row["id"])
            _excuse_the_past(tx, row["id"], today)
    return len(chosen)


def _excuse_the_past(tx: Transaction, participant_id: str, today: date) -> None:
    """Excuse what was over before anybody was asked here: nobody missed it."""
    for assessment_id in assessments.over_in_silence(tx.db, participant_id, tx.at):
        assessment_facts.record(tx, assessment_id, "excused", today, BEFORE_US)


def _look(context: Context, viewer: Staff, row: Row) -> Prepared:
    now = context.clock.now()
    study = studies.one(context.db, row["study_id"])
    protocol, _instruments = design(context, study, row["id"])
    facts = participants.facts(context.db, row["id"])
    asked = [
        each
        for each in assessments.of(context.db, viewer, row["id"])
        if each["respondent"] == "participant"
    ]
    states = [state(each, now) for each in asked]
    return Prepared(
        person=row,
        over=sum(each in LAPSED for each in states),
        open=states.count("open"),
        coming=sum(each in COMING for each in states) - states.count("open"),
        messages=_messages(protocol, facts, asked, states, now) if row["channel"] != "none" else (),
        lacks_address=_lacks_address(context, row),
    )


def _messages(
    protocol: Protocol, facts: Facts, asked: list[Row], states: list[State], now: datetime
) -> tuple[PlannedMessage, ...]:
    """Return what would be sent from now on, if somebody said go now."""
    waiting = [
        _Waiting(
            row["id"], from_text(row["opens_at"]), from_text(row["closes_at"]),
            row["respondent"], row["awaits_visit_id"],
        )
        for row, found in zip(asked, states, strict=True)
        if found in COMING
    ]  # fmt: skip
    planned = plan_messages(protocol, facts, waiting, "email")
    return tuple(message for message in planned if message.due_at > now)


def _lacks_address(context: Context, row: Row) -> bool:
    contact = contacts.read(context.db, context.keys, row["id"])
    return row["channel"] == "email" and not contact.email
