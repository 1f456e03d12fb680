"""Late, early, or not to be told: three clocks, of which anybody may set one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.punctuality import LONGEST_OFFLINE, TOLERANCE, judge

OPENS = datetime(2027, 3, 1, 9, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=3)
SECOND = timedelta(seconds=1)


def _judge(finished: datetime | None, received: datetime, began: datetime | None = None):
    return judge(
        began_at=began, finished_at=finished, received_at=received, opens_at=OPENS, closes_at=CLOSES
    )


def test_the_last_second_is_in_time_and_the_closing_instant_is_not():
    assert not _judge(CLOSES - SECOND, CLOSES + timedelta(days=50)).late
    assert _judge(CLOSES, CLOSES + timedelta(days=50)).late


def test_begun_before_closing_is_told_apart_from_begun_after():
    late = _judge(CLOSES + SECOND, CLOSES + SECOND, began=CLOSES - SECOND)
    assert (late.late, late.begun_after_closing) == (True, False)
    assert _judge(CLOSES + SECOND, CLOSES + SECOND, began=CLOSES).begun_after_closing


def test_an_answer_cannot_be_finished_after_it_arrived():
    fine = _judge(OPENS + TOLERANCE, OPENS)
    odd = _judge(OPENS + TOLERANCE + SECOND, OPENS)
    assert (fine.clock_doubtful, odd.clock_doubtful) == (False, True)
    assert odd.finished_at == OPENS


def test_a_doubtful_clock_never_keeps_an_answer_apart():
    verdict = _judge(CLOSES - timedelta(days=400), CLOSES + SECOND, began=CLOSES + SECOND)
    assert verdict.clock_doubtful
    assert verdict.late
    assert not verdict.begun_after_closing


def test_without_any_clock_of_its_own_the_servers_stands_in():
    verdict = _judge(None, OPENS + SECOND)
    assert (verdict.finished_at, verdict.late, verdict.clock_doubtful) == (
        OPENS + SECOND,
        False,
        True,
    )


def test_finished_before_the_window_is_early():
    assert _judge(OPENS - TOLERANCE - SECOND, OPENS + SECOND).early
    assert not _judge(OPENS - TOLERANCE, OPENS + SECOND).early


_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.none() | _MOMENTS, _MOMENTS, st.none() | _MOMENTS)
def test_whatever_the_clocks_say_the_verdict_holds_together(
    finished: datetime | None, received: datetime, began: datetime | None
):
    verdict = _judge(finished, received, began)
    assert received - LONGEST_OFFLINE <= verdict.finished_at <= received + TOLERANCE
    assert not (verdict.late and verdict.early)
    assert verdict.late or not verdict.begun_after_closing
    assert verdict.clock_doubtful == (verdict.finished_at is not finished)
