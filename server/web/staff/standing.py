"""Where a participant stands: status, arm (as far as the viewer may know it), site, course, version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from server.actions.context import Context
from server.domain.concealment import arm_known_to, may_know
from server.domain.facts import NOT_STANDING
from server.domain.people import CARES, Staff
from server.domain.protocol import Protocol
from server.store import groups
from server.store.database import Row
from server.web.staff import moments, visit_lines, words
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Standing:
    """What stands under a participant's code; empty where the protocol knows no such thing."""

    status: words.Mark
    arm: str
    site: str
    group: str
    course: str
    version: str
    language: str
    zone: str
    clock: str
    enrolled: Moment | None


def of(context: Context, person: Row, protocol: Protocol, dated: Iterable[Row]) -> Standing:
    """Return it from `participants.one` and the participant's visits, both as the viewer may see them."""
    return Standing(
        status=words.participant(person["status"]),
        arm=arm(person, protocol),
        site=protocol.sites.get(str(person["site"]), str(person["site"])),
        group=_group(context, person),
        course=visit_lines.course_label(protocol, _course(dated)),
        version=f"{protocol.id} {protocol.version}",
        language=person["language"],
        zone=person["zone"],
        clock=moments.clock_in(person["zone"], context.clock.now()),
        enrolled=moments.day(person["enrolled_on"]),
    )


def arm(person: Row, protocol: Protocol) -> str:
    """Return the arm in words; to whoever may not know it, not even whether there is one yet."""
    if not person["arm_known"]:
        return str(gettext("concealed from you"))
    if not person["arm"]:
        return str(gettext("not allocated yet"))
    return protocol.arms.get(str(person["arm"]), str(person["arm"]))


def allocates(viewer: Staff, protocol: Protocol) -> bool:
    """Whether this viewer may enter the arm: the same rule as the action's."""
    if protocol.allocation is None:
        return bool(viewer.roles & CARES)
    return may_know(arm_known_to(protocol), viewer.roles)


def _group(context: Context, person: Row) -> str:
    if not person["group"]:
        return ""
    return str(groups.one(context.db, person["study_id"], person["group"])["label"])


def _course(dated: Iterable[Row]) -> int:
    """Return the pass that a participant is in: the latest that has a visit which stands."""
    return max((row["course"] for row in dated if row["status"] not in NOT_STANDING), default=1)
