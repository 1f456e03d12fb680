"""One participant's page, gathered: everything on it was read as the viewer may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from server.actions.context import Context
from server.actions.read_contact import READS_CONTACT
from server.domain.assessment import overdue, state
from server.domain.people import CARES, SEES_ALLIANCE, Role, Staff
from server.domain.protocol import Protocol
from server.store import (
    alerts,
    assessments,
    devices,
    envelopes,
    facilitators,
    messages,
    participants,
    responses,
    studies,
    visits,
)  # fmt: skip
from server.store.database import Row
from server.web.staff import moments, scores, timeline, words
from server.web.staff.moments import Moment
from server.web.staff.scores import Measure

# Everybody but independent raters, who must not know what participants report (A25).
SEES_ANSWERS: frozenset[Role] = SEES_ALLIANCE | {"facilitator"}


@dataclass(frozen=True)
class Visit:
    """A visit as it stands, and every date it had."""

    id: str
    label: str
    when: Moment | None
    status: words.Mark
    reason: str
    past: list[Row]


@dataclass(frozen=True)
class Assessment:
    """One form at one point of the course."""

    label: str
    about: str
    anchor: str
    opens: Moment | None
    closes: Moment | None
    state: words.Mark
    answered: Moment | None
    response_id: str | None


@dataclass(frozen=True)
class Phone:
    """A bound phone with its three ticks."""

    id: str
    name: str
    bound: Moment | None
    seen: Moment | None
    ticks: list[words.Mark]
    revoked: Moment | None
    delivered: int | None


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
    status: words.Mark
    arm: str
    language: str
    zone: str
    city: str
    clock: str
    enrolled: Moment | None
    alerts: list[Row]
    drawing: timeline.Timeline | None
    measures: list[Measure]
    parts: list[Measure]
    visits: list[Visit]
    assessments: list[Assessment]
    phones: list[Phone]
    guides: list[Row]
    candidates: list[Row]
    messages: list[Message]
    cares: bool
    reads_contact: bool
    research: bool
    answers: bool


def gather(context: Context, viewer: Staff, participant_id: str) -> Record:
    """Return the page's content; NotFoundError when the participant is not for this viewer."""
    db, now = context.db, context.clock.now()
    person = participants.one(db, viewer, participant_id)
    study = studies.one(db, person["study_id"])
    protocol = context.catalog.protocol(study["protocol"], study["protocol_version"])
    zone = person["zone"]
    dated = visits.of(db, viewer, participant_id)
    asked = assessments.of(db, viewer, participant_id)
    guides = facilitators.of(db, viewer, participant_id)
    called = {row["staff_id"]: row["name"] for row in guides}
    label = partial(visit_label, protocol)
    measured = _measures(context, viewer, participant_id, called, zone)
    named = timeline.Named(visit=label, row=lambda row: _row_name(context, row))
    return Record(
        person=person,
        status=words.participant(person["status"]),
        arm=protocol.arms.get(str(person["arm"]), str(person["arm"])),
        language=person["language"],
        zone=zone,
        city=moments.city(zone),
        clock=moments.clock_in(zone, now),
        enrolled=moments.day(person["enrolled_on"]),
        alerts=_alerts(context, viewer, participant_id),
        drawing=timeline.draw(dated, asked, now, named),
        measures=[each for each in measured if each.headline],
        parts=[each for each in measured if not each.headline],
        visits=[_visit(row, label(row)) for row in dated],
        assessments=[_assessment(row, now, zone, protocol) for row in asked],
        phones=_phones(context, viewer, participant_id, zone, now),
        guides=[_guide(row) for row in guides],
        candidates=facilitators.candidates(db, viewer.study_id) if viewer.roles & CARES else [],
        messages=[_message(row, zone) for row in messages.of(db, viewer, participant_id)],
        cares=bool(viewer.roles & CARES),
        reads_contact=bool(viewer.roles & READS_CONTACT),
        research=viewer.sees_alliance,
        answers=bool(viewer.roles & SEES_ANSWERS),
    )


def visit_label(protocol: Protocol, row: Row) -> str:
    """Call a visit what the protocol calls it: `dosing-2` is Dosing 2."""
    kind = protocol.visits.get(row["kind"])
    name = kind.label if kind else row["kind"]
    ordinal = row["label"].removeprefix(row["kind"]).removeprefix("-")
    return f"{name} {ordinal}" if ordinal else name


def anchor_label(protocol: Protocol, anchor: str) -> str:
    """Call the point that a form was counted from what staff call it."""
    kind, _, number = anchor.rpartition("-")
    if not (kind and number.isdigit()):
        kind = anchor
    return visit_label(protocol, {"kind": kind, "label": anchor})


def _row_name(context: Context, row: Row) -> str:
    title = context.catalog.instrument(row["instrument"]).short_title
    return f"{title}, {row['about_name']}" if row["about_name"] else title


def _measures(
    context: Context, viewer: Staff, participant_id: str, called: dict[str, str], zone: str
) -> list[Measure]:
    if not viewer.roles & SEES_ANSWERS:
        return []
    rows = responses.scores(context.db, viewer, participant_id)
    return scores.measures(rows, context.catalog, called, zone)


def _alerts(context: Context, viewer: Staff, participant_id: str) -> list[Row]:
    return [
        {**row, "about": words.alert(row["kind"])}
        for row in alerts.standing(context.db, viewer)
        if row["participant_id"] == participant_id
    ]


def _visit(row: Row, label: str) -> Visit:
    past = [
        {**fact, "when": moments.day(fact["on_day"], fact["at_time"]),
         "mark": words.visit(fact["status"]), "recorded": moments.moment(fact["recorded_at"], "UTC")}
        for fact in row["history"][:-1]
    ]  # fmt: skip
    return Visit(
        row["id"], label, moments.day(row["on_day"], row["at_time"]),
        words.visit(row["status"]), row["reason"], past,
    )  # fmt: skip


def _assessment(row: Row, now: datetime, zone: str, protocol: Protocol) -> Assessment:
    return Assessment(
        label=row["label"],
        about=row["about_name"] or "",
        anchor=anchor_label(protocol, row["anchor"]),
        opens=moments.moment(row["opens_at"], zone, named=False),
        closes=moments.closing(row["closes_at"], zone, named=False),
        state=words.assessment(state(row, now), overdue=overdue(row, now)),
        answered=moments.moment(row["answered_at"], zone, named=False),
        response_id=row["response_id"],
    )


def _phones(
    context: Context, viewer: Staff, participant_id: str, zone: str, now: datetime
) -> list[Phone]:
    delivered = envelopes.count_by_device(context.db, viewer, participant_id)
    return [
        Phone(
            id=row["id"],
            name=words.browser(row["agent"]),
            bound=moments.moment(row["bound_at"], zone, named=False),
            seen=moments.ago(row["seen_at"], now),
            ticks=words.ticks(row),
            revoked=moments.moment(row["revoked_at"], zone, named=False),
            delivered=delivered.get(row["id"]),
        )
        for row in devices.of(context.db, viewer, participant_id)
    ]


def _guide(row: Row) -> Row:
    return {**row, "from": moments.day(row["from_on"]), "to": moments.day(row["to_on"])}


def _message(row: Row, zone: str) -> Message:
    return Message(
        moments.moment(row["due_at"], zone, named=False), words.message_kind(row["kind"]),
        words.message(row["state"]), row["error"],
    )  # fmt: skip
