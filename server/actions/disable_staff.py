"""Close a person's account, or give it a new starting password; every session of theirs ends."""

from __future__ import annotations

from server.actions.add_staff import require_administrator, starting_password
from server.actions.context import Context
from server.actions.grant_role import require_somebody
from server.domain.people import Actor, Staff
from server.errors import ConflictError
from server.store import passwords, sessions, staff
from server.store.transaction import Transaction


def disable_staff(context: Context, actor: Actor, viewer: Staff, staff_id: str) -> None:
    """Close the account for good. Old records keep the name, and the id is never used again (R28).

    Raises:
        NotFoundError: the person is not of this study.
        ConflictError: it is oneself, the last administrator, or somebody with roles elsewhere.

    """
    require_administrator(viewer)
    if staff_id == actor.id:
        raise ConflictError("You cannot close your own account. Another administrator can.")
    with context.write(actor, "Closed an account") as tx:
        _require_ours(tx, actor, viewer, staff_id)
        for study in staff.studies_of(tx.db, staff_id):
            for role in sorted(staff.roles(tx.db, staff_id, study["id"])):
                staff.revoke(tx, staff_id, study["id"], role)
            require_somebody(tx, study["id"])
        staff.disable(tx, staff_id)
        sessions.end_all(tx, staff_id)


def reset_password(context: Context, actor: Actor, viewer: Staff, staff_id: str) -> str:
    """Return a new starting password for somebody who forgot theirs.

    Raises:
        NotFoundError: the person is not of this study.
        ConflictError: the account is closed, does not sign in, or has roles elsewhere.

    """
    require_administrator(viewer)
    password = starting_password()
    kept = passwords.keep(password)
    with context.write(actor, "Gave a new starting password") as tx:
        _require_ours(tx, actor, viewer, staff_id)
        if staff.password_hash(tx.db, staff_id) is None:
            raise ConflictError("This person has no account to sign in with.")
        staff.set_password(tx, staff_id, kept)
        sessions.end_all(tx, staff_id)
    return password


def _require_ours(tx: Transaction, actor: Actor, viewer: Staff, staff_id: str) -> None:
    """An account reaches into every study it has a role in; so must whoever lays hands on it."""
    person = staff.in_study(tx.db, viewer, staff_id)
    if person["disabled_at"]:
        raise ConflictError("This account is closed already.")
    for study in staff.studies_of(tx.db, staff_id):
        if "administrator" not in staff.roles(tx.db, actor.id, study["id"]):
            raise ConflictError(
                "This person also works in a study that you do not administer. "
                "Take away their roles here instead."
            )
