"""A course tried out, as JSON for programs and as a list by day for people at a command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from server.domain.agenda import Day, agenda, last_day
from server.domain.assessment import State, rule, state
from server.domain.protocol import Protocol
from server.domain.simulation import Line, Message, Outcome
from server.outputs import messages

_MIDNIGHT = "00:00"


def as_json(outcome: Outcome, now: datetime) -> str:
    """Return every form asked, in order of opening, with times as the participant's clock shows them."""
    rows = [as_row(outcome, line, now) for line in outcome.lines]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def as_row(outcome: Outcome, line: Line, now: datetime) -> dict[str, Any]:
    """Return one form as a mapping; `course` is named only where there are several."""
    row = line.row
    found: dict[str, Any] = {
        "assessment": row.definition,
        "instrument": row.instrument,
        "about": row.about,
        "occasion": line.occasion,
        "anchor": row.anchor,
        "anchor_date": row.anchor_on.isoformat(),
        "opens": outcome.local(row.opens_at).isoformat(),
        "target": outcome.local(row.target_at).isoformat(),
        "closes": outcome.local(row.closes_at).isoformat(),
        "state": state_of(line, now),
        "reminders": [outcome.local(each.at).isoformat() for each in line.messages],
    }
    if any(each.row.course > 1 for each in outcome.lines):
        found["course"] = row.course
    return found


def state_of(line: Line, now: datetime) -> State:
    """Return the state that this form would be in at an instant."""
    at = line.answered_at
    answered = at is not None and at <= now
    return state(
        {
            "opens_at": line.row.opens_at,
            "closes_at": line.row.closes_at,
            "response_id": line.row.id if answered else None,
            "retired_at": None,
            "awaits_visit_id": line.row.awaits,
            "answered_late": at is not None and at >= line.row.closes_at,
        },
        now,
    )


def letter(outcome: Outcome, message: Message, url: str) -> messages.Text:
    """Return the words of a message as it would be sent."""
    zone = outcome.zone(message.closes_at)
    count = len(message.open)
    return messages.reminder(url, outcome.facts.language, zone, message.closes_at, count)


def reasons(outcome: Outcome) -> dict[str, list[str]]:
    """Return what is not planned, by the reason why."""
    found: dict[str, list[str]] = {}
    for each in outcome.unplanned:
        found.setdefault(each.reason, []).append(each.label)
    return found


def as_text(
    outcome: Outcome, protocol: Protocol, now: datetime, url: str, notes: Sequence[str] = ()
) -> str:
    """Return the list by day, each message with its words."""
    return "\n".join(_lines(outcome, protocol, now, url, notes))


class Letters:
    """The words of each message: whole, and what of them is not the same in all."""

    def __init__(self, outcome: Outcome, url: str) -> None:
        self._told = [
            f"{text.subject}\n\n{text.text.strip()}".splitlines()
            for text in (letter(outcome, message, url) for message in outcome.messages)
        ]
        self._first = outcome.messages[:1]
        self._place = {id(each): at for at, each in enumerate(outcome.messages)}
        self._always = set(self._told[0]).intersection(*self._told) if self._told else set()

    def whole(self, message: Message) -> list[str]:
        """Return all lines of a message, its subject first."""
        return self._told[self._place[id(message)]]

    def own(self, message: Message) -> list[str]:
        """Return the lines that not every message has; none where all say the same."""
        return [line for line in self.whole(message) if line not in self._always]

    def told(self, message: Message) -> list[str]:
        """Return the lines to print below a message in a list: of those after the first, its own."""
        if message in self._first:
            return self.whole(message)
        return self.own(message) or ["the same words"]


def _lines(
    outcome: Outcome, protocol: Protocol, now: datetime, url: str, notes: Sequence[str]
) -> Iterator[str]:
    facts = outcome.facts
    yield f"{protocol.title} ({protocol.id} {protocol.version})"
    arm = protocol.arms.get(facts.arm, "no arm yet")
    yield f"{arm}; {facts.zones[0].zone} time; enrolled {_day(facts.enrolled_on)}"
    for note in notes:
        yield f"Assumed: {note}."
    letters = Letters(outcome, url)
    for day in agenda(outcome):
        if day.visits or day.opens or day.messages:
            yield ""
            yield _day(day.on)
            yield from _of_day(outcome, protocol, day, now, letters)
    yield ""
    yield _sum(outcome)
    if outcome.unplanned:
        yield ""
        yield "Not planned:"
        for reason, labels in reasons(outcome).items():
            yield f"  {reason}: {', '.join(labels)}"


def _of_day(
    outcome: Outcome, protocol: Protocol, day: Day, now: datetime, letters: Letters
) -> Iterator[str]:
    for label, visit in day.visits:
        clock = f", {visit.at:%H:%M}" if visit.at else ""
        yield f"  visit    {protocol.visits[visit.kind].label} ({label}{clock})"
    for line in day.opens:
        yield f"  opens    {_form(outcome, line, now)}"
    for message in day.messages:
        yield f"  message  {outcome.local(message.at):%H:%M}, names {_forms(len(message.open))}"
        yield from (f"             | {text}".rstrip() for text in letters.told(message))


def _form(outcome: Outcome, line: Line, now: datetime) -> str:
    row = line.row
    opens, closes = outcome.local(row.opens_at), outcome.local(row.closes_at)
    about = f" about {row.about}" if row.about else ""
    start = "" if f"{opens:%H:%M}" == _MIDNIGHT else f" from {opens:%H:%M}"
    end = _day(last_day(outcome, line))
    if f"{closes:%H:%M}" != _MIDNIGHT:
        end += f" {closes:%H:%M}"
    by = "" if row.respondent == "participant" else f", answered by {row.respondent}"
    when = f"{start} until {end}, {row.minutes} min{by}"
    return f"{row.label}{about} ({row.anchor}){when}  [{rule(state_of(line, now)).word}]"


def _sum(outcome: Outcome) -> str:
    theirs = [line for line in outcome.lines if line.row.respondent == "participant"]
    minutes = sum(line.row.minutes for line in theirs)
    long = f"{minutes} minute{'' if minutes == 1 else 's'}"
    count = len(outcome.messages)
    sent = f"{count} message{'' if count == 1 else 's'}"
    return f"In all: {_forms(len(theirs))} for the participant, {long}, {sent}."


def _forms(count: int) -> str:
    return f"{count} form{'' if count == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"
