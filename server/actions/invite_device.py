"""Invite a participant to bind a phone: a code for the clinic's screen, or a link and a code for home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.actions.context import Context
from server.clock import to_text
from server.domain.people import CARES, Actor, Staff
from server.errors import ConflictError, ForbiddenError
from server.ids import new_code, new_token, token_digest
from server.store import answered, invitations, participants

# Alone, the clinic's code must not be guessed: 28 signs to the ninth are 43 bits, for ten minutes.
CLINIC_CODE, CLINIC_LIFE, CLINIC_TRIES = 9, timedelta(minutes=10), 1
# The code for home only adds to a link of 256 bits: few tries, then a new invitation is needed.
HOME_CODE, HOME_LIFE, HOME_TRIES = 6, timedelta(hours=72), 5


@dataclass(frozen=True, slots=True)
class Invitation:
    """What staff hand over. The link's token stands in its fragment, which no server ever sees."""

    kind: Literal["clinic", "home"]
    token: str
    code: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Where the phone goes; at the clinic the code is all it takes."""
        return f"/join#t={self.token}" if self.kind == "home" else f"/join#c={self.code}"


def invite_device(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    kind: Literal["clinic", "home"],
) -> Invitation:
    """Make an invitation; those of this participant that were still open end now.

    Raises:
        NotFoundError: there is no such participant for this viewer.
        ForbiddenError: the viewer's role does not look after participants.
        ConflictError: the participant has withdrawn.

    """
    _check(context, viewer, participant_id)
    clinic = kind == "clinic"
    made = Invitation(
        kind=kind,
        token=new_token(),
        code=new_code(CLINIC_CODE if clinic else HOME_CODE),
        expires_at=context.clock.now() + (CLINIC_LIFE if clinic else HOME_LIFE),
    )
    with context.write(actor, "a phone was invited") as tx:
        invitations.add(
            tx,
            {
                "participant_id": participant_id,
                "kind": kind,
                "token_digest": token_digest(made.token),
                "code_digest": token_digest(made.code),
                "expires_at": to_text(made.expires_at),
                "tries_left": CLINIC_TRIES if clinic else HOME_TRIES,
            },
        )
    return made


def _check(context: Context, viewer: Staff, participant_id: str) -> None:
    participants.one(context.db, viewer, participant_id)
    if not viewer.roles & CARES:
        message = "Your role in this study does not include connecting phones."
        raise ForbiddenError(message)
    if answered.withdrawn(context.db, participant_id):
        message = "This participant has withdrawn; no phone can be connected."
        raise ConflictError(message)
