"""Sign a staff member in: count the try, do the same work for anybody, open a fresh session."""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.context import Context
from server.domain.people import Actor
from server.errors import BadInputError, ForbiddenError, TooManyTriesError
from server.ids import new_token, token_digest
from server.store import alerts, passwords, sessions, sign_ins, staff
from server.store.database import Row
from server.store.transaction import Transaction

NO_MATCH = "That address and password do not match. Check both and try again."
_DOOR = Actor("system", "sign-in")


@dataclass(frozen=True)
class Browser:
    """Where somebody sits: the network address, the browser's name, the session it held before."""

    address: str
    agent: str = ""
    old_token: str = ""


def sign_in(context: Context, email: str, password: str, browser: Browser) -> str:
    """Return the token of a new session.

    Raises:
        TooManyTriesError: after many wrong tries; says for how many seconds to wait.
        BadInputError: address and password do not match (or there is no such account: the same).
        ForbiddenError: they match, but the person holds no role in any study.

    """
    account = sign_ins.account_digest(email)
    _let_through(context, account, browser.address)
    person = staff.by_email(context.db, email)
    right = passwords.matches(person["password_hash"] if person else None, password)
    if person is None or not right or person["disabled_at"]:
        with context.write(_DOOR, "Sign-in refused") as tx:
            sign_ins.record(tx, account, browser.address, succeeded=False)
            if person is not None and not person["disabled_at"]:
                _warn(tx, person, account)
        raise BadInputError(NO_MATCH)
    token = _admit(context, person, account, password, browser)
    if token is None:
        raise ForbiddenError("Your account has no role in any study. Ask an administrator.")
    return token


def _warn(tx: Transaction, person: Row, account: str) -> None:
    """Tell those who look after the person's studies that somebody is guessing; once, not each time."""
    if sign_ins.wrong_lately(tx.db, account, tx.at) < sign_ins.ALARMING:
        return
    detail = f"Many wrong passwords were tried for {person['name']}. Ask whether it was them."
    for study in staff.studies_of(tx.db, person["id"]):
        alerts.add(tx, study["id"], None, "sign-ins", detail)


def _let_through(context: Context, account: str, address: str) -> None:
    wait = sign_ins.wait(context.db, account, address, context.clock.now())
    if wait:
        raise TooManyTriesError("Too many wrong tries. Nothing is broken; please wait.", wait)


def _admit(
    context: Context, person: Row, account: str, password: str, browser: Browser
) -> str | None:
    actor = Actor("staff", person["id"])
    with context.write(actor, "Signed in") as tx:
        # Asked again where nobody comes between: of many guesses at once, one could slip by.
        wait = sign_ins.wait(tx.db, account, browser.address, tx.at)
        if wait:
            raise TooManyTriesError("Too many wrong tries. Nothing is broken; please wait.", wait)
        sign_ins.record(tx, account, browser.address, succeeded=True)
        if passwords.outdated(person["password_hash"]):
            staff.set_password(tx, person["id"], passwords.keep(password))
        return _begin(tx, person["id"], browser)


def _begin(tx: Transaction, staff_id: str, browser: Browser) -> str | None:
    if browser.old_token:
        sessions.end(tx, token_digest(browser.old_token))
    studies: list[str] = [row["id"] for row in staff.studies_of(tx.db, staff_id)]
    if not studies:
        return None
    last = sessions.last_study(tx.db, staff_id) or ""
    token = new_token()
    sessions.begin(
        tx, token_digest(token), staff_id, last if last in studies else studies[0],
        address=browser.address, agent=browser.agent,
    )  # fmt: skip
    return token
