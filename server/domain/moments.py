"""How a schedule file says days, anchors, repeats and reminders in words, and what they are read into."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from server.domain.plain import Frozen, parse_time, parsed

_OFFSET = re.compile(r"([+-]?)\s*(\d{1,4})\s*(day|week|month)s?")
_MOMENT = re.compile(
    r"(?:(?P<same>same day)|(?P<offset>[+-]?\s*\d+\s*(?:day|week|month)s?)"
    r"|(?:(?P<apart>\d+\s*(?:day|week|month)s?)\s+(?P<side>before|after)\s+)?"
    r"(?P<visit>[a-z][a-z-]*(?:-\d+)?))(?:\s+at\s+(?P<time>\S+))?"
)
_RULE = re.compile(
    r"(?:(?P<opening>at opening)|(?P<before>\d+\s*(?:day|week|month)s?)\s+before closing"
    r"|(?P<after>\+?\s*\d+\s*(?:day|week|month)s?))(?:\s+at\s+(?P<time>\S+))?"
)
_ANCHOR = re.compile(
    r"(?:(?P<which>last|every)\s+)?(?P<kind>[a-z][a-z-]*?)(?:-(?P<number>\d+))?"
    r"(?:\s+before\s+(?P<before>[a-z][a-z-]*?-\d+))?"
)
_COMPLETION = re.compile(r"completion of\s+(?P<of>[a-z0-9][a-z0-9-]*)")
_VISIT = re.compile(r"[a-z][a-z-]*(?:-\d+)?")


class Offset(Frozen):
    """A number of calendar days, weeks or months; negative is earlier."""

    amount: int
    unit: Literal["day", "week", "month"]


class Moment(Frozen):
    """A calendar day, counted from an anchor or from a named visit, and a local time on it."""

    offset: Offset = Offset(amount=0, unit="day")
    visit: str | None = None
    at: time | None = None


class Anchor(Frozen):
    """What a window is counted from: `enrolment`, `dosing-1`, `every dosing`, `last dosing`,
    `last preparation before dosing-1`, or (then `completion` names it) another form's answer.
    """

    text: str
    kind: str = ""
    number: int | None = None
    which: Literal["one", "every", "last"] = "one"
    before: str | None = None
    completion: str | None = None


class Until(Frozen):
    """Where repeating ends: at a visit (`dosing-1`, itself not reached) or an offset (reached)."""

    text: str
    visit: str | None = None
    offset: Offset | None = None


class ReminderRule(Frozen):
    """One reminder of an assessment: counted from its opening or back from its closing."""

    counted_from: Literal["opening", "closing"]
    offset: Offset
    at: time | None = None


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
    """Read `same day at 16:00`, `+7 days`, `dosing-1 at 08:00` or `1 day before dosing-1`.

    ValueError names what was expected.
    """
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        message = (
            f"{text!r} is no moment; write for example 'same day at 16:00', '+7 days', "
            "'dosing-1 at 08:00' or '1 day before dosing-1'"
        )
        raise ValueError(message)
    at = parse_time(match["time"]) if match["time"] else None
    sign = "-" if match["side"] == "before" else ""
    offset = parse_offset(match["offset"] or sign + (match["apart"] or "0 days"))
    return Moment(offset=offset, visit=match["visit"], at=at)


def parse_anchor(text: str) -> Anchor:
    """Read an anchor (see `Anchor`). ValueError names what was expected."""
    completed = _COMPLETION.fullmatch(text.strip())
    if completed:
        return Anchor(text=text, completion=completed["of"])
    match = _ANCHOR.fullmatch(text.strip())
    if not match:
        message = (
            f"{text!r} is no anchor; write for example 'enrolment', 'dosing-1', 'every dosing', "
            "'last dosing', 'last preparation before dosing-1' or 'completion of baseline'"
        )
        raise ValueError(message)
    number = int(match["number"]) if match["number"] else None
    which = match["which"] or "one"
    return Anchor.model_validate(
        {"text": text, "kind": match["kind"], "number": number, "which": which,
         "before": match["before"]}
    )  # fmt: skip


def parse_until(text: str) -> Until:
    """Read `dosing-1` or `+12 months`. ValueError names what was expected."""
    bare = text.strip()
    if _OFFSET.fullmatch(bare):
        return Until(text=text, offset=parse_offset(bare))
    if not _VISIT.fullmatch(bare):
        message = f"{text!r} is no end; write for example 'dosing-1' or '+12 months'"
        raise ValueError(message)
    return Until(text=text, visit=bare)


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
RuleField = Annotated[ReminderRule, parsed(parse_rule)]
UntilField = Annotated[Until, parsed(parse_until)]
