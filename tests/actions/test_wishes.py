"""A call asked for, and words for somebody outside: delivered like answers, seen by whom they are for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.clock import FixedClock
from server.domain.people import Staff
from server.errors import NotFoundError
from server.store import alerts, messages, outside
from tests.cast import TESTER, Cast

WORDS = "canary: he said\nI should not tell"


def _wish(cast: Cast, kind: str, **more: str) -> dict[str, object]:
    return {"kind": kind, "finished_at": cast.context.clock.now().isoformat(), **more}


def _name_outsider(cast: Cast, who: Staff) -> None:
    with cast.context.write(TESTER, "somebody outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": who.id})


def test_a_call_asked_for_heads_today_and_calls_whoever_is_on_duty(cast: Cast):
    cast.send(cast.ada, _wish(cast, "call"))
    standing = alerts.standing(cast.context.db, cast.coordinator)
    assert [(each["kind"], each["level"]) for each in standing] == [("call-me", "same day")]
    assert "Asked for a call" in standing[0]["detail"]
    assert messages.called(cast.context.db, standing[0]["id"])


def test_asked_twice_in_a_minute_is_one_call(cast: Cast):
    cast.send(cast.ada, _wish(cast, "call"))
    cast.send(cast.ada, _wish(cast, "call"))
    assert len(alerts.standing(cast.context.db, cast.coordinator)) == 1
    assert cast.context.db.value("SELECT COUNT(*) FROM openings WHERE outcome = 'opened'") == 2


def test_asked_again_the_next_day_is_another(cast: Cast, clock: FixedClock):
    cast.send(cast.ada, _wish(cast, "call"))
    clock.move(timedelta(days=1))
    cast.send(cast.ada, _wish(cast, "call"))
    assert len(alerts.standing(cast.context.db, cast.coordinator)) == 2


def test_words_for_somebody_outside_reach_that_person_alone(cast: Cast):
    _name_outsider(cast, cast.monitor)
    receipt = cast.send(cast.ada, _wish(cast, "outside", words=WORDS, reply="by mail"))
    db, keys = cast.context.db, cast.context.keys
    got = outside.of(db, keys, cast.monitor)
    assert [(each["words"], each["reply"]) for each in got] == [(WORDS, "by mail")]
    for other in cast.staff.values():
        if other.id != cast.monitor.id:
            assert outside.of(db, keys, other) == []
            with pytest.raises(NotFoundError), cast.context.write(TESTER, "read") as tx:
                outside.mark_read(tx, other, receipt.id)
    assert alerts.standing(db, cast.coordinator) == [], "no alert tells of it"
    with cast.context.write(TESTER, "read") as tx:
        outside.mark_read(tx, cast.monitor, receipt.id)
    assert outside.of(db, keys, cast.monitor)[0]["read_at"]


def test_signs_that_nobody_sees_in_a_copied_number_keep_no_words_apart(cast: Cast):
    _name_outsider(cast, cast.monitor)
    copied = "\u202a+49\xa030 1\u202c\n" + "x" * 300
    cast.send(cast.ada, _wish(cast, "outside", words=WORDS, reply=copied))
    got = outside.of(cast.context.db, cast.context.keys, cast.monitor)
    assert [each["words"] for each in got] == [WORDS]
    assert got[0]["reply"].startswith("+49 30 1 xxx")
    assert alerts.standing(cast.context.db, cast.coordinator) == []


def test_a_facilitator_never_receives_them_even_if_named(cast: Cast):
    """A26: whoever guides anybody here is inside the treatment team."""
    _name_outsider(cast, cast.rated)
    cast.send(cast.ada, _wish(cast, "outside", words=WORDS))
    assert outside.of(cast.context.db, cast.context.keys, cast.rated) == []
    assert not outside.receives(cast.context.db, cast.rated)


def test_the_words_lie_sealed_and_nowhere_else(cast: Cast):
    _name_outsider(cast, cast.monitor)
    cast.send(cast.ada, _wish(cast, "outside", words=WORDS))
    db = cast.context.db
    tables = [row["name"] for row in db.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    everything = repr([db.all(f"SELECT * FROM {name}") for name in tables])
    assert "canary" not in everything


@pytest.mark.parametrize("words", [None, "", "  ", 7, "x" * 20_001])
def test_empty_or_endless_words_are_kept_apart(cast: Cast, words: object):
    cast.send(cast.ada, {**_wish(cast, "outside"), "words": words})
    assert cast.context.db.value("SELECT reason FROM openings") == "unreadable"
