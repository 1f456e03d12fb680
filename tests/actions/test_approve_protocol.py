"""An approval names who, when and the very file; a changed letter voids it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.actions.amend_protocol import AmendmentEntry, amend_protocol
from server.actions.approve_protocol import ApprovalEntry, approve_protocol
from server.errors import BadInputError, ConflictError, ForbiddenError
from server.store import approvals
from tests.amending import NEW, amend, approve
from tests.cast import TESTER, Cast


def test_an_approval_names_who_when_and_the_very_file(cast: Cast):
    approve(cast)
    digest = cast.context.catalog.digest("alliance-core", NEW)
    row = approvals.standing(cast.context.db, cast.study_id, "alliance-core", NEW, digest)
    assert row is not None
    assert (row["approved_by"], row["approved_on"], row["reference"], row["recorded_name"]) == (
        "Ethics committee", "2027-02-20", "EC-17", "Ines Investigator",
    )  # fmt: skip


def test_a_changed_file_voids_it(cast: Cast):
    approve(cast)
    catalog = cast.context.catalog
    changed = replace(catalog, digests={**catalog.digests, ("alliance-core", NEW): "other"})
    cast = replace(cast, context=replace(cast.context, catalog=changed))
    with pytest.raises(ConflictError, match="not approved as its file stands"):
        amend(cast)


def test_what_was_looked_at_must_be_what_is_there(cast: Cast):
    given = ApprovalEntry(NEW, "0" * 64, "Somebody", date(2027, 2, 20))
    with pytest.raises(ConflictError, match="changed since you looked"):
        approve_protocol(cast.context, TESTER, cast.investigator, given)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("approved_by", {"approved_by": " "}),
        ("approved_on", {"approved_on": None}),
        ("approved_on", {"approved_on": date(2027, 3, 2)}),
    ],
)
def test_an_approval_wants_a_name_and_a_day_that_is_past(
    cast: Cast, place: str, change: dict[str, Any]
):
    digest = cast.context.catalog.digest("alliance-core", NEW)
    given = replace(ApprovalEntry(NEW, digest, "Somebody", date(2027, 2, 20)), **change)
    with pytest.raises(BadInputError) as refused:
        approve_protocol(cast.context, TESTER, cast.investigator, given)
    assert set(refused.value.places) == {place}


def test_only_those_who_lead_approve_and_amend(cast: Cast):
    for viewer in (cast.coordinator, cast.monitor, cast.rated):
        with pytest.raises(ForbiddenError):
            approve(cast, viewer=viewer)
        with pytest.raises(ForbiddenError):
            amend_protocol(cast.context, TESTER, viewer, AmendmentEntry(NEW, "all", "", "why"))
