"""What forms wait for, in words: a visit, its confirmation, the event, the allocation, an earlier answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from server.actions.context import Context
from server.actions.reconcile import waits_for
from server.domain.assessment import state
from server.domain.concealment import may_know, row_known_to
from server.domain.people import Staff
from server.domain.protocol import Protocol
from server.domain.timeline import Unplanned
from server.store.database import Row
from server.web.staff.visit_lines import anchor_label

# Whoever reads this wants to know what to do, not all that hangs on it.
_NAMED = 4


@dataclass(frozen=True)
class Wait:
    """One thing that is waited for, and the forms that wait for it."""

    reason: str
    forms: str


def of(
    context: Context, viewer: Staff, participant_id: str, protocol: Protocol, rows: list[Row]
) -> list[Wait]:
    """Return what this participant's forms wait for: first those planned, then those that cannot be yet.

    `rows` are the participant's assessments as this viewer may see them.
    """
    found = list(_unconfirmed(context, protocol, rows))
    found += [
        (_course(each.course, protocol, _said(each.reason, protocol)), each.label)
        for each in waits_for(context, context.db, participant_id)
        if _told(each, protocol, viewer)
    ]
    gathered: dict[str, list[str]] = {}
    for reason, form in found:
        gathered.setdefault(reason, []).append(form)
    return [Wait(reason, _told_shortly(forms)) for reason, forms in gathered.items()]


def _told_shortly(forms: list[str]) -> str:
    """Name the forms that come first, and say how many there are beside them."""
    names = list(dict.fromkeys(forms))
    shown, rest = names[:_NAMED], len(names) - _NAMED
    if rest < 2:
        return ", ".join(names)
    more = ngettext("and %(num)s more", "and %(num)s more", rest)
    return f"{', '.join(shown)}, {more}"


def _unconfirmed(
    context: Context, protocol: Protocol, rows: Iterable[Row]
) -> Iterable[tuple[str, str]]:
    """Yield the planned forms that open once somebody has said that their visit was held."""
    now = context.clock.now()
    for row in rows:
        if row["awaits_visit_id"] and state(row, now) in {"upcoming", "awaiting"}:
            visit = anchor_label(protocol, row["anchor"])
            said = gettext("%(visit)s to be confirmed as held", visit=visit)
            yield _course(row["course"], protocol, str(said)), row["label"]


def _told(each: Unplanned, protocol: Protocol, viewer: Staff) -> bool:
    """Whether this viewer may read that it is asked: hidden as its answers would be."""
    if each.alliance and (not viewer.sees_alliance or viewer.id in each.hidden_from):
        return False
    return may_know(row_known_to(protocol, each.definition), viewer.roles)


def _said(reason: str, protocol: Protocol) -> str:
    """Return a reason of the planner with visits called what staff call them."""
    kinds = "|".join(sorted(map(re.escape, protocol.visits), key=len, reverse=True))
    told = re.sub(
        rf"(?<![\w“-])(?:{kinds})(?:-\d+)?(?![\w”-])",
        lambda found: anchor_label(protocol, found[0]).partition(" (")[0],
        reason.removeprefix("waits for "),
    )
    return told[:1].upper() + told[1:]


def _course(number: int, protocol: Protocol, said: str) -> str:
    """Say which course is meant where there are several."""
    if len(protocol.courses) < 2:
        return said
    name = protocol.courses.get(number, str(number))
    return str(gettext("%(course)s: %(reason)s", course=name, reason=said))
