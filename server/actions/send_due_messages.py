"""Claim, send, settle: due messages leave at least once, a doubled one under the same Message-ID.

A claim is a row with a lease, taken in one transaction; sending happens in none; settling is fenced
by worker and try, so that one who comes back too late writes nothing. Whatever happens ends in a
state that staff can see.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from server.actions.check_wordings import may_ask
from server.actions.context import Context
from server.actions.reconcile import design
from server.channels.channel import Message, NotNowError, RefusedError, UnknownError
from server.clock import from_text
from server.domain.facts import Facts
from server.domain.localtime import zone_at
from server.domain.people import Actor
from server.domain.protocol import Protocol
from server.domain.reminders import Calm, local_day
from server.errors import BusyError
from server.outputs import messages as words
from server.store import alerts, assessments, contacts, messages, participants, studies
from server.store.database import Row
from server.store.messages import Claim, State
from server.store.transaction import Transaction

LOG = logging.getLogger(__name__)
# Longer than a batch may take: its size times the channel's deadline for one message.
LEASE = timedelta(minutes=20)
BATCH = 15
MOST_AT_ONCE = 500
# A message whose sender dies at every try is at fault itself.
MOST_TRIES = 100
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
SETTLE_TRIES = 5
MAYBE = "it may have left"
UNWORDED = "its form has sample sentences only and cannot be opened yet"


@dataclass(frozen=True)
class Ending:
    """How one claim ends. `alert`: somebody must look at it."""

    state: State
    error: str = ""
    retry_at: datetime | None = None
    alert: bool = False


@dataclass(frozen=True)
class _Letter:
    """Where a reminder goes, and all that its reader can answer now, the first to close first."""

    address: str
    waiting: list[Row]


def send_due_messages(
    context: Context,
    worker_id: str,
    *,
    lease: timedelta = LEASE,
    batch: int = BATCH,
    stop: Event | None = None,
) -> Counter[str]:
    """Send what is due and return how many messages ended in which state.

    `worker_id` must be this worker's alone. When `stop` is set, what is claimed and not yet begun
    goes back at once.
    """
    ended: Counter[str] = Counter()
    actor = Actor("system", worker_id, "worker")
    while sum(ended.values()) < MOST_AT_ONCE and not (stop and stop.is_set()):
        claims = _claim(context, actor, lease, batch)
        if not claims:
            break
        for claim in claims:
            halted = stop is not None and stop.is_set()
            ending = Ending("due") if halted else _send(context, claim, lease)
            _settle_surely(context, actor, claim, ending)
            ended[ending.state] += 1
    return ended


def _claim(context: Context, actor: Actor, lease: timedelta, batch: int) -> list[Claim]:
    now = context.clock.now()
    if not messages.any_claimable(context.db, now):
        return []
    with context.write(actor, "Claimed messages to send") as tx:
        return messages.claim(tx, actor.id, now + lease, batch, MAYBE)


def _send(context: Context, claim: Claim, lease: timedelta) -> Ending:
    """Prepare and hand over one message; whatever goes wrong becomes an ending, never an exception."""
    now = context.clock.now()
    try:
        prepared = _prepare(context, claim, now)
    except BusyError:
        return Ending("due", "the database was busy", now + FIRST_PAUSE)
    except Exception as error:  # noqa: BLE001 - one poisoned row must not stop the others
        LOG.error("message %s could not be written: %s", claim.id, type(error).__name__)  # noqa: TRY400 - a traceback may quote an address
        return Ending("failed", f"it could not be written ({type(error).__name__})", alert=True)
    return prepared if isinstance(prepared, Ending) else _hand_over(context, claim, prepared, lease)


def _hand_over(context: Context, claim: Claim, message: Message, lease: timedelta) -> Ending:
    try:
        context.channel.send(message)
    except RefusedError as error:
        return Ending("failed", str(error), alert=True)
    except NotNowError as error:
        return Ending("due", str(error), context.clock.now() + pause(claim))
    except UnknownError as error:
        return _unknown(context, claim, str(error), lease)
    except Exception as error:  # noqa: BLE001 - a channel's own fault says nothing of what left
        LOG.error("message %s: the channel failed with %s", claim.id, type(error).__name__)  # noqa: TRY400 - as above
        return _unknown(context, claim, type(error).__name__, lease)
    return Ending("sent")


def _unknown(context: Context, claim: Claim, why: str, lease: timedelta) -> Ending:
    """It may have left: ask once more after a while, then let it stand as unknown."""
    # A call that comes twice does no harm; one that never came may.
    once = claim.asked_again and claim.alert_id is None
    again = None if once else context.clock.now() + lease
    return Ending("unknown", f"{MAYBE}: {why}", again)


def pause(claim: Claim) -> timedelta:
    """Return how long to wait after a try: doubling up to an hour, spread over all who wait."""
    doubled = FIRST_PAUSE * (1 << min(claim.attempt - 1, 10))
    spread = 0.75 + int(claim.id[:4], 16) / 0xFFFF / 2
    return min(doubled, LONGEST_PAUSE) * spread


def _prepare(context: Context, claim: Claim, now: datetime) -> Message | Ending:
    """Return the message, or how the claim ends without one."""
    if claim.alert_id is not None:
        return _call(context, claim, claim.alert_id, now)
    person = participants.present(context.db, claim.participant_id)
    waiting = assessments.open_now(context.db, claim.participant_id, now)
    over = _over(context, claim, person, waiting, now)
    if over is not None:
        return over
    waiting = _openable(context, person, waiting)
    if claim.kind == "reminder" and not {row["id"] for row in waiting} & set(claim.assessment_ids):
        return Ending("due", UNWORDED, now + LONGEST_PAUSE)
    address = contacts.read(context.db, context.keys, claim.participant_id).email
    if not address:
        return Ending("failed", "there is no mail address", alert=True)
    if claim.kind == "test":
        return _message(claim, address, words.test(context.config.url, person["language"]))
    return _reminder(context, claim, now, person, _Letter(address, waiting))


def _openable(context: Context, person: Row, waiting: list[Row]) -> list[Row]:
    """Return what would really open: a real study opens no form that has sample sentences only."""
    study = studies.one(context.db, person["study_id"])
    return [
        row for row in waiting if may_ask(context, study, row["instrument"], person["language"])
    ]


def _call(context: Context, claim: Claim, alert_id: str, now: datetime) -> Message | Ending:
    """Return the call to whoever is on duty now: at any hour, and beside any day's limit."""
    if claim.abandoned and claim.attempt > MOST_TRIES:
        return Ending("failed", "its sender stopped at every try", alert=True)
    if not alerts.stands(context.db, alert_id):
        return Ending("cancelled", "somebody has looked already")
    if now >= from_text(claim.expires_at):
        return Ending("expired", "it could not leave in time", alert=True)
    address = studies.of_participant(context.db, claim.participant_id)["duty_email"]
    if not address:
        return Ending("failed", "the study names nobody on duty", alert=True)
    return _message(claim, address, words.alert(context.config.url))


