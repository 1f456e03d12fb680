"""Make an empty, real installation: one study, one administrator, live for ever."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.actions.add_staff import checked_email, checked_password
from server.actions.context import Context
from server.domain.people import Actor
from server.errors import BadInputError, ConflictError
from server.store import passwords, settings, staff, studies

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")


@dataclass(frozen=True)
class Founding:
    """What the first person types in."""

    code: str
    title: str
    protocol: str
    name: str
    email: str
    password: str


def found_installation(context: Context, entry: Founding) -> str:
    """Found it and return the study's id.

    Raises:
        ConflictError: this data folder holds a demo, or a real installation, already.
        BadInputError: code, protocol, address or password cannot be used; `places` says which.

    """
    _require_empty(context)
    protocol = context.catalog.protocol(entry.protocol)
    email, password = checked_email(entry.email), checked_password(entry.password)
    code = _checked_code(entry.code)
    with context.write(Actor("system", "init", "administrator"), "found the installation") as tx:
        settings.found(tx, "live")
        study_id = studies.add(tx, code, entry.title.strip() or code, protocol, synthetic=False)
        staff_id = staff.add(tx, entry.name.strip(), email, passwords.keep(password))
        for role in ("administrator", "coordinator"):
            staff.grant(tx, staff_id, study_id, role)
    return study_id


def _require_empty(context: Context) -> None:
    mode = settings.mode(context.db)
    if mode is not None:
        kind = "a demo" if mode == "demo" else "a real installation"
        message = (
            f"{context.config.data} already holds {kind}. Choose an empty folder, for example: "
            "ATTUNE_DATA=/srv/attune ./attune init"
        )
        raise ConflictError(message)


def _checked_code(text: str) -> str:
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        remedy = "Two to twenty letters, digits or hyphens, for example MDD-1."
        raise BadInputError(f"{text!r} is no study code. {remedy}", {"code": remedy})
    return code
