"""File an opened answer under its assessment: check it, score it, and settle what hung on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from server.actions.context import Context
from server.actions.raise_alerts import raise_alerts
from server.actions.reconcile import follow_answer, reconcile
from server.actions.reconcile_messages import cancel_reminders
from server.clock import from_text, to_text
from server.domain.answers import Answers, kept_aside, validate
from server.domain.instrument import Instrument
from server.domain.punctuality import LONGEST_OFFLINE, LONGEST_ON_PAPER, Punctuality, judge
from server.domain.quarantine import Quarantine
from server.domain.scoring import score
from server.domain.scoring.settings import known_settings
from server.errors import BadInputError, NotFoundError
from server.inputs.payload import Payload
from server.store import answered, drafts, events, forms, responses, scorings, studies
from server.store.database import Row
from server.store.transaction import Transaction

# Of a quarantine's detail: how many items it names, and how much of a name.
_MOST_NAMED = 5
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Arrival:
    """An opened envelope with what is known about who delivered it, and when.

    `entered_by` is the staff member who entered it; empty where the participant's own phone sent it.
    """

    seq: int
    id: str
    received_at: datetime
    participant_id: str
    payload: Payload
    entered_by: str = ""


@dataclass(frozen=True, slots=True)
class _Checked:
    """An answer of which everything was looked up: where it goes, on which form, how punctual."""

    assessment: Row
    form: Row
    instrument: Instrument
    answers: Answers
    punctuality: Punctuality


def file_response(tx: Transaction, context: Context, arrival: Arrival) -> str:
    """File the answer and return the assessment that it really belongs to.

    Raises:
        Quarantine: it cannot be filed; nothing was written.

    """
    checked = _check(tx, context, arrival)
    assessment_id = str(checked.assessment["id"])
    items = {item.id: place for place, item in enumerate(checked.instrument.questions, start=1)}
    kept = _without_given(checked.instrument, checked.answers)
    responses.add(tx, _row(tx, arrival, checked), items, kept)
    choices = studies.one(tx.db, checked.assessment["study_id"])["scoring"]
    chosen = known_settings(checked.instrument, choices.get(checked.instrument.id, {}))
    scorings.add(tx, arrival.id, score(checked.instrument, checked.answers, chosen))
    raise_alerts(
        tx, checked.assessment, arrival.id, checked.instrument, checked.answers,
        _answered_at(arrival, checked),
    )  # fmt: skip
    answered.count(tx, assessment_id, arrival.id)
    cancel_reminders(tx, assessment_id)
    drafts.drop(tx, assessment_id)
    drafts.drop(tx, arrival.payload.assessment, response_id=arrival.id)
    _keep_given(tx, context, arrival, checked)
    follow_answer(tx, context, arrival.participant_id, checked.assessment["definition"])
    return assessment_id


def _without_given(instrument: Instrument, answers: Answers) -> Answers:
    """Leave out the words of what becomes a fact about the participant; that it was said stays."""
    given = set(instrument.giving.values())
    return {
        item: replace(answer, value=None) if item in given else answer
        for item, answer in answers.items()
    }


def _keep_given(tx: Transaction, context: Context, arrival: Arrival, checked: _Checked) -> None:
    """Record the event, if this form tells one, and plan at once what waited for it."""
    said = {
        what: str(checked.answers[item].value or "").strip()
        for what, item in checked.instrument.giving.items()
    }
    if not said.get("event"):
        return
    events.record(
        tx, context.keys, arrival.participant_id, said["event"], said.get("event date", ""),
        arrival.id,
    )  # fmt: skip
    reconcile(tx, context, arrival.participant_id)


def _answered_at(arrival: Arrival, checked: _Checked) -> datetime:
    """When it was answered by the phone's clock, or by ours where the phone's is not believed."""
    finished = arrival.payload.finished_at
    return (
        arrival.received_at if finished is None or checked.punctuality.clock_doubtful else finished
    )


def _check(tx: Transaction, context: Context, arrival: Arrival) -> _Checked:
    if answered.withdrawn(tx.db, arrival.participant_id):
        raise Quarantine("withdrawn")
    assessment = _assessment(tx, arrival)
    form, instrument = _form(tx, context, arrival, assessment)
    if assessment["response_id"] is not None or responses.exists(tx.db, arrival.id):
        raise Quarantine("second-response")
    try:
        answers = validate(instrument, arrival.payload.answers)
    except BadInputError as error:
        raise Quarantine("invalid-answers", _misfits(error.places)) from error
    punctuality = _judge(arrival, assessment)
    # What staff enter is in their hands already: it is taken in, and flagged as late.
    shut = assessment["late"] == "stop opening" and not arrival.entered_by
    if punctuality.begun_after_closing and shut:
        raise Quarantine("closed")
    return _Checked(assessment, form, instrument, answers, punctuality)


def _misfits(places: Mapping[str, str]) -> str:
    """Name the items at fault, each with the rule that it broke; whoever sent it named the items."""
    named = [f"{_short(item)}: {rule}" for item, rule in sorted(places.items())[:_MOST_NAMED]]
    more = len(places) - len(named)
    return "; ".join([*named, f"and {more} more"] if more else named)


def _short(item: str) -> str:
    said = item if item.isprintable() else ascii(item)[1:-1]
    return said if len(said) <= _LONGEST_NAME else f"{said[:_LONGEST_NAME]}…"


def _assessment(tx: Transaction, arrival: Arrival) -> Row:
    """Return where the answer goes: the participant may have said "I meant the other one"."""
    row = answered.assessment(tx.db, arrival.payload.assessment)
    if row is None:
        raise Quarantine("unknown-assessment")
    theirs = row["respondent"] == "participant" or arrival.entered_by
    if row["participant_id"] != arrival.participant_id or not theirs:
        raise Quarantine("not-theirs")
    about = arrival.payload.about
    if about is None or about == row["about_staff_id"]:
        return row
    other = answered.about_other(tx.db, row, about)
    if other is None:
        raise Quarantine("unknown-person")
    return other


def _form(
    tx: Transaction, context: Context, arrival: Arrival, assessment: Row
) -> tuple[Row, Instrument]:
    """Return the page that was really shown, and the version of the instrument that it shows."""
    form = forms.one(tx.db, arrival.payload.form)
    if form is None:
        raise Quarantine("unknown-form")
    if form["instrument"] != assessment["instrument"]:
        raise Quarantine("wrong-form")
    try:
        return form, context.catalog.instrument(form["instrument"], form["instrument_version"])
    except NotFoundError as error:
        raise Quarantine("unknown-form", str(error)) from error


def _judge(arrival: Arrival, assessment: Row) -> Punctuality:
    return judge(
        began_at=arrival.payload.began_at,
        finished_at=arrival.payload.finished_at,
        received_at=arrival.received_at,
        opens_at=from_text(assessment["opens_at"]),
        closes_at=from_text(assessment["closes_at"]),
        longest=LONGEST_ON_PAPER if arrival.entered_by else LONGEST_OFFLINE,
    )


def _event(tx: Transaction, arrival: Arrival) -> str | None:
    """Return which event the page named, if it is one of this participant's."""
    event = arrival.payload.event
    return event if event and events.belongs(tx.db, arrival.participant_id, event) else None


