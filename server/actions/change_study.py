"""Change how participants reach the study's team, and the help that every screen offers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from server.actions.context import Context
from server.actions.duty import Duty, checked_duty
from server.domain import entry
from server.domain.people import CARES, Actor, Staff
from server.errors import BadInputError, ForbiddenError
from server.store import messages, outside, studies
from server.store.database import Row

_DIALLED = re.compile(r"\+?[0-9][0-9 ()/.-]{1,28}")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class HelpContact:
    """Somewhere to turn to: a crisis line, an emergency number."""

    label: str
    phone: str
    hours: str = ""
    note: str = ""
    # Shown first to whoever lives there (ISO 3166, two letters), and only at that site; empty: to all.
    country: str = ""
    site: str = ""


@dataclass(frozen=True)
class Outside:
    """Who receives what the treatment team is not to know, and the ethics committee's own line."""

    staff_id: str = ""
    role: str = ""
    ethics_name: str = ""
    ethics_phone: str = ""
    ethics_email: str = ""


@dataclass(frozen=True)
class Reach:
    """The team's own name, number and hours, the help contacts in the order shown, who is on duty."""

    team_name: str
    team_phone: str
    team_hours: str
    contacts: tuple[HelpContact, ...]
    duty: Duty
    # When a call that was asked for is made; who answers at any hour; when results are told.
    call_hours: str = ""
    out_of_hours_phone: str = ""
    results_when: str = ""
    # Where the data lie and how long they are kept, in words for participants.
    data_where: str = ""
    data_kept: str = ""
    outside: Outside = Outside()

    @property
    def row(self) -> Row:
        """The columns of a study that hold it."""
        contacts = [asdict(each) for each in self.contacts]
        ethics = {"name": self.outside.ethics_name, "phone": self.outside.ethics_phone,
                  "email": self.outside.ethics_email}  # fmt: skip
        return {
            "team_name": self.team_name, "team_phone": self.team_phone, "team_hours": self.team_hours,
            "help_contacts": json.dumps(contacts, ensure_ascii=False), **self.duty.row,
            "call_hours": self.call_hours, "out_of_hours_phone": self.out_of_hours_phone,
            "data_where": self.data_where, "data_kept": self.data_kept, "results_when": self.results_when,
            "outside_staff_id": self.outside.staff_id or None,
            "outside_role": self.outside.role, "ethics_contact": json.dumps(ethics, ensure_ascii=False),
        }  # fmt: skip


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
    _check(context, study, reach)
    reach = replace(reach, duty=checked_duty(context, study, reach.duty))
    with context.write(actor, "Changed the help contacts") as tx:
        studies.change(tx, viewer.study_id, reach.row)
        if reach.duty.email != study["duty_email"]:
            messages.call_again(tx, viewer.study_id)


def _check(context: Context, study: Row, reach: Reach) -> None:
    checks = entry.Checks()
    told = "Write a number that can be dialled, for example +49 30 1234567."
    for name in ("team_phone", "out_of_hours_phone"):
        number = getattr(reach, name)
        checks.require(name, not number or _DIALLED.fullmatch(number), told)
    sites = context.catalog.protocol(study["protocol"], study["protocol_version"]).sites
    for index, contact in enumerate(reach.contacts):
        _check_contact(checks, index, contact, sites)
    told = "Every screen of a participant offers help: give at least one contact."
    checks.require("label-0", reach.contacts, told)
    _check_outside(checks, context, study, reach.outside)
    if checks.places:
        raise BadInputError("Nothing was changed.", checks.places)


def _check_contact(
    checks: entry.Checks, index: int, contact: HelpContact, sites: Mapping[str, str]
) -> None:
    checks.require(f"label-{index}", contact.label, "Say who answers there.")
    dialled = _DIALLED.fullmatch(contact.phone)
    checks.require(f"phone-{index}", dialled, "Write a number that can be dialled.")
    country = not contact.country or _COUNTRY.fullmatch(contact.country)
    checks.require(f"country-{index}", country, "Write two letters, for example DE or US.")
    here = not contact.site or contact.site in sites
    checks.require(f"site-{index}", here, "Choose a site of the protocol.")


def _check_outside(checks: entry.Checks, context: Context, study: Row, given: Outside) -> None:
    """Refuse whoever guides anybody: a participant must be able to speak of a guide to somebody else."""
    may = {row["id"] for row in outside.candidates(context.db, study["id"])}
    guides = given.staff_id and outside.guides(context.db, study["id"], given.staff_id)
    told = (
        "This person guides participants of this study, or may be asked to. "
        "Choose somebody outside the treatment team."
    )
    checks.require("outside", not guides, told)
    told = "Choose somebody with a role and an address in this study who guides nobody in it."
    checks.require("outside", not given.staff_id or given.staff_id in may, told)
    named = not given.staff_id or given.role
    checks.require(
        "outside_role", named, "Say who they are to a participant, for example ombudsperson."
    )
    number = not given.ethics_phone or _DIALLED.fullmatch(given.ethics_phone)
    checks.require("ethics_phone", number, "Write a number that can be dialled.")
    if given.ethics_email:
        checks.field("ethics_email", lambda: entry.email(given.ethics_email), "")
