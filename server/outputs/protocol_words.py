"""A protocol's windows, conditions and reminders as sentences for people who never saw its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from flask_babel import gettext, ngettext

from server.domain.instrument import Respondent
from server.domain.protocol import (
    Anchor,
    Answered,
    AssessmentDefinition,
    Moment,
    Offset,
    Protocol,
    ReminderRule,
    Repeat,
    Scored,
    VisitKind,
    When,
    parse_anchor,
)
from server.domain.visit_names import with_number


def times(kind: VisitKind) -> str:
    """Return how often a kind of visit happens."""
    if kind.count is not None:
        return str(ngettext("%(num)s time", "%(num)s times", kind.count))
    return str(gettext("as often as needed")) if kind.repeat else gettext("once")


def counted_from(asked: AssessmentDefinition, protocol: Protocol) -> str:
    """Return what a form is counted from, and how it comes again."""
    first = anchor(asked.anchor, protocol)
    return f"{first}; {repeat(asked.repeat, protocol)}" if asked.repeat else first


def anchor(found: Anchor, protocol: Protocol) -> str:
    """Return what a window is counted from."""
    if found.completion:
        asked = protocol.definitions.get(found.completion)
        label = asked.label if asked else found.completion
        return str(gettext("the day “%(form)s” is answered", form=label))
    name = _visit(found.kind, protocol)
    if found.before:
        other = visit(found.before, protocol)
        return str(gettext("last %(visit)s before %(other)s", visit=name, other=other))
    if found.which == "every":
        return str(gettext("every %(visit)s", visit=name))
    if found.which == "last":
        return str(gettext("last %(visit)s", visit=name))
    return f"{name} {found.number}" if found.number else name


def window(asked: AssessmentDefinition, protocol: Protocol) -> str:
    """Return when it may be answered."""
    if asked.target and asked.window:
        before, after = asked.window
        return str(
            gettext(
                "%(target)s, or up to %(before)s and %(after)s",
                target=moment(asked.target, protocol),
                before=offset(before, earlier=True),
                after=offset(after, later=True),
            )
        )
    opens = moment(asked.opens, protocol) if asked.opens else ""
    closes = _closing(asked.closes, protocol) if asked.closes else ""
    return str(gettext("from %(opens)s until %(closes)s", opens=opens, closes=closes))


def _closing(found: Moment, protocol: Protocol) -> str:
    """Return when a window closes. Midnight at a day's beginning belongs to nobody's day: say so."""
    if found.at == time.min:
        day = moment(found.model_copy(update={"at": None}), protocol)
        return str(gettext("the midnight before %(day)s", day=day))
    return moment(found, protocol)


def moment(found: Moment, protocol: Protocol) -> str:
    """Return a moment of a window."""
    if found.visit:
        day = _apart(found.offset, visit(found.visit, protocol))
    elif found.offset.amount == 0:
        day = str(gettext("the same day"))
    else:
        day = offset(found.offset)
    return (
        str(gettext("%(day)s at %(time)s", day=day, time=f"{found.at:%H:%M}")) if found.at else day
    )


def _apart(found: Offset, visit_name: str) -> str:
    """Return a visit's day, or the one so long before or after it."""
    if found.amount == 0:
        return visit_name
    said = (
        gettext("%(length)s before %(visit)s")
        if found.amount < 0
        else gettext("%(length)s after %(visit)s")
    )
    return str(said) % {"length": length(found), "visit": visit_name}


def _beside(found: Offset, name: str) -> str:
    """Return a day counted from a visit that is named."""
    if found.amount == 0:
        return name
    said = (
        gettext("%(length)s before %(visit)s")
        if found.amount < 0
        else gettext("%(length)s after %(visit)s")
    )
    return str(said) % {"length": length(found), "visit": name}


def offset(found: Offset, *, earlier: bool = False, later: bool = False) -> str:
    """Return a stretch of calendar time, after or before an anchor, or earlier or later than a target."""
    if earlier or later:
        ahead = found.amount < 0 or (found.amount == 0 and earlier)
        said = gettext("%(length)s earlier") if ahead else gettext("%(length)s later")
    else:
        said = gettext("%(length)s before") if found.amount < 0 else gettext("%(length)s after")
    return str(said) % {"length": length(found)}


