"""A study's design as data: visits, assessments, windows, reminders. Read-only once loaded."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from server.domain.plain import Frozen, Text, TimeOfDay, Truth, Whole, parse_time, parsed

_OFFSET = re.compile(r"([+-]?)\s*(\d{1,4})\s*(day|week|month)s?")
_MOMENT = re.compile(
    r"(?:(?P<same>same day)|(?P<offset>[+-]?\s*\d+\s*(?:day|week|month)s?)"
    r"|(?P<visit>[a-z][a-z-]*(?:-\d+)?))(?:\s+at\s+(?P<time>\S+))?"
)
_RULE = re.compile(
    r"(?:(?P<opening>at opening)|(?P<before>\d+\s*(?:day|week|month)s?)\s+before closing"
    r"|(?P<after>\+?\s*\d+\s*(?:day|week|month)s?))(?:\s+at\s+(?P<time>\S+))?"
)
_ANCHOR = re.compile(
    r"(?:(?P<which>last|every)\s+)?(?P<kind>[a-z][a-z-]*?)(?:-(?P<number>\d+))?"
    r"(?:\s+before\s+(?P<before>[a-z][a-z-]*?-\d+))?"
)


class Offset(Frozen):
    """A number of calendar days, weeks or months; negative is earlier."""

    amount: int
    unit: Literal["day", "week", "month"]


class Moment(Frozen):
    """A calendar day (counted from an anchor, or a named visit's own) and a local time on it."""

    offset: Offset = Offset(amount=0, unit="day")
    visit: str | None = None
    at: time | None = None


class Anchor(Frozen):
    """The visit a window is counted from: `enrolment`, `dosing-1`, `every dosing`, `last dosing`,
    `last preparation before dosing-1`.
    """

    text: str
    kind: str
    number: int | None = None
    which: Literal["one", "every", "last"] = "one"
    before: str | None = None


def parse_offset(text: str) -> Offset:
    """Read `+7 days`, `-2 weeks`, `3 months`. ValueError names what was expected."""
    match = _OFFSET.fullmatch(text.strip())
    if not match:
        message = f"{text!r} is no offset; write for example '+7 days', '-2 weeks' or '+3 months'"
        raise ValueError(message)
    sign, number, unit = match.groups()
    amount = -int(number) if sign == "-" else int(number)
    return Offset.model_validate({"amount": amount, "unit": unit})


def parse_moment(text: str) -> Moment:
    """Read `same day at 16:00`, `+7 days`, `dosing-1 at 08:00`. ValueError names what was expected."""
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        message = (
            f"{text!r} is no moment; write for example 'same day at 16:00', '+7 days' "
            "or 'dosing-1 at 08:00'"
        )
        raise ValueError(message)
    at = parse_time(match["time"]) if match["time"] else None
    offset = parse_offset(match["offset"]) if match["offset"] else Offset(amount=0, unit="day")
    return Moment(offset=offset, visit=match["visit"], at=at)


def parse_anchor(text: str) -> Anchor:
    """Read an anchor (see `Anchor`). ValueError names what was expected."""
    match = _ANCHOR.fullmatch(text.strip())
    if not match:
        message = (
            f"{text!r} is no anchor; write for example 'enrolment', 'dosing-1', 'every dosing', "
            "'last dosing' or 'last preparation before dosing-1'"
        )
        raise ValueError(message)
    number = int(match["number"]) if match["number"] else None
    which = match["which"] or "one"
    return Anchor.model_validate(
        {"text": text, "kind": match["kind"], "number": number, "which": which,
         "before": match["before"]}
    )  # fmt: skip


def parse_rule(text: str) -> ReminderRule:
    """Read `at opening`, `+2 days at 18:00` or `1 day before closing at 18:00`."""
    match = _RULE.fullmatch(text.strip())
    if not match:
        message = (
            f"{text!r} is no reminder; write for example 'at opening', '+2 days at 18:00' "
            "or '1 day before closing at 18:00'"
        )
        raise ValueError(message)
    at = parse_time(match["time"]) if match["time"] else None
    if match["before"]:
        return ReminderRule(
            counted_from="closing", offset=parse_offset("-" + match["before"]), at=at
        )
    return ReminderRule(
        counted_from="opening", offset=parse_offset(match["after"] or "0 days"), at=at
    )


AnchorField = Annotated[Anchor, parsed(parse_anchor)]
MomentField = Annotated[Moment, parsed(parse_moment)]
OffsetField = Annotated[Offset, parsed(parse_offset)]


class VisitKind(Frozen):
    """A kind of visit: how often it happens, what staff call it, what the participant reads."""

    label: Text
    participant_label: Text
    count: Whole | None = Field(default=None, ge=1)
    repeat: Truth = False


class AssessmentDefinition(Frozen):
    """One instrument asked at one kind of point of the course.

    Either `opens` and `closes` are given, or `target` with a `window` around it.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    instrument: str
    label: Text
    anchor: AnchorField
    opens: MomentField | None = None
    target: MomentField | None = None
    closes: MomentField | None = None
    window: tuple[OffsetField, OffsetField] | None = None
    order: Whole = 0


class Hours(Frozen):
    """When reminders may reach a participant, in their local time. Quiet may run over midnight.

    A file writes `{default: "10:00", quiet: "21:00-08:00"}`.
    """

    default: TimeOfDay
    quiet_from: TimeOfDay
    quiet_to: TimeOfDay

    @model_validator(mode="before")
    @classmethod
    def _split_quiet(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "quiet_from" in data:
            return data
        if "quiet" not in data:
            raise ValueError("'quiet' is missing; write for example quiet: \"21:00-08:00\"")
        quiet_from, dash, quiet_to = str(data["quiet"]).partition("-")
        if not dash:
            raise ValueError(f"quiet {data['quiet']!r} is no span; write for example 21:00-08:00")
        rest = {key: value for key, value in data.items() if key != "quiet"}
        return {**rest, "quiet_from": quiet_from.strip(), "quiet_to": quiet_to.strip()}


class ReminderRule(Frozen):
    """One reminder of an assessment: counted from its opening or back from its closing."""

    counted_from: Literal["opening", "closing"]
    offset: Offset
    at: time | None = None


class ReminderPlan(Frozen):
    """All reminders that each assessment gets, and the hours they keep. A file calls them `plan`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    rules: tuple[Annotated[ReminderRule, parsed(parse_rule)], ...] = Field(validation_alias="plan")
    hours: Hours
    most_per_day: Whole = Field(default=2, ge=1)


class Words(Frozen):
    """What participants read for the people who guide them: guide, therapist or coach."""

    guide: Literal["guide", "therapist", "coach"] = "guide"


class Protocol(Frozen):
    """One version of a study's design."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: Text
    notes: str = ""
    words: Words = Words()
    pin: Literal["asked", "off"] = "asked"
    late: Literal["accept and flag", "stop opening"] = "stop opening"
    arms: dict[str, Text] = Field(min_length=1)
    visits: dict[str, VisitKind] = Field(min_length=1)
    assessments: tuple[AssessmentDefinition, ...] = Field(min_length=1)
    reminders: ReminderPlan
