"""Who may know which arm somebody is in, and which planned forms would tell it by being there."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from server.domain.people import Role
from server.domain.protocol import Protocol

# Who treats and who rates: an arm is concealed from them first of all, so such a role outweighs every
# other that the same person holds (hiding beats seeing).
BLIND_FIRST: frozenset[Role] = frozenset({"facilitator", "rater"})


def arm_known_to(protocol: Protocol) -> tuple[Role, ...]:
    """Return the roles that may know the arm; none named means everybody on the team."""
    return tuple(sorted(protocol.allocation.known_to)) if protocol.allocation else ()


def plan_known_to(protocol: Protocol) -> tuple[Role, ...]:
    """Return the roles that may see all of a plan; fewer than everybody only where it tells the arm.

    What hangs on the whole plan (when reminders go out, how many answers came) is theirs alone too.
    """
    return arm_known_to(protocol) if protocol.follows_arm() else ()


def row_known_to(protocol: Protocol, definition: str) -> tuple[Role, ...]:
    """Return the roles that may see what is planned of one definition."""
    return arm_known_to(protocol) if definition in protocol.follows_arm() else ()


def may_know(known_to: Collection[str], roles: Iterable[str]) -> bool:
    """Whether somebody with these roles is among those who may know; no name there means everybody is.

    The same rule stands as SQL in `server.store.visibility`.
    """
    held = set(roles)
    if not known_to:
        return True
    return bool(held & set(known_to)) and not (held & BLIND_FIRST) - set(known_to)
