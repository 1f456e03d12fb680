"""Open an envelope that lies in the log: into a response with its scores, or apart with a reason.

One envelope, one transaction. Opening again changes nothing, and what a crash left closed the
worker opens later, with the same result.
"""

from __future__ import annotations

import logging

from server.actions.ask_for_call import ask_for_call
from server.actions.context import Context
from server.actions.file_response import Arrival, file_response
from server.actions.tell_outside import tell_outside
from server.clock import from_text
from server.domain.people import Actor
from server.domain.quarantine import Quarantine
from server.errors import BadInputError
from server.inputs import envelope, payload
from server.inputs.payload import Payload
from server.store import alerts, answered, devices, envelopes
from server.store.database import Row
from server.store.transaction import Transaction

_log = logging.getLogger(__name__)
_OPENER = Actor("system", "opener")


def open_envelope(context: Context, seq: int) -> str | None:
    """Open the envelope at this place of the log; return the outcome, None while its key is missing.

    Raises:
        LookupError: there is no such envelope.

    """
    standing = envelopes.opening(context.db, seq)
    if standing is not None:
        return str(standing["outcome"])
    row = envelopes.one(context.db, seq)
    if row is None:
        message = f"the log holds no envelope {seq}"
        raise LookupError(message)
    try:
        inside: Payload | BadInputError = _unseal(context, row)
    except envelope.UnknownKeyError as error:
        _tell_closed(context, row, str(error))
        return None
    except BadInputError as error:
        inside = error
    actor = _sender(row)
    with context.write(actor, "an envelope was opened") as tx:
        # Asked again inside: web and worker may both have found it closed.
        standing = envelopes.opening(tx.db, seq)
        return str(standing["outcome"]) if standing else _settle(tx, context, row, inside)


def _sender(row: Row) -> Actor:
    if row["staff_id"]:
        return Actor("staff", row["staff_id"])
    return Actor("device", row["device_id"] or "unknown", "participant")


def open_waiting(context: Context) -> int:
    """Open whatever is still closed; return how many were. One that cannot be does not stop others."""
    opened = 0
    for seq in envelopes.waiting(context.db):
        try:
            opened += open_envelope(context, seq) is not None
        except Exception as error:  # noqa: BLE001 - whatever it is, the others must be opened
            _log.exception("envelope %d cannot be opened", seq)
            row = envelopes.one(context.db, seq)
            if row is not None:
                _tell_closed(context, row, f"opening it failed ({type(error).__name__})")
    return opened


def _unseal(context: Context, row: Row) -> Payload:
    return payload.read(envelope.unseal(envelope.read(row["body"]), context.keys.opening))


def _settle(tx: Transaction, context: Context, row: Row, inside: Payload | BadInputError) -> str:
    known = devices.one(tx.db, row["device_id"]) if row["device_id"] else None
    asked = answered.assessment(tx.db, inside.assessment) if isinstance(inside, Payload) else None
    whose = asked if row["staff_id"] else known
    opening: Row = {
        "envelope_seq": row["seq"],
        "participant_id": whose["participant_id"] if whose else None,
    }
    if asked:
        opening["assessment_id"] = asked["id"]
    try:
        arrival = _admit(tx, row, whose, inside)
        opening["outcome"] = "opened"
        match arrival.payload.kind:
            case "practice":
                devices.practised(tx, row["device_id"])
                opening["outcome"] = "practice"
            case "call":
                ask_for_call(tx, arrival)
            case "outside":
                tell_outside(tx, context, arrival)
            case "response":
                opening["assessment_id"] = file_response(tx, context, arrival)
        if known:
            devices.seen(tx, row["device_id"])
    except Quarantine as why:
        opening |= {"outcome": "quarantined", "reason": why.reason, "detail": why.detail}
        _raise_alert(tx, opening, why)
    envelopes.add_opening(tx, opening)
    return str(opening["outcome"])


def _admit(
    tx: Transaction, row: Row, whose: Row | None, inside: Payload | BadInputError
) -> Arrival:
    """Return what may be filed; Quarantine when it is not clear who sent what.

    `whose` names the participant: the phone's own, or whose form it is that staff entered.
    """
    if envelopes.earlier_with_id(tx.db, row["id"], row["seq"]):
        raise Quarantine("conflict")
    if whose is None:
        raise Quarantine("unknown-assessment" if row["staff_id"] else "unknown-device")
    revoked = None if row["staff_id"] else whose["revoked_at"]
    if revoked is not None and row["received_at"] >= revoked:
        raise Quarantine("revoked-device")
    if isinstance(inside, BadInputError):
        raise Quarantine("unreadable", str(inside))
    return Arrival(
        seq=row["seq"],
        id=row["id"],
        received_at=from_text(row["received_at"]),
        participant_id=whose["participant_id"],
        payload=inside,
        entered_by=row["staff_id"] or "",
    )


def _raise_alert(tx: Transaction, opening: Row, why: Quarantine) -> None:
    """Tell staff. What hangs on no assessment we know may be about a facilitator: hidden like it.

    So is what some arms only are asked: from whoever may not know the arm (see `unrated`).
    """
    asked = opening.get("assessment_id")
    assessment = answered.assessment(tx.db, asked) if asked else None
    alliance = assessment is None or bool(assessment["alliance"] or assessment["known_to"])
    participant = opening["participant_id"]
    study = answered.study_of(tx.db, participant) if participant else None
    study = study or (assessment["study_id"] if assessment else None)
    told = f"{assessment['label']}: {why.words}" if assessment else why.words
    for each in [study] if study else answered.studies(tx.db):
        alerts.add(tx, each, participant, "quarantined", told, alliance=alliance)


def _tell_closed(context: Context, row: Row, why: str) -> None:
    """Let staff know that an answer waits unread; said once, however often it is tried."""
    known = devices.one(context.db, row["device_id"]) if row["device_id"] else None
    participant = known["participant_id"] if known else None
    study = answered.study_of(context.db, participant) if participant else None
    words = f"An answer arrived safely but cannot be read yet: {why}."
    with context.write(_OPENER, "an envelope stays closed") as tx:
        for each in [study] if study else answered.studies(tx.db):
            alerts.add(tx, each, participant, "unopened", words, alliance=True)
