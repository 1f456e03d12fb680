"""The answers of one response, word for word; and everything at once as CSV."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.export_answers import export_answers
from server.actions.export_forms import export_forms
from server.actions.reconcile import design
from server.domain.instrument import Item, Wording
from server.errors import NotFoundError
from server.store import assessments, facilitators, participants, responses, studies, visits
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, moments, visit_lines, words
from server.web.staff import scores as presented
from server.web.staff.record import SEES_ANSWERS


@dataclass(frozen=True)
class Line:
    """One item: what was asked, what came back; `given` is empty where nothing did.

    `reason` says why it was not done.
    """

    item: str
    asked: str
    given: str
    code: str
    why_none: str
    reason: str


@blueprint.get("/responses/<response_id>")
@staff()
def response(response_id: str) -> ResponseReturnValue:
    """Show one finished set of answers."""
    here = context()
    row = responses.one(here.db, g.staff, response_id)
    if row is None:
        raise NotFoundError("There is no such response.")
    person = participants.one(here.db, g.staff, row["participant_id"])
    guides = facilitators.of(here.db, g.staff, person["id"])
    called = {each["staff_id"]: each["name"] for each in guides}
    about = called.get(row["about_staff_id"], "")
    scored = [
        each
        for each in responses.scores(here.db, g.staff, person["id"])
        if each["response_id"] == response_id
    ]
    return render_template(
        "staff/response.html",
        row=row,
        person=person,
        about=about,
        facts=_facts(row, person["zone"]),
        lines=_lines(row, responses.answers(here.db, g.staff, response_id), about),
        measures=presented.measures(scored, here.catalog, called, person["zone"]),
        earlier=presented.earlier(
            responses.earlier_scores(here.db, g.staff, response_id), here.catalog, person["zone"]
        ),
    )


@blueprint.get("/export/answers.csv")
@staff(*SEES_ANSWERS)
def export() -> ResponseReturnValue:
    """Send every answer and score that this viewer may see; the export itself is audited."""
    rows = export_answers(context(), g.actor, g.staff)
    return Response(
        rows,
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="answers-and-scores.csv"'},
    )


@blueprint.get("/export/forms.csv")
@staff(*SEES_ANSWERS)
def export_of_forms() -> ResponseReturnValue:
    """Send every form of the plan with what became of it; the export itself is audited."""
    return Response(
        export_forms(context(), g.actor, g.staff),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="forms.csv"'},
    )


def _facts(row: Row, zone: str) -> list[tuple[str, str]]:
    """Say whence an answer came and when; how long somebody took is for research, in the export only."""
    finished = moments.moment(row["finished_at"], zone)
    received = moments.moment(row["received_at"], zone)
    shown = {
        "participant": [
            (gettext("Finished, by the phone's clock"), finished.text if finished else "–"),
            (gettext("Received, by ours"), received.text if received else "–"),
        ],
        "paper": [
            (gettext("Filled in, as the paper says"), _filled_in(row, zone)),
            (gettext("Entered"), received.text if received else "–"),
        ],
    }.get(row["source"], [(gettext("Entered"), received.text if received else "–")])
    marks = [(row["late"], gettext("late")), (row["unscheduled"], gettext("unscheduled"))]
    said = ", ".join(word for is_so, word in marks if is_so)
    entered = words.source(row["source"], row["entered_by_name"])
    found = [
        (gettext("By whom"), entered),
        *shown,
        (gettext("Counted from"), _anchor(row)),
        (gettext("Form"), f"{row['instrument']} {row['instrument_version']}"),
        (gettext("Wording"), row["wording"]),
        (gettext("Marked"), said),
    ]
    return [(name, value) for name, value in found if value]


def _filled_in(row: Row, zone: str) -> str:
    """Say when a paper was filled in: its day, and the time only if somebody wrote one down."""
    zone = row["device_zone"] or zone
    if json.loads(row["process"]).get("day_only"):
        on = moments.day_of(row["finished_at"], zone)
    else:
        on = moments.moment(row["finished_at"], zone)
    return on.text if on else "–"


def _anchor(row: Row) -> str:
    """Say what it was counted from, by the date in force then, and where the visit's date is another now.

    Nothing to an independent rater: the pattern of visits is not theirs to know.
    """
    if g.staff.blinded:
        return ""
    here = context()
    study = studies.one(here.db, g.staff.study_id)
    protocol, _ = design(here, study, row["participant_id"])
    on = moments.day(row["anchor_on"])
    label = visit_lines.anchor_label(protocol, row["anchor"])
    moved = visit_lines.moved_since(row, _visit_now(row))
    if moved:
        return f"{label}, {moved}"
    return f"{label}, {on.text}" if on else label


def _visit_now(row: Row) -> Row | None:
    """Return the visit that an answer was counted from, as it stands today; None for enrolment."""
    db = context().db
    visit_id = assessments.one(db, g.staff, row["assessment_id"])["visit_id"]
    return visits.one(db, g.staff, visit_id) if visit_id else None


def _lines(row: Row, answers: list[Row], about: str) -> list[Line]:
    catalog = context().catalog
    try:
        instrument = catalog.instrument(row["instrument"], row["instrument_version"])
        # The very wording that was read, not the newest (R21).
        language, version = row["wording"].split("/")[1:]
        wording = catalog.wording(row["instrument"], language, version)
    except (NotFoundError, ValueError):
        # The definition is gone from forms/; what was answered still shows.
        return [line(each, None, None, about) for each in answers]
    items = {item.id: item for item in instrument.items}
    return [line(each, items.get(each["item"]), wording, about) for each in answers]


def line(
    answer: Row,
    item: Item | None,
    wording: Wording | None,
    about: str,
) -> Line:
    """Return an answer (`item, state, value, reason`) in the words of the page it was given to."""
    value = answer["value"]
    asked = (
        wording.items[answer["item"]].text if wording and answer["item"] in wording.items else ""
    )
    missing = answer["state"] != "answered"
    return Line(
        item=answer["item"],
        asked=asked.replace("{about}", about).replace("{event}", gettext("the event")),
        given="" if missing else _given(value, item, wording) if value is not None else _sealed(),
        code="" if missing or isinstance(value, str) else json.dumps(value),
        why_none=words.answer(answer["state"]) if missing else "",
        reason=answer["reason"],
    )


def _sealed() -> str:
    return str(gettext("told; kept sealed, and shown to the participant only"))


def _given(value: Any, item: Item | None, wording: Wording | None) -> str:
    """Return an answer in the words that the participant chose it by."""
    if item is None:
        return str(value)
    if item.kind == "yes-no":
        return str(gettext("yes") if value == 1 else gettext("no"))
    labels = wording.options.get(item.options or "", {}) if wording else {}
    if isinstance(value, list):
        return ", ".join(labels.get(each, str(each)) for each in value)
    if isinstance(value, int) and value in labels:
        return labels[value]
    return str(value)
