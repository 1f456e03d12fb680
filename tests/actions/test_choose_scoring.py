"""A study's choice where sources disagree holds for all that is in and to come, and is named."""

from __future__ import annotations

from typing import Any

import pytest

from server.actions.choose_scoring import choose_scoring
from server.actions.context import Context
from server.errors import BadInputError, ForbiddenError
from server.store import audit, responses, studies, verification
from server.store.transaction import Transaction
from tests.actions.test_raise_alerts import safety_check
from tests.cast import EVERYTHING, TESTER, Cast


@pytest.fixture(autouse=True)
def full_set(cast: Cast, context: Context) -> None:
    """The newer protocol, which asks the WHOQOL-BREF."""
    with context.write(TESTER, "the full set") as tx:
        _protocol(tx, cast.study_id)


def _protocol(tx: Transaction, study_id: str) -> None:
    tx.change("studies", study_id, {"protocol_version": "1.1.0"})


def choose(cast: Cast, value: str, instrument: str = "whoqol-bref", viewer: Any = None) -> None:
    viewer = viewer or cast.coordinator
    choose_scoring(cast.context, cast.actor(viewer), viewer, instrument, {"missing_rule": value})


def answer(cast: Cast) -> dict[str, Any]:
    """Send a form with two of the physical domain empty: one rule scores it, the other does not."""
    answers = cast.answers("whoqol-bref", 3)
    for item in ("whoqol03", "whoqol04"):
        answers[item] = {"state": "skipped"}
    cast.send(cast.ada, cast.payload(safety_check(cast, "whoqol-bref"), answers))
    rows = responses.scores(cast.context.db, EVERYTHING, cast.ada.id)
    return {row["response_id"] + row["score"]: row for row in rows if row["score"] == "physical"}


def test_the_choice_decides_and_the_score_names_it(cast: Cast, context: Context):
    (before,) = answer(cast).values()
    assert before["value"] is not None
    assert "syntax" not in before["scoring_version"]
    choose(cast, "syntax")
    after = [row for row in answer(cast).values() if "syntax" in row["scoring_version"]]
    assert [row["value"] for row in after] == [None, None], "the one before was scored anew"
    assert studies.one(context.db, cast.study_id)["scoring"] == {
        "whoqol-bref": {"missing_rule": "syntax"}
    }
    told = audit.history(context.db, "studies", cast.study_id)
    assert any(row["field"] == "scoring" for row in told)
    verification.verify(context.db)


def test_what_does_not_exist_cannot_be_chosen(cast: Cast):
    with pytest.raises(BadInputError):
        choose(cast, "whatever")
    with pytest.raises(BadInputError):
        choose(cast, "syntax", "meq30")
    with pytest.raises(BadInputError):
        choose(cast, "syntax", "phq-9")


def test_only_who_looks_after_the_study_chooses(cast: Cast):
    for viewer in (cast.rated, cast.monitor):
        with pytest.raises(ForbiddenError):
            choose(cast, "syntax", viewer=viewer)