def _over(
    context: Context, claim: Claim, person: Row, waiting: list[Row], now: datetime
) -> Ending | None:
    """Return how a claim ends that needs no message any more, None when it does need one."""
    if claim.abandoned and claim.attempt > MOST_TRIES:
        return Ending("failed", "its sender stopped at every try", alert=True)
    if now >= from_text(claim.expires_at):
        return Ending("expired", "it could not leave in time")
    reminds = claim.kind == "reminder"
    if person["channel"] == "none" or (reminds and person["status"] != "active"):
        return Ending("cancelled", "no messages wanted")
    if reminds and not {row["id"] for row in waiting} & set(claim.assessment_ids):
        return Ending("cancelled", "nothing left to remind of")
    if reminds and messages.overtaken(context.db, claim, now):
        return Ending("cancelled", "a later reminder says the same")
    return None


def _reminder(
    context: Context, claim: Claim, now: datetime, person: Row, letter: _Letter
) -> Message | Ending:
    """Return a reminder, if this is a time to send one."""
    study = studies.one(context.db, person["study_id"])
    protocol, _instruments = design(context, study, claim.participant_id)
    facts = participants.facts(context.db, claim.participant_id)
    later = _not_before(context, claim, now, protocol, facts)
    if later > now:
        if later >= from_text(claim.expires_at):
            return Ending("expired", "it could not leave in time")
        return Ending("due", retry_at=later)
    closes_at = from_text(letter.waiting[0]["closes_at"])
    zone = zone_at(facts.zones, closes_at)
    count = len(letter.waiting)
    text = words.reminder(context.config.url, person["language"], zone, closes_at, count)
    return _message(claim, letter.address, text)


def _not_before(
    context: Context, claim: Claim, now: datetime, protocol: Protocol, facts: Facts
) -> datetime:
    """Return when it may leave: not at night or about a session, and not above the day's limit."""
    calm = Calm.of(protocol, facts)
    since, until = local_day(facts.zones, now)
    left = messages.left_between(context.db, claim.participant_id, since, until)
    return calm.tomorrow(now) if left >= protocol.reminders.most_per_day else calm.first(now)


def _message(claim: Claim, address: str, text: words.Text) -> Message:
    return Message(claim.id, address, text.subject, text.text)


def _settle_surely(context: Context, actor: Actor, claim: Claim, ending: Ending) -> None:
    """Settle, waiting out a busy database: what left and is not settled would leave again."""
    for _ in range(SETTLE_TRIES - 1):
        try:
            return _settle(context, actor, claim, ending)
        except BusyError:
            LOG.warning("message %s: the database is busy, settling again", claim.id)
    return _settle(context, actor, claim, ending)


def _settle(context: Context, actor: Actor, claim: Claim, ending: Ending) -> None:
    with context.write(actor, "Settled a message") as tx:
        if not messages.settle(tx, claim, ending.state, ending.error, ending.retry_at):
            LOG.warning("message %s: a later claim has taken over", claim.id)
            return
        if ending.alert:
            _tell(tx, claim, ending)
    LOG.info("message %s: %s", claim.id, ending.state)


def _tell(tx: Transaction, claim: Claim, ending: Ending) -> None:
    """Let staff see that something did not arrive; a call is hidden from whom its alert is.

    A reminder only of what some arms are asked is hidden as that is.
    """
    study_id = participants.present(tx.db, claim.participant_id)["study_id"]
    detail = f"A message could not be delivered: {ending.error}."
    source = alerts.one(tx.db, claim.alert_id) if claim.alert_id else None
    if source is not None:
        detail = f"The person on duty could not be called by mail: {ending.error}."
    hidden = source is not None and bool(source["alliance"] or alerts.tells_arm(tx.db, source))
    hidden = hidden or assessments.all_tell_arm(tx.db, claim.assessment_ids)
    cause = alerts.Cause(source["level"]) if source else None
    alerts.add(
        tx, study_id, claim.participant_id, "undeliverable", detail, alliance=hidden, cause=cause
    )
