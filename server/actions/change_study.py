"""Change how participants reach the study's team, and the help that every screen offers."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace

from server.actions.context import Context
from server.actions.duty import Duty, checked_duty
from server.domain.people import CARES, Actor, Staff
from server.errors import BadInputError, ForbiddenError
from server.store import messages, studies

_DIALLED = re.compile(r"\+?[0-9][0-9 ()/.-]{1,28}")


@dataclass(frozen=True)
class HelpContact:
    """Somewhere to turn to: a crisis line, an emergency number."""

    label: str
    phone: str
    hours: str = ""
    note: str = ""


@dataclass(frozen=True)
class Reach:
    """The team's own name, number and hours, the help contacts in the order shown, who is on duty."""

    team_name: str
    team_phone: str
    team_hours: str
    contacts: tuple[HelpContact, ...]
    duty: Duty


def change_study(context: Context, actor: Actor, viewer: Staff, reach: Reach) -> None:
    """Store how to reach help from now on; phones learn it at their next contact.

    Raises:
        ForbiddenError: the viewer does not look after this study.
        BadInputError: a number cannot be dialled, or nobody would be left to call, or to be called
            about an answer that needs a person.

    """
    if not viewer.roles & CARES:
        raise ForbiddenError("Your role in this study does not include this.")
    study = studies.one(context.db, viewer.study_id)
    _check(reach)
    reach = replace(reach, duty=checked_duty(context, study, reach.duty))
    contacts = json.dumps([asdict(each) for each in reach.contacts], ensure_ascii=False)
    with context.write(actor, "Changed the help contacts") as tx:
        studies.change(
            tx, viewer.study_id,
            {"team_name": reach.team_name, "team_phone": reach.team_phone,
             "team_hours": reach.team_hours, "help_contacts": contacts, **reach.duty.row},
        )  # fmt: skip
        if reach.duty.email != study["duty_email"]:
            messages.call_again(tx, viewer.study_id)


def _check(reach: Reach) -> None:
    places = {}
    if reach.team_phone and not _DIALLED.fullmatch(reach.team_phone):
        places["team_phone"] = "Write a number that can be dialled, for example +49 30 1234567."
    for index, contact in enumerate(reach.contacts):
        if not contact.label:
            places[f"label-{index}"] = "Say who answers there."
        if not _DIALLED.fullmatch(contact.phone):
            places[f"phone-{index}"] = "Write a number that can be dialled."
    if not reach.contacts:
        places["label-0"] = "Every screen of a participant offers help: give at least one contact."
    if places:
        raise BadInputError("Nothing was changed.", places)
