"""How participants reach help, the team, and somebody outside it: shown and changed on one page."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.change_study import HelpContact, Outside, Reach, change_study
from server.actions.duty import Duty
from server.errors import BadInputError
from server.store import outside, studies
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint

# So many help contacts may stand on a participant's screen before it becomes a directory.
MOST_CONTACTS = 5
_CONTACT = ("label", "phone", "hours", "note", "country", "site")


@blueprint.get("/study/help")
@staff("administrator", "investigator", "coordinator")
def reach() -> ResponseReturnValue:
    """Show the team's number and the help contacts, ready to be changed."""
    row = studies.one(context().db, g.staff.study_id)
    return _reach_page(_stands(row), {})


@blueprint.post("/study/help")
@staff("administrator", "investigator", "coordinator")
def reach_changed() -> ResponseReturnValue:
    """Change them."""
    given = _given()
    try:
        change_study(context(), g.actor, g.staff, given)
    except BadInputError as error:
        return _reach_page(given, error.places), 422
    flash(gettext("Changed. Phones learn it at their next contact."), "good")
    return redirect(url_for("staff.study"), 303)


def _stands(row: Row) -> Reach:
    contacts = tuple(
        HelpContact(**{name: each.get(name, "") for name in _CONTACT})
        for each in row["help_contacts"]
    )
    ethics = row["ethics_contact"]
    return Reach(
        row["team_name"], row["team_phone"], row["team_hours"], contacts,
        Duty(row["duty_name"], row["duty_email"], row["duty_phone"]),
        row["call_hours"], row["out_of_hours_phone"], row["results_when"],
        row["data_where"], row["data_kept"],
        Outside(
            row["outside_staff_id"] or "", row["outside_role"],
            *(ethics.get(name, "") for name in ("name", "phone", "email")),
        ),
    )  # fmt: skip


def _entered(name: str, most: int = 200) -> str:
    return request.form.get(name, "").strip()[:most]


def _given() -> Reach:
    contacts = [_contact(str(index)) for index in range(MOST_CONTACTS)]
    return Reach(
        _entered("team_name"), _entered("team_phone", 40), _entered("team_hours"),
        tuple(each for each in contacts if any((each.label, each.phone, each.hours, each.note))),
        Duty(_entered("duty_name"), _entered("duty_email"), _entered("duty_phone", 40)),
        _entered("call_hours"), _entered("out_of_hours_phone", 40), _entered("results_when"),
        _entered("data_where"), _entered("data_kept"),
        Outside(
            _entered("outside"), _entered("outside_role"),
            _entered("ethics_name"), _entered("ethics_phone", 40), _entered("ethics_email"),
        ),
    )  # fmt: skip


def _contact(at: str) -> HelpContact:
    return HelpContact(
        _entered(f"label-{at}"), _entered(f"phone-{at}", 40), _entered(f"hours-{at}"),
        _entered(f"note-{at}"), _entered(f"country-{at}", 10).upper(), _entered(f"site-{at}"),
    )  # fmt: skip


def _reach_page(shown: Reach, places: dict[str, str]) -> str:
    here, blank = context(), HelpContact("", "")
    row = studies.one(here.db, g.staff.study_id)
    return render_template(
        "staff/reach.html",
        shown=shown,
        lines=[*shown.contacts, blank][:MOST_CONTACTS],
        places=places,
        people=[(each["id"], each["name"]) for each in outside.candidates(here.db, row["id"])],
        sites=here.catalog.protocol(row["protocol"], row["protocol_version"]).sites,
    )
