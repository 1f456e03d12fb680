"""Staff and their roles: an administrator adds people, changes roles, closes accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.add_staff import NewStaff, add_staff
from server.actions.disable_staff import disable_staff, reset_password
from server.actions.grant_role import set_roles
from server.domain.people import ROLES, Role
from server.errors import BadInputError
from server.store import staff as store
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, words


@dataclass(frozen=True)
class Person:
    """One member of staff in the list."""

    id: str
    name: str
    email: str
    roles: frozenset[str]
    said: str
    state: words.Mark
    signs_in: bool
    closed: bool
    me: bool


@blueprint.get("/study/people")
@staff()
def people() -> ResponseReturnValue:
    """Show who works in this study, in which roles."""
    return _page({}, {})


@blueprint.post("/study/people")
@staff("administrator")
def person_added() -> ResponseReturnValue:
    """Add somebody; a starting password is shown once."""
    given = {name: request.form.get(name, "")[:200] for name in ("name", "email")}
    roles = _roles()
    try:
        made = add_staff(
            context(), g.actor, g.staff, NewStaff(given["name"], given["email"], roles)
        )
    except BadInputError as error:
        return _page({**given, "roles": roles}, error.places), 422
    if made.starting_password:
        return _handed(made.staff_id, made.starting_password)
    flash(gettext("Added."), "good")
    return redirect(url_for("staff.people"), 303)


@blueprint.get("/study/people/<staff_id>")
@staff("administrator")
def person(staff_id: str) -> ResponseReturnValue:
    """Show one person's roles, ready to be changed."""
    row = store.in_study(context().db, g.staff, staff_id)
    return render_template("staff/person.html", person=_person(row), roles=_named_roles())


@blueprint.post("/study/people/<staff_id>/roles")
@staff("administrator")
def roles_set(staff_id: str) -> ResponseReturnValue:
    """Grant and revoke roles."""
    set_roles(context(), g.actor, g.staff, staff_id, frozenset(_roles()))
    flash(gettext("Roles changed."), "good")
    return redirect(url_for("staff.people"), 303)


@blueprint.post("/study/people/<staff_id>/password")
@staff("administrator")
def password_reset(staff_id: str) -> ResponseReturnValue:
    """Give a new starting password, shown once."""
    return _handed(staff_id, reset_password(context(), g.actor, g.staff, staff_id))


@blueprint.post("/study/people/<staff_id>/close")
@staff("administrator")
def account_closed(staff_id: str) -> ResponseReturnValue:
    """Close an account for good; every session of it ends."""
    if request.form.get("sure") != "yes":
        raise BadInputError(gettext("Tick that you are sure: a closed account stays closed."))
    disable_staff(context(), g.actor, g.staff, staff_id)
    flash(gettext("The account is closed and signed out everywhere."), "good")
    return redirect(url_for("staff.people"), 303)


def _roles() -> tuple[Role, ...]:
    return tuple(cast("Role", name) for name in request.form.getlist("roles"))


def _named_roles() -> list[tuple[str, str]]:
    return [(name, words.role(name)) for name in ROLES]


def _page(given: dict[str, object], places: dict[str, str]) -> str:
    rows = store.of_study(context().db, g.staff)
    return render_template(
        "staff/people.html", people=[_person(row) for row in rows], given=given, places=places,
        roles=_named_roles(), administers="administrator" in g.staff.roles,
    )  # fmt: skip


def _person(row: Row) -> Person:
    held = frozenset(name for name in row["roles"].split(",") if name)
    closed = row["disabled_at"] is not None
    if closed:
        state = words.Mark(gettext("closed"), "cross", "quiet")
    elif not row["signs_in"]:
        state = words.Mark(gettext("named only"), "square", "quiet")
    else:
        state = words.Mark(gettext("can sign in"), "disc", "good")
    return Person(
        id=row["id"],
        name=row["name"],
        email=row["email"] or "",
        roles=held,
        said=", ".join(words.role(name) for name in sorted(held)),
        state=state,
        signs_in=bool(row["signs_in"]),
        closed=closed,
        me=row["id"] == g.staff.id,
    )


def _handed(staff_id: str, password: str) -> str:
    row = store.in_study(context().db, g.staff, staff_id)
    return render_template("staff/handed.html", person=_person(row), password=password)
