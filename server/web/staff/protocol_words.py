"""A protocol's windows and reminders as sentences for people who never saw its file."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from server.domain.protocol import (
    Anchor,
    AssessmentDefinition,
    Moment,
    Offset,
    Protocol,
    ReminderRule,
    VisitKind,
)  # fmt: skip


def times(kind: VisitKind) -> str:
    """Return how often a kind of visit happens."""
    if kind.count is not None:
        return str(ngettext("%(num)s time", "%(num)s times", kind.count))
    return str(gettext("as often as needed")) if kind.repeat else gettext("once")


def anchor(found: Anchor, protocol: Protocol) -> str:
    """Return what a window is counted from."""
    name = _visit(found.kind, protocol)
    if found.before:
        return str(
            gettext(
                "last %(visit)s before %(other)s", visit=name, other=_named(found.before, protocol)
            )
        )
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
    closes = moment(asked.closes, protocol) if asked.closes else ""
    return str(gettext("from %(opens)s until %(closes)s", opens=opens, closes=closes))


def moment(found: Moment, protocol: Protocol) -> str:
    """Return a moment of a window."""
    if found.visit:
        day = _named(found.visit, protocol)
    elif found.offset.amount == 0:
        day = str(gettext("the same day"))
    else:
        day = offset(found.offset)
    return (
        str(gettext("%(day)s at %(time)s", day=day, time=f"{found.at:%H:%M}")) if found.at else day
    )


def offset(found: Offset, *, earlier: bool = False, later: bool = False) -> str:
    """Return a stretch of calendar time, after or before an anchor, or earlier or later than a target."""
    count = abs(found.amount)
    length = {
        "day": ngettext("%(num)s day", "%(num)s days", count),
        "week": ngettext("%(num)s week", "%(num)s weeks", count),
        "month": ngettext("%(num)s month", "%(num)s months", count),
    }[found.unit]
    if earlier or later:
        ahead = found.amount < 0 or (found.amount == 0 and earlier)
        said = gettext("%(length)s earlier") if ahead else gettext("%(length)s later")
    else:
        said = gettext("%(length)s before") if found.amount < 0 else gettext("%(length)s after")
    return str(said) % {"length": length}


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


def _visit(kind: str, protocol: Protocol) -> str:
    found = protocol.visits.get(kind)
    return found.label if found else kind


def _named(label: str, protocol: Protocol) -> str:
    kind, _, number = label.rpartition("-")
    return f"{_visit(kind, protocol)} {number}" if kind and number.isdigit() else label
