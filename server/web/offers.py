"""What is offered to a participant beyond what is open: what closed and is still welcome, what awaits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.actions.context import Context
from server.domain.lateness import welcome_until
from server.domain.people import Device
from server.domain.protocol import Protocol
from server.store import assessments, offers
from server.store.database import Row
from server.store.offers import Outline


@dataclass(frozen=True)
class Offers:
    """Until when each form is offered, by id; which closed ones still are; what awaits a confirmation."""

    until: Mapping[str, datetime]
    late: tuple[str, ...]
    ahead: tuple[Outline, ...]
    # When the last form that nobody answered ceased, or will cease, to be offered.
    last: datetime | None


def offers_of(
    context: Context, device: Device, protocol: Protocol, zone: str, days: int = 90
) -> Offers:
    """Return what is offered now; `ahead` holds what may open within so many days."""
    now = context.clock.now()
    planned = offers.outlines(context.db, device)
    waiting = [each for each in planned if each.waits]
    until = {each.id: welcome_until(each, planned, protocol, zone) for each in waiting}
    here = [each for each in waiting if not each.awaits]
    return Offers(
        until,
        tuple(each.id for each in here if each.closes_at <= now < until[each.id]),
        tuple(
            each
            for each in waiting
            if each.awaits and each.opens_at <= now + timedelta(days=days) and now < until[each.id]
        ),
        max((until[each.id] for each in here), default=None),
    )


def offered(context: Context, device: Device, found: Offers) -> list[Row]:
    """Return what a phone may answer now or within weeks, by opening; what closed comes at the end."""
    soon = assessments.open_or_soon(context.db, device, context.clock.now())
    return soon + [assessments.one(context.db, device, each) for each in found.late]
