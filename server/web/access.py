"""Who may use a route. Every view carries one of these marks; `server.app` refuses one without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar, cast

from flask import current_app, g, request
from flask.typing import ResponseReturnValue

from server.actions.context import Context
from server.actions.keep_session import keep_session
from server.domain.people import Actor, Device, Role, Staff
from server.errors import ForbiddenError, NotFoundError, SignInNeededError, said
from server.ids import token_digest
from server.store import devices, sessions

P = ParamSpec("P")
V = TypeVar("V", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Access:
    """What a route declares: for whom it is, and for staff, which roles suffice (none: any)."""

    who: Literal["public", "device", "staff", "form", "demo"]
    roles: frozenset[Role] = frozenset()


def context() -> Context:
    """Return the Context that `server.app` made."""
    return cast("Context", current_app.extensions["attune"])


def cookie(name: str) -> str:
    """Return a cookie's name: `__Host-` wherever a browser accepts that."""
    return f"__Host-{name}" if context().config.secure else name


def public(view: V) -> V:
    """Mark a view for everybody, signed in or not."""
    return _mark(view, Access("public"))


def demo(view: V) -> V:
    """Mark a view that exists in demo installations only; elsewhere it is not found."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not g.demo:
            message = "This page exists in the demo only."
            raise NotFoundError(message)
        return view(*args, **kwargs)

    return _mark(cast("V", guarded), Access("demo"))


def device(view: V) -> V:
    """Mark a view for a bound, unrevoked phone; `g.device` is its Device."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        found = device_here()
        if found is None:
            message = said("The code that your study team gave you connects it.")
            raise SignInNeededError(message)
        g.device = found
        g.actor = Actor("device", found.id, "participant")
        return view(*args, **kwargs)

    return _mark(cast("V", guarded), Access("device"))


def form(view: V) -> V:
    """Mark a view for bound phones and signed-in staff alike: licensed wording is not public."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if device_here() is None and staff_here() is None:
            message = said("Forms open on a connected phone, or for staff who are signed in.")
            raise SignInNeededError(message)
        return view(*args, **kwargs)

    return _mark(cast("V", guarded), Access("form"))


def staff(*roles: Role) -> Callable[[V], V]:
    """Mark a view for staff of the study looked at who hold one of these roles (none: any role).

    `g.staff` is the viewer, `g.actor` stands behind changes.
    """

    def decorate(view: V) -> V:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            viewer = staff_here()
            if viewer is None:
                message = "Please sign in."
                raise SignInNeededError(message)
            if roles and not viewer.roles & set(roles):
                message = "Your role in this study does not include this page."
                raise ForbiddenError(message)
            g.staff = viewer
            g.actor = Actor("staff", viewer.id, "+".join(sorted(viewer.roles)))
            keep_session(context(), g.actor, request.cookies[cookie("session")])
            return view(*args, **kwargs)

        return _mark(cast("V", guarded), Access("staff", frozenset(roles)))

    return decorate


def device_here() -> Device | None:
    """Return the phone that this request's cookie names, if it is bound and not revoked."""
    token = request.cookies.get(cookie("device"))
    return devices.by_credential(context().db, token_digest(token)) if token else None


def staff_here() -> Staff | None:
    """Return the signed-in staff member that this request's cookie names."""
    token = request.cookies.get(cookie("session"))
    if not token:
        return None
    here = context()
    return sessions.viewer(here.db, token_digest(token), here.clock.now())


def declared(view: object) -> Access | None:
    """Return a view's mark, None when it has none."""
    return getattr(view, "access", None)


def _mark(view: V, access: Access) -> V:
    view.access = access  # type: ignore[attr-defined]  # a function carries its own mark
    return view
