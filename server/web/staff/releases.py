"""Who was imported and is written to only once somebody has looked and said go."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.actions.release_participants import Prepared, prepared, release_participants
from server.clock import to_text
from server.errors import BadInputError, ConflictError
from server.store import facilitators, groups, participants, visits
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, moments, record, words
from server.web.staff.activities import chosen

# More of what is to come hardly helps to see whether the dates are right.
MOST_MESSAGES = 5
# So many stand on the page; the others follow once these have gone.
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Line:
    """One imported participant as the page shows them."""

    id: str
    code: str
    facts: list[tuple[str, str]]
    visits: list[str]
    guides: list[str]
    over: int
    open: int
    coming: int
    messages: list[str]
    more: int
    silent: str
    lacks_address: bool


@blueprint.get("/participants/imported")
@staff("administrator", "investigator", "coordinator")
def imported() -> ResponseReturnValue:
    """Show everybody who waits, with what they would be sent next."""
    return _page("")


@blueprint.post("/participants/imported")
@staff("administrator", "investigator", "coordinator")
def imported_released() -> ResponseReturnValue:
    """Say go for all, or for those chosen."""
    everybody = request.form.get("who") == "all"
    # All means all that stood on the page: nobody says go for whom they did not see.
    ids = set(request.form.getlist("shown" if everybody else "chosen"))
    try:
        count = release_participants(context(), g.actor, g.staff, ids)
    except (BadInputError, ConflictError) as error:
        return _page(str(error)), error.status
    said = ngettext(
        "%(num)s participant is active now.", "%(num)s participants are active now.", count
    )
    flash(said, "good")
    left = participants.of_status(context().db, g.staff, "prepared")
    return redirect(url_for("staff.imported" if left else "staff.participants"), 303)


def _page(wrong: str) -> str:
    found, count = prepared(context(), g.staff, MOST_AT_ONCE)
    return render_template(
        "staff/imported.html", lines=[_line(each) for each in found], count=count, wrong=wrong
    )


def _line(each: Prepared) -> Line:
    person, zone = each.person, each.person["zone"]
    protocol = chosen()
    dated = visits.of(context().db, g.staff, person["id"])
    shown = each.messages[:MOST_MESSAGES]
    return Line(
        id=person["id"],
        code=person["code"],
        facts=_facts(person),
        visits=[_visit(row, record.visit_label(protocol, row)) for row in dated],
        guides=[_guide(row) for row in facilitators.of(context().db, g.staff, person["id"])],
        over=each.over,
        open=each.open,
        coming=each.coming,
        messages=[_moment(to_text(message.due_at), zone) for message in shown],
        more=len(each.messages) - len(shown),
        silent=_silent(each),
        lacks_address=each.lacks_address,
    )


def _facts(person: Row) -> list[tuple[str, str]]:
    protocol, shared = chosen(), groups.labels(context().db, g.staff.study_id)
    channels = {"email": gettext("by e-mail"), "none": gettext("no reminders")}
    found = [
        (gettext("Zone"), moments.city(person["zone"])),
        (gettext("Language"), person["language"]),
        (gettext("Reminders"), str(channels.get(person["channel"], person["channel"]))),
    ]
    if person["hours"]:
        found.append((gettext("Would like them at"), person["hours"]))
    if person["group"]:
        found.append((gettext("Group"), shared.get(person["group"], "")))
    if person["arm_known"] and person["arm"]:
        found.insert(0, (gettext("Arm"), protocol.arms.get(person["arm"], person["arm"])))
    return found


def _silent(each: Prepared) -> str:
    """Return why nothing would be sent, where that is so."""
    if each.person["channel"] == "none":
        return str(gettext("none: reminders are off"))
    return str(gettext("none yet: what comes next waits for a visit"))


def _visit(row: Row, label: str) -> str:
    when = moments.day(row["on_day"], row["at_time"])
    return f"{label}: {when.text if when else ''}, {words.visit(row['status']).word}"


def _guide(row: Row) -> str:
    first = moments.day(row["from_on"])
    last = moments.day(row["to_on"])
    text = gettext("%(name)s from %(day)s", name=row["name"], day=first.text if first else "")
    return str(gettext("%(guide)s until %(day)s", guide=text, day=last.text)) if last else str(text)


def _moment(stored: str, zone: str) -> str:
    found = moments.moment(stored, zone, named=False)
    return found.text if found else ""
