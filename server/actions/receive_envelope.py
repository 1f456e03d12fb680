"""Take in an envelope: keep it verbatim, commit, receipt it; only then open it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from server.actions.context import Context
from server.actions.open_envelope import open_envelope
from server.clock import to_text
from server.domain.people import Actor, Device, Staff
from server.errors import BadInputError, TooManyTriesError
from server.inputs import envelope
from server.store import backups, envelopes, settings
from server.store.database import Row
from server.store.transaction import Transaction

Via = Literal["phone", "page", "demo"]

# Envelopes from nobody we know are kept as well, but nobody may fill the disk with them.
MOST_UNKNOWN_PER_HOUR = 200
MOST_UNKNOWN_BYTES_PER_HOUR = 50 * 1024 * 1024

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server owes to whoever delivered: these bytes lie here, since then.

    `backed_up`: a verified copy that holds them lies off this machine. `conflict`: other bytes came
    under the same id before; both are kept, and staff look at it.
    """

    id: str
    digest: str
    received_at: str
    epoch: str
    backed_up: bool
    conflict: bool

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "digest": self.digest,
            "received_at": self.received_at,
            "epoch": self.epoch,
            "backed_up": self.backed_up,
            "conflict": self.conflict,
        }


def receive(
    context: Context, device: Device | None, envelope_id: str, body: bytes, via: Via
) -> Receipt:
    """Keep an envelope and return its receipt; the same bytes again get the same receipt.

    `device` is whoever's credential came with it, revoked or not (`devices.known`), None for a
    stranger. What becomes of the envelope afterwards never changes the receipt: the opening runs
    in a transaction of its own, and what fails there waits for the worker.

    Raises:
        BadInputError: these bytes are no envelope, or not the one that the address names.
        TooManyTriesError: strangers sent too many; the sender keeps its copy and comes back.

    """
    if envelope.read(body).id != envelope.canonical_id(envelope_id):
        message = "the envelope carries another id than the address it was sent to"
        raise BadInputError(message)
    actor = Actor("device", device.id if device else "unknown", "participant" if device else "")
    row = {"id": envelope_id, "body": body, "device_id": device.id if device else None, "via": via}
    return _receipt(context, _taken_in(context, actor, row))


def receive_from_staff(
    context: Context, actor: Actor, staff: Staff, envelope_id: str, body: bytes
) -> str | None:
    """Keep what staff entered and open it; return what became of it, None while it stays closed.

    It goes the way of everything that phones send, so that it is kept verbatim before anything is made
    of it. Whether this person may enter it was asked before.
    """
    row = {"id": envelope_id, "body": body, "device_id": None, "via": "page", "staff_id": staff.id}
    kept = _taken_in(context, actor, row)
    opening = envelopes.opening(context.db, int(kept["seq"]))
    return str(opening["outcome"]) if opening else None


def receipts(context: Context, device: Device, ids: Sequence[str]) -> list[Receipt]:
    """Return the present receipts of envelopes that this phone delivered (at most 200 at once)."""
    return [_receipt(context, row) for row in envelopes.of_device(context.db, device.id, ids[:200])]


def _taken_in(context: Context, actor: Actor, fresh: Row) -> Row:
    """Keep an envelope unless these very bytes lie here already, and open what is new."""
    whole = {**fresh, "digest": hashlib.sha256(fresh["body"]).hexdigest()}
    row = envelopes.same(context.db, whole["id"], whole["digest"])
    if row is None:
        row = _keep(context, actor, whole)
        _open(context, int(row["seq"]))
    return row


def _keep(context: Context, actor: Actor, row: Row) -> Row:
    with context.write(actor, "an envelope arrived") as tx:
        # Asked again inside: two deliveries of the same may have come at once.
        standing = envelopes.same(tx.db, row["id"], row["digest"])
        if standing is not None:
            return standing
        if row["device_id"] is None and "staff_id" not in row:
            _limit_strangers(tx)
        seq = envelopes.add(tx, row)
        return {**row, "seq": seq, "received_at": tx.at_text}


def _limit_strangers(tx: Transaction) -> None:
    since = to_text(tx.at - timedelta(hours=1))
    count, size = envelopes.from_unknown_since(tx.db, since)
    if count >= MOST_UNKNOWN_PER_HOUR or size >= MOST_UNKNOWN_BYTES_PER_HOUR:
        message = "Too many answers from unknown phones came within an hour. Keep yours; try later."
        raise TooManyTriesError(message, retry_after=3600)


def _open(context: Context, seq: int) -> None:
    """Open it at once if that works; the receipt stands either way, and the worker tries again."""
    try:
        open_envelope(context, seq)
    except Exception:  # noqa: BLE001 - whatever it is, the envelope lies safe
        _log.exception("envelope %d stays closed for now", seq)


def _receipt(context: Context, row: Row) -> Receipt:
    seq = int(row["seq"])
    return Receipt(
        id=row["id"],
        digest=row["digest"],
        received_at=row["received_at"],
        epoch=settings.epoch(context.db),
        backed_up=seq <= backups.away_up_to(context.db),
        conflict=envelopes.earlier_with_id(context.db, row["id"], seq),
    )
