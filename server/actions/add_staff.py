"""Add a person to a study's staff, with roles and, if they sign in, a starting password."""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from server.actions.context import Context
from server.domain.password import LONGEST, SHORTEST, weakness
from server.domain.people import ROLES, Actor, Role, Staff
from server.errors import BadInputError, ForbiddenError
from server.ids import new_code
from server.store import passwords, staff
from server.store.transaction import Transaction

WEAKNESSES = {
    "short": f"Use at least {SHORTEST} characters. A few unrelated words work well.",
    "long": f"Use at most {LONGEST} characters.",
    "common": "This one is on every guesser's list. Choose another.",
    "repeated": "This one repeats itself too much. Choose another.",
    "personal": "Leave out your own name and address: guessers start there.",
}


@dataclass(frozen=True)
class NewStaff:
    """Who comes. Without an address the person is named as a facilitator but does not sign in."""

    name: str
    email: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Added:
    """Who came, and the password to hand over; none when they have an account or do not sign in."""

    staff_id: str
    starting_password: str | None


def add_staff(context: Context, actor: Actor, viewer: Staff, new: NewStaff) -> Added:
    """Add the person, or give roles here to the account that the address already has.

    Raises:
        BadInputError: name, address or roles cannot be used; `places` says which.
        ForbiddenError: the viewer does not administer this study.

    """
    require_administrator(viewer)
    name, email = new.name.strip(), checked_email(new.email)
    _check(name, email, new.roles)
    password = starting_password() if email else None
    kept = passwords.keep(password) if password else None
    with context.write(actor, "Added a person to the staff") as tx:
        present = staff.by_email(tx.db, email) if email else None
        if present and present["disabled_at"]:
            message = "The account of this address was closed. Closed accounts stay closed."
            raise BadInputError("Nobody was added.", {"email": message})
        staff_id = present["id"] if present else staff.add(tx, name, email or None, kept)
        _grant_all(tx, staff_id, viewer.study_id, new.roles)
    return Added(staff_id, None if present else password)


def require_administrator(viewer: Staff) -> None:
    """Refuse whoever does not administer the study looked at."""
    if "administrator" not in viewer.roles:
        raise ForbiddenError("Only an administrator of this study may do that.")


def starting_password() -> str:
    """Return a password to hand over on paper or by voice, to be changed at the first sign-in."""
    return "-".join(new_code(4) for _ in range(4))


def checked_email(text: str) -> str:
    """Return the address in its plain form, empty for none.

    Raises:
        BadInputError: it is no address.

    """
    if not text.strip():
        return ""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadInputError("Nothing was changed.", {"email": str(error)}) from error


def checked_password(password: str, *personal: str, place: str = "password") -> str:
    """Return a password that is good enough. `personal`: the owner's name and address.

    Raises:
        BadInputError: it is not; the remedy stands under `places[place]`.

    """
    found = weakness(password, *personal)
    if found:
        raise BadInputError("This password will not do.", {place: WEAKNESSES[found]})
    return password


def _check(name: str, email: str, roles: tuple[Role, ...]) -> None:
    places = {}
    if not 1 <= len(name) <= 100:
        places["name"] = "Give a name of up to 100 characters."
    if not roles or not set(roles) <= set(ROLES):
        places["roles"] = "Choose at least one role."
    elif not email and set(roles) != {"facilitator"}:
        places["email"] = "Only a facilitator can do without an address, and then does not sign in."
    if places:
        raise BadInputError("Nobody was added.", places)


def _grant_all(tx: Transaction, staff_id: str, study_id: str, roles: tuple[Role, ...]) -> None:
    for role in roles:
        staff.grant(tx, staff_id, study_id, role)
