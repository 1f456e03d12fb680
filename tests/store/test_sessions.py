"""A staff session ends by itself, by its owner, and with its owner's account."""

from __future__ import annotations

from datetime import timedelta

from server.actions.keep_session import keep_session
from server.actions.switch_study import switch_study
from server.clock import FixedClock
from server.domain.people import Staff
from server.ids import token_digest
from server.store import sessions, staff
from tests.cast import TESTER, Cast


def _viewer(cast: Cast, token: str) -> Staff | None:
    return sessions.viewer(cast.context.db, token_digest(token), cast.context.clock.now())


def test_a_session_names_its_owner_and_todays_roles(cast: Cast) -> None:
    token = cast.session(cast.coordinator)

    assert _viewer(cast, token) == cast.coordinator
    with cast.context.write(TESTER, "one more role") as tx:
        staff.grant(tx, cast.coordinator.id, cast.study_id, "monitor")
    found = _viewer(cast, token)
    assert found is not None
    assert found.roles == {"coordinator", "monitor"}


def test_it_ends_after_half_an_hour_without_use(cast: Cast, clock: FixedClock) -> None:
    token = cast.session(cast.coordinator)
    clock.move(timedelta(minutes=29))
    assert _viewer(cast, token) is not None
    clock.move(timedelta(minutes=1))

    assert _viewer(cast, token) is None


def test_use_keeps_it_but_not_beyond_twelve_hours(cast: Cast, clock: FixedClock) -> None:
    token = cast.session(cast.coordinator)
    for _ in range(35):
        clock.move(timedelta(minutes=20))
        keep_session(cast.context, cast.actor(cast.coordinator), token)
        assert _viewer(cast, token) is not None

    clock.move(timedelta(minutes=20))
    assert _viewer(cast, token) is None


def test_being_seen_is_not_written_at_each_page(cast: Cast, clock: FixedClock) -> None:
    token = cast.session(cast.coordinator)
    before = cast.context.db.connection.total_changes
    for _ in range(5):
        clock.move(timedelta(seconds=10))
        keep_session(cast.context, cast.actor(cast.coordinator), token)

    assert cast.context.db.connection.total_changes == before


def test_it_dies_with_the_account_and_with_the_last_role(cast: Cast) -> None:
    disabled, revoked = cast.session(cast.monitor), cast.session(cast.rater)
    with cast.context.write(TESTER, "they leave") as tx:
        staff.disable(tx, cast.monitor.id)
        staff.revoke(tx, cast.rater.id, cast.study_id, "rater")

    assert _viewer(cast, disabled) is None
    assert _viewer(cast, revoked) is None


def test_ending_all_others_leaves_this_one(cast: Cast) -> None:
    here, there = cast.session(cast.coordinator), cast.session(cast.coordinator)
    with cast.context.write(TESTER, "elsewhere") as tx:
        assert sessions.end_all(tx, cast.coordinator.id, but=token_digest(here)) == 1

    assert _viewer(cast, here) is not None
    assert _viewer(cast, there) is None


def test_the_token_itself_is_stored_nowhere(cast: Cast) -> None:
    token = cast.session(cast.coordinator)
    stored = "".join(
        str(row)
        for table in ("sessions", "audit", "audit_values")
        for row in cast.context.db.all(f"SELECT * FROM {table}")
    )

    assert token not in stored


def test_a_demos_moved_clock_signs_nobody_out(cast: Cast, clock: FixedClock) -> None:
    token = cast.session(cast.coordinator)
    with cast.context.write(TESTER, "the clock is moved") as tx:
        sessions.shift(tx, timedelta(days=7))
        tx.note("settings", "clock", "value", 7)
    clock.move(timedelta(days=7))

    assert _viewer(cast, token) == cast.coordinator


def test_looking_at_the_study_one_looks_at_already_is_no_news(cast: Cast) -> None:
    token = cast.session(cast.coordinator)
    for study in (cast.study_id, cast.study_id):
        switch_study(cast.context, cast.actor(cast.coordinator), token, study)

    assert _viewer(cast, token) == cast.coordinator
