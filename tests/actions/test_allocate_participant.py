"""Who is in which arm: entered by who may know it, and told to nobody else, by no trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from server.actions.allocate_participant import allocate_participant
from server.actions.change_participant import Change, change_participant
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.reconcile import reconcile
from server.domain.people import Staff
from server.errors import BadInputError, ForbiddenError, NotFoundError
from server.store import assessments, participants
from tests.actions.designs import design, follow
from tests.cast import EVERYTHING, TESTER, Cast

WHILE_WAITING = {
    "id": "waiting", "instrument": "gad-7", "label": "While waiting", "anchor": "enrolment",
    "opens": "+1 day", "closes": "+30 days", "when": {"arm": ["delayed"]},
}  # fmt: skip
NEW = Enrolment(
    "SYN-009", "Europe/Berlin", "en", "", "none", "", "", "", date(2027, 3, 1), site="berlin"
)


@pytest.fixture
def concealed(cast: Cast) -> Cast:
    """A study in which administrators alone know the arm, and learn it after enrolment."""
    allocation = {"known_to": ["administrator"], "after_enrolment": "true"}
    sites = {"berlin": "Berlin", "basel": "Basel"}
    return follow(cast, design(allocation=allocation, assessments=[WHILE_WAITING], sites=sites))


def enrol(cast: Cast, viewer: Staff, **changes: object) -> str:
    return enrol_participant(cast.context, TESTER, viewer, replace(NEW, **changes))  # type: ignore[arg-type]


def seen(cast: Cast, viewer: Staff, participant: str) -> tuple[object, ...]:
    db = cast.context.db
    person = participants.one(db, viewer, participant)
    listed = {row["id"]: row for row in participants.list_of(db, viewer, cast.context.clock.now())}
    history = participants.history(db, viewer, participant)
    rows = assessments.of(db, viewer, participant)
    return (
        person["arm"], person["arm_known"], listed[participant]["arm"],
        any(fact["kind"] == "arm" for fact in history),
        any(row["definition"] == "waiting" for row in rows),
    )  # fmt: skip


def test_the_arm_comes_after_enrolment_and_what_it_asks_for_with_it(concealed: Cast) -> None:
    new = enrol(concealed, concealed.coordinator)
    assert seen(concealed, concealed.administrator, new) == ("", 1, "", False, False)
    allocate_participant(concealed.context, TESTER, concealed.administrator, new, "delayed")
    assert seen(concealed, concealed.administrator, new) == ("delayed", 1, "delayed", True, True)
    for name in ("coordinator", "investigator", "monitor"):
        assert seen(concealed, concealed.staff[name], new) == ("", 0, "", False, False), name


def test_another_arm_needs_a_reason_and_takes_back_what_the_first_asked(concealed: Cast) -> None:
    new = enrol(concealed, concealed.administrator, arm="delayed")
    boss = concealed.administrator
    with pytest.raises(BadInputError) as refused:
        allocate_participant(concealed.context, TESTER, boss, new, "immediate")
    assert list(refused.value.places) == ["reason"]
    before = concealed.context.db.value("SELECT COUNT(*) FROM audit")
    allocate_participant(concealed.context, TESTER, boss, new, "delayed")
    assert concealed.context.db.value("SELECT COUNT(*) FROM audit") == before
    allocate_participant(concealed.context, TESTER, boss, new, "immediate", "read wrongly")
    (waiting,) = (
        row
        for row in assessments.of(concealed.context.db, EVERYTHING, new)
        if row["definition"] == "waiting"
    )
    assert waiting["retired_at"]
    with pytest.raises(BadInputError):
        allocate_participant(concealed.context, TESTER, boss, new, "placebo")


def test_who_may_not_know_it_enters_none(concealed: Cast) -> None:
    with pytest.raises(BadInputError) as refused:
        enrol(concealed, concealed.coordinator, arm="delayed")
    assert "somebody who may know it" in refused.value.places["arm"]
    new = enrol(concealed, concealed.coordinator)
    for name in ("coordinator", "rated", "rater", "investigator", "monitor"):
        viewer = concealed.staff[name]
        with pytest.raises((ForbiddenError, NotFoundError)):
            allocate_participant(concealed.context, TESTER, viewer, new, "delayed")
    with pytest.raises(NotFoundError):
        allocate_participant(concealed.context, TESTER, concealed.outsider, new, "delayed")


def test_where_the_arm_is_wanted_at_enrolment_somebody_who_knows_it_enrols(cast: Cast) -> None:
    first = follow(cast, design(allocation={"known_to": ["administrator"]}))
    with pytest.raises(BadInputError) as refused:
        enrol(first, first.coordinator, site="")
    assert list(refused.value.places) == ["arm"]
    with pytest.raises(BadInputError):
        enrol(first, first.administrator, site="")
    assert enrol(first, first.administrator, site="", arm="delayed")


def test_where_everybody_knows_whoever_cares_allocates(cast: Cast) -> None:
    small = follow(cast, design())
    allocate_participant(small.context, TESTER, small.coordinator, small.ada.id, "delayed", "typo")
    assert participants.one(small.context.db, small.rated, small.ada.id)["arm"] == "delayed"
    with pytest.raises(ForbiddenError):
        allocate_participant(small.context, TESTER, small.monitor, small.ada.id, "immediate", "x")


def test_an_amended_rule_about_who_may_know_holds_at_once_for_what_is_planned(
    concealed: Cast,
) -> None:
    new = enrol(concealed, concealed.administrator, arm="delayed")
    opened = follow(concealed, design(version="2.0.0", assessments=[WHILE_WAITING], sites={"berlin": "Berlin"}))  # fmt: skip
    with opened.context.write(TESTER, "another version") as tx:
        assert reconcile(tx, opened.context, new)
    assert seen(opened, opened.monitor, new) == ("delayed", 1, "delayed", True, True)


def test_the_site_is_one_of_the_protocols_and_may_change(concealed: Cast) -> None:
    with pytest.raises(BadInputError) as refused:
        enrol(concealed, concealed.coordinator, site="paris")
    assert list(refused.value.places) == ["site"]
    new = enrol(concealed, concealed.coordinator)
    cora, context = concealed.coordinator, concealed.context
    change_participant(context, TESTER, cora, new, Change(site="basel", reason="moved"))
    assert participants.facts(context.db, new).site == "basel"
    with pytest.raises(BadInputError) as refused:
        change_participant(context, TESTER, cora, new, Change(site="paris"))
    assert list(refused.value.places) == ["site"]
