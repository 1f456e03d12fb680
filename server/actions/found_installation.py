"""Make an empty, real installation: one study, one administrator, live for ever."""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.add_staff import checked_email, checked_password
from server.actions.context import Context
from server.actions.create_study import NewStudy, study_row
from server.domain.people import Actor
from server.errors import ConflictError
from server.store import passwords, settings, staff, studies


@dataclass(frozen=True)
class Founding:
    """What the first person types in."""

    code: str
    title: str
    protocol: str
    name: str
    email: str
    password: str
    duty_name: str = ""
    duty_email: str = ""
    duty_phone: str = ""


def found_installation(context: Context, entry: Founding) -> str:
    """Found it and return the study's id.

    Raises:
        ConflictError: this data folder holds a demo, or a real installation, already.
        BadInputError: code, protocol, address or password cannot be used, or nobody is on duty where
            answers may call somebody; `places` says which.

    """
    _require_empty(context)
    new = NewStudy(
        entry.code, entry.title, entry.protocol,
        entry.duty_name, entry.duty_email, entry.duty_phone,
    )  # fmt: skip
    row = study_row(context, new, synthetic=False)
    email = checked_email(entry.email)
    password = checked_password(entry.password, entry.name, email)
    with context.write(Actor("system", "init", "administrator"), "found the installation") as tx:
        settings.found(tx, "live")
        studies.add(tx, row)
        staff_id = staff.add(tx, entry.name.strip(), email, passwords.keep(password))
        for role in ("administrator", "coordinator"):
            staff.grant(tx, staff_id, row["id"], role)
    return str(row["id"])


def _require_empty(context: Context) -> None:
    mode = settings.mode(context.db)
    if mode is not None:
        kind = "a demo" if mode == "demo" else "a real installation"
        message = (
            f"{context.config.data} already holds {kind}. Choose an empty folder, for example: "
            "ATTUNE_DATA=/srv/attune ./attune init"
        )
        raise ConflictError(message)