def _source(arrival: Arrival, assessment: Row) -> str:
    """Say who gave the answers. What staff enter of a participant's form stood on paper."""
    if assessment["respondent"] != "participant":
        return str(assessment["respondent"])
    return "paper" if arrival.entered_by else "participant"


def _row(tx: Transaction, arrival: Arrival, checked: _Checked) -> Row:
    inside, assessment, form = arrival.payload, checked.assessment, checked.form
    return {
        "id": arrival.id,
        "envelope_seq": arrival.seq,
        "corrects": None,
        "correction": "",
        "assessment_id": assessment["id"],
        "participant_id": arrival.participant_id,
        "instrument": form["instrument"],
        "instrument_version": form["instrument_version"],
        "wording": form["wording"],
        "form_hash": form["hash"],
        "language": form["language"],
        "about_staff_id": assessment["about_staff_id"],
        "event_id": _event(tx, arrival),
        "anchor": assessment["anchor"],
        "anchor_on": assessment["anchor_on"],
        "late": int(checked.punctuality.late),
        "clock_doubtful": int(checked.punctuality.clock_doubtful),
        "unscheduled": int(assessment["retired_at"] is not None or checked.punctuality.early),
        "began_at": to_text(inside.began_at) if inside.began_at else None,
        "finished_at": to_text(inside.finished_at) if inside.finished_at else None,
        "device_zone": inside.zone,
        "elapsed_ms": inside.elapsed_ms,
        "received_at": to_text(arrival.received_at),
        "source": _source(arrival, assessment),
        "entered_by": arrival.entered_by,
        # Escaped to ASCII: half a surrogate pair may hide in it.
        "process": json.dumps(_process(inside, checked), separators=(",", ":")),
    }


def _process(inside: Payload, checked: _Checked) -> dict[str, object]:
    """How the response came about, with what was said to questions that are not shown after all.

    Where the words are kept sealed, what they were before a change is not kept in the open either.
    """
    if checked.instrument.giving:
        return {name: inside.process[name] for name in ("times", "page") if name in inside.process}
    aside = kept_aside(inside.answers, checked.answers)
    return {**inside.process, "aside": aside} if aside else dict(inside.process)
