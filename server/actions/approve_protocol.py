"""Record that a named person or committee approved one version of a study's protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from server.actions.context import Context
from server.actions.prepare_study import require_lead
from server.domain import entry
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import approvals, studies
from server.store.approvals import Approval


@dataclass(frozen=True)
class ApprovalEntry:
    """What staff enter. `digest` is that of the file whose content they looked at."""

    version: str
    digest: str
    approved_by: str
    approved_on: date | None
    reference: str = ""


def approve_protocol(context: Context, actor: Actor, viewer: Staff, given: ApprovalEntry) -> None:
    """Record the approval. It holds for this very file: a change of a single letter voids it.

    Raises:
        BadInputError: nobody is named, or no day; `places` says which.
        ConflictError: the file is another one than the one looked at.
        NotFoundError: there is no such version.

    """
    require_lead(viewer)
    study = studies.one(context.db, viewer.study_id)
    protocol = context.catalog.protocol(study["protocol"], given.version)
    digest = context.catalog.digest(protocol.id, protocol.version)
    if not digest or digest != given.digest:
        message = "The file changed since you looked at it. Look at the page again, then approve."
        raise ConflictError(message)
    approval = _checked(context, protocol.id, given)
    with context.write(actor, "Recorded an approval of the protocol") as tx:
        approvals.add(tx, study["id"], approval)


def _checked(context: Context, protocol: str, given: ApprovalEntry) -> Approval:
    checks = entry.Checks()
    today = context.clock.now().date()
    by = checks.field("approved_by", lambda: entry.name(given.approved_by, 200), "")
    checks.require("approved_by", by, "Name the person or committee that approved it.")
    on = given.approved_on
    checks.require("approved_on", on, "Give the day of the approval.")
    late = "This day is still to come."
    day = checks.field("approved_on", lambda: entry.day(on or today, today, late), today)
    reference = checks.field("reference", lambda: entry.name(given.reference, 200), "")
    if checks.places:
        raise BadInputError("No approval was recorded.", checks.places)
    return Approval(protocol, given.version, given.digest, by, day, reference)
