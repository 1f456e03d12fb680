"""An alert stays until somebody settles it, and tells nobody about themselves."""

from __future__ import annotations

import pytest

from server.actions.context import Context
from server.errors import NotFoundError
from server.store import alerts
from tests.cast import Cast


def _raise(cast: Cast, detail: str, *, alliance: bool = False) -> str:
    with cast.context.write(cast.actor(cast.coordinator), "a test") as tx:
        return alerts.add(tx, cast.study_id, cast.ada.id, "call-me", detail, alliance=alliance)


def _seen(cast: Cast, name: str) -> set[str]:
    return {row["detail"] for row in alerts.standing(cast.context.db, getattr(cast, name))}


def test_each_sees_what_is_theirs_to_see(cast: Cast):
    _raise(cast, "please call")
    _raise(cast, "about a guide", alliance=True)
    both, plain = {"please call", "about a guide"}, {"please call"}
    for name in ("coordinator", "administrator", "investigator", "monitor"):
        assert _seen(cast, name) == both
    for name in ("rated", "second"):
        assert _seen(cast, name) == plain
    assert _seen(cast, "rater") == _seen(cast, "outsider") == set()


def test_the_same_words_are_raised_once_until_they_are_settled(cast: Cast, context: Context):
    first = _raise(cast, "please call")
    assert _raise(cast, "please call") == first
    with context.write(cast.actor(cast.coordinator), "called back") as tx:
        alerts.settle(tx, cast.coordinator, first)
    assert _seen(cast, "coordinator") == set()
    assert _raise(cast, "please call") != first


def test_nobody_settles_what_they_do_not_see_or_what_is_settled(cast: Cast, context: Context):
    hidden = _raise(cast, "about a guide", alliance=True)

    def settle(name: str) -> None:
        with context.write(cast.actor(cast.coordinator), "a test") as tx:
            alerts.settle(tx, getattr(cast, name), hidden)

    for name in ("rated", "outsider"):
        with pytest.raises(NotFoundError):
            settle(name)
    settle("coordinator")
    with pytest.raises(NotFoundError):
        settle("coordinator")
