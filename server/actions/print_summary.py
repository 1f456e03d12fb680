"""Prints a participant's summary for a named reader, and notes in the audit trail that it was printed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.actions.reconcile import design
from server.domain.answers import Answer
from server.domain.assessment import state
from server.domain.instrument import Instrument, Wording
from server.domain.people import Actor, Staff
from server.domain.protocol import Protocol
from server.domain.scoring.settings import HEADLINE
from server.errors import ForbiddenError, NotFoundError
from server.outputs import page, pdf, summary
from server.outputs.pdf import Paper
from server.outputs.record import Reader, Record, ScoreLine, Sitting, VisitLine
from server.store import assessments, participants, responses, staff, studies, visits
from server.store.database import Row


def print_summary(
    context: Context,
    viewer: Staff,
    participant_id: str,
    *,
    research_copy: bool = False,
    reader: Staff | None = None,
    paper: Paper = "a4",
) -> bytes:
    """Return the summary as a PDF, drawn for `reader` (who is the viewer, unless someone else is named).

    It holds what both the reader and whoever prints may see, never more. Alliance is left out unless
    a research copy is asked for, which then says so on every page.

    Raises:
        NotFoundError: there is no such participant for one of the two.
        ForbiddenError: an independent rater asks, or someone for whom no research copy may be made.
        PrintError: the pages could not be made.

    """
    reader = reader or viewer
    _allow(viewer, reader, research_copy=research_copy)
    record = gather(context, viewer, reader, participant_id, research_copy=research_copy)
    printed = pdf.to_pdf(page.html(summary.summary(record)), page.css(), paper)
    actor = Actor("staff", viewer.id, "+".join(sorted(viewer.roles)))
    with context.write(actor, "summary printed") as tx:
        copy = {
            "reader": reader.id,
            "research_copy": research_copy,
            "sha256": hashlib.sha256(printed).hexdigest(),
        }
        tx.note("summaries", participant_id, "printed", copy)
    return printed


def gather(
    context: Context,
    viewer: Staff,
    reader: Staff,
    participant_id: str,
    *,
    research_copy: bool,
) -> Record:
    """Return what a summary may show to both `viewer` and `reader`, in the participant's own days."""
    db = context.db
    participants.one(db, viewer, participant_id)
    person = participants.one(db, reader, participant_id)
    study = studies.one(db, person["study_id"])
    protocol, _instruments = design(context, study, participant_id)
    zone = ZoneInfo(person["zone"])
    return Record(
        study_code=study["code"],
        study_title=study["title"],
        participant_code=person["code"],
        status=person["status"],
        enrolled_on=date.fromisoformat(person["enrolled_on"]),
        printed_at=context.clock.now().astimezone(zone),
        zone=person["zone"],
        reader=_named(context, reader),
        synthetic=bool(study["synthetic"]),
        research_copy=research_copy,
        visits=_visits(context, reader, protocol, participant_id),
        sittings=_sittings(context, (viewer, reader), participant_id, zone, alliance=research_copy),
    )


def _allow(viewer: Staff, reader: Staff, *, research_copy: bool) -> None:
    for person in (viewer, reader):
        if person.roles <= {"rater"}:
            raise ForbiddenError("Independent raters do not see what participants report.")
        if research_copy and (not person.sees_alliance or "facilitator" in person.roles):
            raise ForbiddenError("A research copy is not for facilitators, nor for this role.")


def _named(context: Context, reader: Staff) -> Reader:
    row = staff.one(context.db, reader.id)
    return Reader(row["name"] if row else reader.id, ", ".join(sorted(reader.roles)))


def _visits(
    context: Context, reader: Staff, protocol: Protocol, participant_id: str
) -> tuple[VisitLine, ...]:
    return tuple(
        VisitLine(
            kind=row["kind"],
            label=_visit_label(protocol, row),
            on=date.fromisoformat(row["on_day"]),
            status=row["status"],
            at=time.fromisoformat(row["at_time"]) if row["at_time"] else None,
        )
        for row in visits.of(context.db, reader, participant_id)
    )


def _visit_label(protocol: Protocol, row: Row) -> str:
    """Return `Dosing 2` for `dosing-2`; a kind that happens once goes without a number."""
    kind = protocol.visits.get(row["kind"])
    label = kind.label if kind else row["kind"]
    number = str(row["label"]).removeprefix(row["kind"]).removeprefix("-")
    once = kind is not None and kind.count == 1 and not kind.repeat
    return f"{label} {number}" if number and not once else label


