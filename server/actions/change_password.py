"""Change one's own password, knowing the old one; other browsers are signed out."""

from __future__ import annotations

from server.actions.add_staff import checked_password
from server.actions.context import Context
from server.domain.people import Actor
from server.errors import BadInputError, TooManyTriesError
from server.ids import token_digest
from server.store import passwords, sessions, sign_ins, staff


def change_password(context: Context, actor: Actor, old: str, new: str, token: str) -> None:
    """Replace the actor's password; their other sessions end.

    Raises:
        BadInputError: the old one is wrong or the new one too weak; `places` says which.
        TooManyTriesError: the old one was wrong too often.

    """
    person = staff.one(context.db, actor.id) or {}
    checked_password(new, person.get("name") or "", person.get("email") or "", place="new")
    _require_old(context, actor, person.get("email") or actor.id, old)
    kept = passwords.keep(new)
    with context.write(actor, "Changed own password") as tx:
        staff.set_password(tx, actor.id, kept)
        sessions.end_all(tx, actor.id, but=token_digest(token))


def _require_old(context: Context, actor: Actor, email: str, old: str) -> None:
    """Somebody at an unlocked desk gets no more guesses than at the door."""
    account, place = sign_ins.account_digest(email), f"session of {actor.id}"
    wait = sign_ins.wait(context.db, account, place, context.clock.now())
    if wait:
        raise TooManyTriesError("Too many wrong tries. Please wait.", wait)
    if passwords.matches(staff.password_hash(context.db, actor.id), old):
        return
    with context.write(actor, "Old password was wrong") as tx:
        sign_ins.record(tx, account, place, succeeded=False)
    raise BadInputError("Nothing was changed.", {"old": "This is not your present password."})
