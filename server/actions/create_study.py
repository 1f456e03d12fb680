"""Add a study to this installation; whoever adds it administers it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.actions.add_staff import require_administrator
from server.actions.context import Context
from server.actions.duty import Duty, checked_duty
from server.domain.people import Actor, Staff
from server.errors import BadInputError
from server.ids import new_id
from server.store import settings, staff, studies
from server.store.database import Row

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")


@dataclass(frozen=True)
class NewStudy:
    """A study's short code, its title, the protocol it follows (the newest version), who is on duty."""

    code: str
    title: str
    protocol: str
    duty_name: str = ""
    duty_email: str = ""
    duty_phone: str = ""


def create_study(context: Context, actor: Actor, viewer: Staff, new: NewStudy) -> str:
    """Add the study and return its id.

    Raises:
        ForbiddenError: the viewer administers no study here.
        BadInputError: the code is taken or no code; the title is empty; nobody is on duty.
        NotFoundError: there is no such protocol.

    """
    require_administrator(viewer)
    row = study_row(context, new, synthetic=settings.mode(context.db) == "demo")
    with context.write(actor, "Added a study") as tx:
        if row["code"] in {each["code"] for each in studies.every(tx.db)}:
            raise BadInputError("No study was added.", {"code": "Another study has this code."})
        studies.add(tx, row)
        staff.grant(tx, actor.id, row["id"], "administrator")
    return str(row["id"])


def study_row(context: Context, new: NewStudy, *, synthetic: bool) -> Row:
    """Return the row of a study that follows the newest version of its protocol.

    Raises:
        BadInputError: no code, no title, or nobody on duty where answers may call somebody; `places`
            says which.
        NotFoundError: there is no such protocol.

    """
    protocol = context.catalog.protocol(new.protocol)
    code, title = new.code.strip().upper(), new.title.strip()
    places = {} if title else {"title": "Give the study a title."}
    if not _CODE.fullmatch(code):
        places["code"] = "Two to twenty letters, digits or hyphens, for example MDD-1."
    if places:
        raise BadInputError("No study was added.", places)
    row: Row = {
        "id": new_id(),
        "code": code,
        "title": title,
        "protocol": protocol.id,
        "protocol_version": protocol.version,
        "synthetic": int(synthetic),
    }
    duty = Duty(new.duty_name, new.duty_email, new.duty_phone)
    return {**row, **checked_duty(context, row, duty).row}