def reminder(rule: ReminderRule) -> str:
    """Return when a reminder goes out."""
    opening = rule.counted_from == "opening"
    if rule.offset.amount == 0:
        text = gettext("when it opens") if opening else gettext("when it closes")
    else:
        text = gettext(
            "%(length)s %(what)s", length=offset(rule.offset),
            what=gettext("it opens") if opening else gettext("it closes"),
        )  # fmt: skip
    return (
        str(gettext("%(day)s at %(time)s", day=text, time=f"{rule.at:%H:%M}")) if rule.at else text
    )


def repeat(found: Repeat, protocol: Protocol) -> str:
    """Return how a form comes again."""
    every = str(gettext("every %(length)s", length=length(found.every)))
    if found.times:
        return str(
            ngettext(
                "%(every)s, %(num)s time", "%(every)s, %(num)s times", found.times, every=every
            )
        )
    if found.until and found.until.visit:
        end = visit(found.until.visit, protocol)
        return str(gettext("%(every)s, until %(end)s", every=every, end=end))
    if found.until and found.until.offset:
        span = length(found.until.offset)
        return str(gettext("%(every)s, for %(length)s", every=every, length=span))
    return every


def conditions(when: When, protocol: Protocol) -> list[str]:
    """Return for whom a form is asked at all, a sentence each; nothing where it is for everyone."""
    found = [
        _only(gettext("Only in the arm %(names)s."), when.arm, protocol.arms),
        _only(gettext("Only at the site %(names)s."), when.site, protocol.sites),
        _only(gettext("Only for those who read %(names)s."), when.language, {}),
        _only(gettext("Only in the course “%(names)s”."), when.course, protocol.courses),
        _answered(when.answered, protocol) if when.answered else "",
        _scored(when.score, protocol) if when.score else "",
    ]
    return [each for each in found if each]


def answered_by(respondent: Respondent) -> str:
    """Return who answers a form."""
    words: dict[str, str] = {
        "participant": gettext("the participant"),
        "facilitator": gettext("the facilitator"),
        "rater": gettext("an independent rater"),
        "staff": gettext("the study's staff"),
    }
    return words.get(respondent, respondent)


def point(label: str, protocol: Protocol) -> str:
    """Return what people call the point that a planned form was counted from."""
    found = parse_anchor(label)
    return anchor(found, protocol) if found.completion else visit(label, protocol)


def visit(label: str, protocol: Protocol) -> str:
    """Return what people call a visit that the file calls `dosing-1`."""
    kind, _, number = label.rpartition("-")
    if not (kind and number.isdigit()):
        return _visit(label, protocol)
    return with_number(_visit(kind, protocol), number)


def length(found: Offset) -> str:
    """Return a stretch of calendar time without its direction."""
    count = abs(found.amount)
    return str(
        {
            "day": ngettext("%(num)s day", "%(num)s days", count),
            "week": ngettext("%(num)s week", "%(num)s weeks", count),
            "month": ngettext("%(num)s month", "%(num)s months", count),
        }[found.unit]
    )


def _only(sentence: object, named: Sequence[object], labels: Mapping[Any, str]) -> str:
    if not named:
        return ""
    names = str(gettext(" or ")).join(labels.get(each, str(each)) for each in named)
    return str(sentence) % {"names": names}


def _answered(found: Answered, protocol: Protocol) -> str:
    codes = str(gettext(" or ")).join(f"{code:g}" for code in found.codes)
    return str(
        gettext(
            "Only if “%(form)s” was answered with %(codes)s in %(item)s.",
            form=_form(found.assessment, protocol), item=found.item, codes=codes,
        )
    )  # fmt: skip


def _scored(found: Scored, protocol: Protocol) -> str:
    bounds = [
        str(gettext("at least %(number)s", number=f"{found.at_least:g}"))
        if found.at_least is not None
        else "",
        str(gettext("below %(number)s", number=f"{found.below:g}"))
        if found.below is not None
        else "",
    ]
    span = str(gettext(" and ")).join(each for each in bounds if each)
    return str(
        gettext(
            "Only if %(score)s in “%(form)s” is %(span)s.",
            form=_form(found.assessment, protocol), score=found.score, span=span,
        )
    )  # fmt: skip


def _form(definition: str, protocol: Protocol) -> str:
    found = protocol.definitions.get(definition)
    return found.label if found else definition


def _visit(kind: str, protocol: Protocol) -> str:
    found = protocol.visits.get(kind)
    return found.label if found else kind
