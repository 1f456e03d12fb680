"""Who may know the arm, and which forms would tell it; the same rule in Python and in SQL."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from server.domain.concealment import arm_known_to, may_know, plan_known_to, row_known_to
from server.domain.people import ROLES, Staff
from server.domain.protocol import Protocol
from server.store.database import Database
from server.store.visibility import known

ASKED = {
    "anchor": "enrolment", "opens": "same day", "closes": "+3 days", "label": "x",
}  # fmt: skip


def _protocol(**more: object) -> Protocol:
    return Protocol.model_validate(
        {
            "id": "blind", "version": "1.0.0", "title": "Blind",
            "arms": {"a": "A", "b": "B"},
            "visits": {"enrolment": {"label": "Enrolment", "participant_label": "Joining"}},
            "assessments": [
                {**ASKED, "id": "all", "instrument": "mood"},
                {**ASKED, "id": "some", "instrument": "ears", "when": {"arm": ["b"]}},
            ],
            "reminders": {"plan": ["at opening"], "hours": {"default": "10:00", "quiet": "21:00-08:00"}},
            "allocation": {"known_to": ["administrator"]},
            **more,
        }
    )  # fmt: skip


def test_without_allocation_everybody_may_know() -> None:
    open_design = _protocol(allocation=None)

    assert arm_known_to(open_design) == plan_known_to(open_design) == ()
    assert may_know((), {"rater"})


def test_what_some_arms_only_are_asked_is_concealed_with_the_arm() -> None:
    design = _protocol()

    assert row_known_to(design, "some") == ("administrator",)
    assert row_known_to(design, "all") == ()
    assert plan_known_to(design) == ("administrator",)


def test_a_plan_that_is_the_same_in_all_arms_tells_nothing() -> None:
    design = _protocol(assessments=[{**ASKED, "id": "all", "instrument": "mood"}])

    assert arm_known_to(design) == ("administrator",)
    assert plan_known_to(design) == ()


def test_a_window_that_gives_way_to_what_some_arms_are_asked_tells_the_arm_too() -> None:
    both = [
        {**ASKED, "id": "all", "instrument": "mood"},
        {**ASKED, "id": "some", "instrument": "mood", "when": {"arm": ["b"]}},
        {**ASKED, "id": "apart", "instrument": "ears"},
    ]

    assert _protocol(assessments=both).follows_arm() == {"some"}
    assert _protocol(assessments=both, overlap="earlier closes").follows_arm() == {"all", "some"}


@pytest.mark.parametrize(
    ("known_to", "roles", "knows"),
    [
        ({"administrator"}, {"administrator"}, True),
        ({"administrator"}, {"coordinator"}, False),
        ({"administrator"}, {"administrator", "coordinator"}, True),
        # Hiding beats seeing: whoever treats or rates stays blind, whatever else they are.
        ({"administrator"}, {"administrator", "rater"}, False),
        ({"administrator"}, {"administrator", "facilitator"}, False),
        ({"administrator", "facilitator"}, {"administrator", "facilitator"}, True),
        ({"administrator", "facilitator"}, {"facilitator", "rater"}, False),
        ({"administrator"}, set(), False),
    ],
)
def test_who_may_know(known_to: set[str], roles: set[str], *, knows: bool) -> None:
    assert may_know(known_to, roles) is knows


def test_the_query_knows_the_same_rule(db: Database) -> None:
    """Every set of up to three roles, against every list of up to two who may know."""
    lists = [list(each) for size in (0, 1, 2) for each in combinations(ROLES, size)]
    wrong = []
    for size in (1, 2, 3):
        for roles in combinations(ROLES, size):
            sql, params = known(Staff("s", "study", frozenset(roles)), "t.names")
            for named in lists:
                text = json.dumps(named) if named else ""
                found = db.value(f"SELECT {sql} FROM (SELECT :names AS names) t",
                                 {"names": text, **params})  # fmt: skip
                if bool(found) is not may_know(named, roles):
                    wrong.append((roles, named))

    assert wrong == []