def _sittings(
    context: Context,
    eyes: tuple[Staff, Staff],
    participant_id: str,
    zone: tzinfo,
    *,
    alliance: bool,
) -> tuple[Sitting, ...]:
    """Return the forms that both may see, each with the response that counts for it.

    What is about a person needs `alliance`. Open words that are hidden from facilitators are about
    nobody: they stand on the page of whoever may read them, and the rows of others never get here.
    """
    viewer, reader = eyes
    allowed = {row["id"] for row in assessments.of(context.db, viewer, participant_id)}
    answered = {row["id"]: row for row in responses.of(context.db, reader, participant_id)}
    choices = studies.one(context.db, reader.study_id)["scoring"]
    scores: dict[str, list[Row]] = {}
    for row in responses.scores(context.db, reader, participant_id):
        scores.setdefault(row["response_id"], []).append(row)
    return tuple(
        _headed(
            _sitting(context, reader, row, answered.get(row["response_id"]), scores, zone), choices
        )
        for row in assessments.of(context.db, reader, participant_id)
        if row["id"] in allowed
        and (alliance or row["about_staff_id"] is None)
        and not _told_once(context, row)
        and state(row, context.clock.now()) != "retired"
    )


def _headed(sitting: Sitting, choices: Mapping[str, Mapping[str, str]]) -> Sitting:
    """Let the score stand for it that the study picked."""
    picked = choices.get(sitting.instrument.id, {}).get(HEADLINE, "")
    return replace(sitting, headline=picked) if picked in sitting.instrument.heads else sitting


def _told_once(context: Context, row: Row) -> bool:
    """Whether it asks for what is kept sealed: neither the words nor that they were asked is printed."""
    try:
        return bool(context.catalog.instrument(row["instrument"]).giving)
    except NotFoundError:  # the definition is gone from forms/
        return False


def _sitting(
    context: Context,
    reader: Staff,
    row: Row,
    response: Row | None,
    scores: dict[str, list[Row]],
    zone: tzinfo,
) -> Sitting:
    instrument, wording = _asked(context, row, response)
    shown = state(row, context.clock.now())
    return Sitting(
        label=row["label"],
        instrument=instrument,
        wording=wording,
        opens_on=_day(row["opens_at"], zone),
        target_on=_day(row["target_at"], zone),
        closes_on=_day(row["closes_at"], zone),
        state=shown,
        about=row["about_name"] or "",
        alliance=row["about_staff_id"] is not None,
        answered_at=_answered_at(response, zone) if response else None,
        source=response["source"] if response else "",
        entered_by=response["entered_by_name"] if response else "",
        note=row["became_reason"] if shown == "excused" else "",
        scores=_scores(instrument, scores.get(response["id"], [])) if response else (),
        answers=_answers(context, reader, response["id"]) if response else (),
    )


def _asked(context: Context, row: Row, response: Row | None) -> tuple[Instrument, Wording]:
    """Return the very version that was answered (R21); what nobody answered, as it is today."""
    catalog = context.catalog
    if response is None:
        return catalog.instrument(row["instrument"]), catalog.wording(row["instrument"], "en")
    instrument = catalog.instrument(response["instrument"], response["instrument_version"])
    _, language, version = response["wording"].split("/")
    try:
        return instrument, catalog.wording(instrument.id, language, version)
    except NotFoundError:  # a site may take a wording away; codes and topics still tell
        return instrument, catalog.wording(instrument.id, language)


def _answered_at(response: Row, zone: tzinfo) -> datetime:
    """When it was answered by the phone's clock, or by ours where the phone's is not believed."""
    believed = response["finished_at"] and not response["clock_doubtful"]
    moment = response["finished_at"] if believed else response["received_at"]
    return datetime.fromisoformat(moment).astimezone(zone)


def _scores(instrument: Instrument, rows: list[Row]) -> tuple[ScoreLine, ...]:
    """Return the scores that count, in the order of the instrument's file."""
    order = [score.id for score in instrument.scores]
    current = [row for row in rows if row["score"] in order]
    return tuple(
        ScoreLine(row["score"], row["value"], row["reason"], bool(row["prorated"]), row["error"])
        for row in sorted(current, key=lambda row: order.index(row["score"]))
    )


def _answers(context: Context, reader: Staff, response_id: str) -> tuple[Answer, ...]:
    return tuple(
        Answer(row["item"], row["state"], _value(row["value"]), row["reason"])
        for row in responses.answers(context.db, reader, response_id)
    )


def _value(stored: object) -> int | float | str | tuple[int, ...] | None:
    match stored:
        case list():
            return tuple(stored)
        case bool() | None:
            return None
        case int() | float() | str():
            return stored
        case _:
            raise TypeError(stored)


def _day(moment: str, zone: tzinfo) -> date:
    return datetime.fromisoformat(moment).astimezone(zone).date()
