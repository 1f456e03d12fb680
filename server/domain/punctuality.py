"""Whether an answer came in its window, judged from three clocks of which one may be set by anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.domain.localtime import day_end, day_start, instant

# Phones that ask the network for the time are off by seconds; beyond this somebody set the clock.
TOLERANCE = timedelta(minutes=5)
# A sealed answer waits on a phone for weeks, not for longer than this.
LONGEST_OFFLINE = timedelta(days=120)
# Paper lies in a folder for as long as it takes; no clock of anybody's is in question.
LONGEST_ON_PAPER = timedelta(days=20 * 366)
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Punctuality:
    """The verdict. `finished_at` is the device's where it can be believed, else the server's.

    late: finished after closing. begun_after_closing: it was opened when it no longer should have
    been. early: finished before its window opened (the visit was moved since, or the clock lies).
    """

    finished_at: datetime
    late: bool
    begun_after_closing: bool
    early: bool
    clock_doubtful: bool


def judge(
    *,
    began_at: datetime | None,
    finished_at: datetime | None,
    received_at: datetime,
    opens_at: datetime,
    closes_at: datetime,
    longest: timedelta = LONGEST_OFFLINE,
) -> Punctuality:
    """Judge an answer to an assessment that is open from `opens_at` until before `closes_at`.

    An answer cannot have been finished after it arrived, and hardly months before: then the
    device's clock is not believed, the server's instant stands in, and the doubt is noted. `longest` is
    how long it may have lain somewhere.
    """
    believed = finished_at is not None and (
        received_at - longest <= finished_at <= received_at + TOLERANCE
    )
    finished = finished_at if believed and finished_at is not None else received_at
    began = began_at if believed and began_at is not None and began_at <= finished else finished
    return Punctuality(
        finished_at=finished,
        late=finished >= closes_at,
        # Only a believed clock may keep an answer apart; a doubtful one is flagged instead.
        begun_after_closing=believed and began >= closes_at,
        early=finished < opens_at - TOLERANCE,
        clock_doubtful=not believed,
    )


def paper_moment(
    on: date, at: time | None, zone: str, opens_at: datetime, closes_at: datetime
) -> datetime:
    """Return when a form was filled in on paper, which may carry only a day.

    Without a time, a day counts as in the window if any moment of it was: the paper tells no more, and
    nobody is called late for that. Else it is taken as the day's noon.
    """
    if at is not None:
        return instant(on, at, zone)
    noon = instant(on, time(12), zone)
    inside = min(max(noon, opens_at), closes_at - _MOMENT)
    return inside if day_start(on, zone) <= inside < day_end(on, zone) else noon
