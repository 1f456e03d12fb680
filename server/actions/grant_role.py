"""Set which roles a person holds in a study from now on."""

from __future__ import annotations

from server.actions.add_staff import require_administrator
from server.actions.assign_facilitator import OUTSIDE
from server.actions.context import Context
from server.domain.people import ROLES, Actor, Role, Staff
from server.errors import BadInputError, ConflictError
from server.store import outside, sessions, staff
from server.store.transaction import Transaction


def set_roles(
    context: Context, actor: Actor, viewer: Staff, staff_id: str, roles: frozenset[Role]
) -> None:
    """Grant and revoke so that the person holds exactly these roles in the viewer's study.

    Raises:
        NotFoundError: the person is not of this study.
        ConflictError: the study would be left without an administrator, the account is closed, or whom
            participants are told to turn to outside the treatment team would guide them.

    """
    require_administrator(viewer)
    if not roles <= set(ROLES):
        raise BadInputError("Nothing was changed.", {"roles": "There is no such role."})
    with context.write(actor, "Changed roles") as tx:
        person = staff.in_study(tx.db, viewer, staff_id)
        if person["disabled_at"] and roles:
            raise ConflictError("This account is closed; it can hold no role.")
        held = staff.roles(tx.db, staff_id, viewer.study_id)
        if "facilitator" in roles - held and outside.is_named(tx.db, viewer.study_id, staff_id):
            raise ConflictError(OUTSIDE)
        for role in sorted(roles - held):
            staff.grant(tx, staff_id, viewer.study_id, role)
        for role in sorted(held - roles):
            staff.revoke(tx, staff_id, viewer.study_id, role)
        require_somebody(tx, viewer.study_id)
        if held and not roles:
            sessions.end_in_study(tx, staff_id, viewer.study_id)


def require_somebody(tx: Transaction, study_id: str) -> None:
    """Refuse what would leave a study that nobody can administer."""
    if not staff.administrators(tx.db, study_id):
        raise ConflictError("The study needs at least one administrator who can sign in.")
