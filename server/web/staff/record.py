"""One participant's page, gathered: everything on it was read as the viewer may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from flask_babel import gettext

from server.actions.context import Context
from server.actions.read_contact import READS_CONTACT
from server.actions.reconcile import design
from server.domain.people import CARES, SEES_ALLIANCE, Role, Staff
from server.store import (
    alerts,
    assessments,
    devices,
    envelopes,
    facilitators,
    messages,
    participants,
    raters,
    responses,
    studies,
    visits,
)  # fmt: skip
from server.store import staff as people
from server.store.database import Row
from server.web.staff import (
    form_lines,
    moments,
    scores,
    standing,
    timeline,
    visit_lines,
    waits,
    words,
)
from server.web.staff.form_lines import FormLine
from server.web.staff.moments import Moment
from server.web.staff.scores import Measure
from server.web.staff.standing import Standing
from server.web.staff.visit_lines import Visit, visit_label
from server.web.staff.waits import Wait

# Everybody but independent raters, who must not know what participants report (A25).
SEES_ANSWERS: frozenset[Role] = SEES_ALLIANCE | {"facilitator"}


@dataclass(frozen=True)
class Phone:
    """A bound phone with its three ticks."""

    id: str
    name: str
    bound: Moment | None
    seen: Moment | None
    seen_known: bool
    ticks: list[words.Mark]
    revoked: Moment | None
    delivered: int | None
    agrees: words.Mark | None


@dataclass(frozen=True)
class Message:
    """One message, planned or gone."""

    due: Moment | None
    kind: str
    state: words.Mark
    error: str


@dataclass(frozen=True)
class Record:
    """The whole page."""

    person: Row
    standing: Standing
    alerts: list[Row]
    drawing: timeline.Timeline | None
    measures: list[Measure]
    parts: list[Measure]
    visits: list[Visit]
    assessments: list[FormLine]
    waits: list[Wait]
    phones: list[Phone]
    guides: list[Row]
    raters: list[Row]
    rater_candidates: list[Row]
    candidates: list[Row]
    messages: list[Message]
    unreminded: str
    cares: bool
    reads_contact: bool
    research: bool
    answers: bool
    allocates: bool
    sees_visits: bool


def gather(context: Context, viewer: Staff, participant_id: str) -> Record:
    """Return the page's content; NotFoundError when the participant is not for this viewer."""
    db, now = context.db, context.clock.now()
    person = participants.one(db, viewer, participant_id)
    protocol, _ = design(context, studies.one(db, person["study_id"]), participant_id)
    zone = person["zone"]
    rates = viewer.blinded
    # Whoever rates independently must not learn from the pattern of visits what the rating is about.
    dated = [] if rates else visits.of(db, viewer, participant_id)
    asked = assessments.of(db, viewer, participant_id)
    guides = facilitators.of(db, viewer, participant_id)
    called = {row["staff_id"]: row["name"] for row in guides}
    measured = _measures(context, viewer, participant_id, called, zone)
    named = timeline.Named(
        visit=partial(visit_label, protocol),
        row=lambda row: _row_name(context, row),
        sessions=protocol.sessions,
    )
    on_duty = people.names(db, viewer)
    phones = _phones(context, viewer, participant_id, zone, now)
    return Record(
        person=person,
        standing=standing.of(context, person, protocol, dated),
        alerts=_alerts(context, viewer, participant_id),
        drawing=timeline.draw(dated, asked, now, named),
        measures=[each for each in measured if each.headline],
        parts=[each for each in measured if not each.headline],
        visits=[visit_lines.line(row, protocol, on_duty) for row in dated],
        assessments=form_lines.lines(context, viewer, asked, dated, zone, protocol),
        waits=[] if rates else waits.of(context, viewer, participant_id, protocol, asked),
        phones=phones,
        guides=[_guide(row, now, zone) for row in guides],
        raters=_raters(context, viewer, participant_id, zone),
        rater_candidates=_rater_candidates(context, viewer, participant_id),
        candidates=facilitators.candidates(db, viewer.study_id) if viewer.roles & CARES else [],
        messages=[_message(row, zone) for row in messages.of(db, viewer, participant_id)],
        unreminded=_unreminded(viewer, person, phones),
        cares=bool(viewer.roles & CARES),
        reads_contact=bool(viewer.roles & READS_CONTACT),
        research=viewer.sees_alliance,
        answers=bool(viewer.roles & SEES_ANSWERS),
        allocates=standing.allocates(viewer, protocol),
        sees_visits=not rates,
    )


def _row_name(context: Context, row: Row) -> str:
    title = context.catalog.instrument(row["instrument"]).short_title
    return f"{title}, {row['about_name']}" if row["about_name"] else title


def _measures(
    context: Context, viewer: Staff, participant_id: str, called: dict[str, str], zone: str
) -> list[Measure]:
    if not viewer.roles & SEES_ANSWERS:
        return []
    rows = responses.scores(context.db, viewer, participant_id)
    chosen = studies.one(context.db, viewer.study_id)["scoring"]
    return scores.measures(rows, context.catalog, called, zone, chosen)


def _alerts(context: Context, viewer: Staff, participant_id: str) -> list[Row]:
    return [
        {**row, "about": words.alert(row["kind"])}
        for row in alerts.standing(context.db, viewer)
        if row["participant_id"] == participant_id
    ]


def _phones(
    context: Context, viewer: Staff, participant_id: str, zone: str, now: datetime
) -> list[Phone]:
    counts = envelopes.count_by_device(context.db, viewer, participant_id)
    return [
        Phone(
            id=row["id"],
            name=words.browser(row["agent"]),
            bound=moments.moment(row["bound_at"], zone, named=False),
            seen=moments.ago(row["seen_at"], now),
            seen_known=bool(row["seen_known"]),
            ticks=words.ticks(row),
            revoked=moments.moment(row["revoked_at"], zone, named=False),
            delivered=counts[row["id"]]["delivered"] if row["id"] in counts else None,
            agrees=words.counts(counts[row["id"]]) if row["id"] in counts else None,
        )
        for row in devices.of(context.db, viewer, participant_id)
    ]


def _guide(row: Row, now: datetime, zone: str) -> Row:
    today = now.astimezone(ZoneInfo(zone)).date().isoformat()
    runs = row["to_on"] is None or row["to_on"] >= today
    return {
        **row, "from": moments.day(row["from_on"]), "to": moments.day(row["to_on"]), "runs": runs
    }  # fmt: skip


def _raters(context: Context, viewer: Staff, participant_id: str, zone: str) -> list[Row]:
    return [
        {**row, "since": moments.moment(row["since"], zone, named=False)}
        for row in raters.of(context.db, viewer, participant_id)
    ]


def _rater_candidates(context: Context, viewer: Staff, participant_id: str) -> list[Row]:
    """Return who may be asked to rate this participant: raters who do not, and never guided them."""
    if not viewer.roles & CARES:
        return []
    taken = {row["staff_id"] for row in raters.of(context.db, viewer, participant_id)}
    taken |= {row["staff_id"] for row in facilitators.of(context.db, viewer, participant_id)}
    every = raters.candidates(context.db, viewer.study_id)
    return [row for row in every if row["id"] not in taken]


def _unreminded(viewer: Staff, person: Row, phones: list[Phone]) -> str:
    """Say to those who can change it why nobody is reminded; nothing where reminders go out."""
    if not viewer.roles & CARES or person["status"] == "withdrawn":
        return ""
    if person["status"] == "prepared":
        return str(gettext("No reminder goes out before somebody has looked and said go."))
    if person["status"] == "paused":
        return str(gettext("No reminder goes out while the participant pauses."))
    if person["channel"] == "none":
        return str(gettext("The participant wants no reminders."))
    if all(phone.revoked for phone in phones):
        return str(
            gettext(
                "Reminders begin once a phone is connected: before that they would lead nowhere."
            )
        )
    return ""


def _message(row: Row, zone: str) -> Message:
    return Message(
        moments.moment(row["due_at"], zone, named=False), words.message_kind(row["kind"]),
        words.message(row["state"]), row["error"],
    )  # fmt: skip
