"""What the private list offers past closing, and which pages it brings ahead of a confirmation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.clock import FixedClock, from_text
from server.domain.assessment import state
from server.store import assessments, backups, messages
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import Browser

DAY = timedelta(days=1)
# The baseline's forms have closed by then, those about the guides are still open.
LATER = timedelta(hours=36)


@pytest.fixture
def who5(cast: Cast) -> str:
    return cast.assessment(cast.ada, "wellbeing-baseline")


def _flagged(cast: Cast) -> None:
    """Let the plan of Ada be one that takes in what comes late."""
    with cast.context.write(TESTER, "late is welcome, for a test") as tx:
        for row in assessments.of(tx.db, EVERYTHING, cast.ada.id):
            tx.change("assessments", row["id"], {"late": "accept and flag"})


def _list(client: Browser, cast: Cast) -> Any:
    return client.as_phone(cast.ada).get("/api/list").get_json()


def _entry(found: Any, assessment: str) -> Any:
    return next((each for each in found["assessments"] if each["id"] == assessment), None)


def test_what_closed_is_still_offered_where_late_is_taken_in(
    client: Browser, cast: Cast, clock: FixedClock, who5: str
):
    _flagged(cast)
    before = _entry(_list(client, cast), who5)
    assert before["late"] is False
    assert before["offered_until"] > before["closes_at"]
    clock.move(LATER)
    after = _entry(_list(client, cast), who5)
    assert after["late"] is True
    assert after["offered_until"] == before["offered_until"]
    # To staff it has expired, until the answer comes; nobody is reminded of it.
    row = assessments.one(cast.context.db, EVERYTHING, who5)
    assert state(row, clock.now()) == "unopened"
    due = [
        each
        for each in messages.stored(cast.context.db, cast.ada.id).values()
        if who5 in each["assessment_ids"] and each["state"] == "due"
    ]
    assert all(each["due_at"] < row["closes_at"] for each in due)


def test_where_the_plan_stops_opening_nothing_is_offered_after_closing(
    client: Browser, cast: Cast, clock: FixedClock, who5: str
):
    assert _entry(_list(client, cast), who5)["offered_until"] == _entry(
        _list(client, cast), who5
    )["closes_at"]  # fmt: skip
    clock.move(LATER)
    assert _entry(_list(client, cast), who5) is None
    assert "Not open now" in client.get(f"/a/{who5}").text


def test_it_ends_by_itself(client: Browser, cast: Cast, clock: FixedClock, who5: str):
    _flagged(cast)
    until = from_text(_entry(_list(client, cast), who5)["offered_until"])
    clock.at = until - timedelta(seconds=1)
    assert _entry(_list(client, cast), who5)
    clock.at = until
    assert _entry(_list(client, cast), who5) is None


def test_as_plain_pages_it_is_welcome_too_and_marked_as_late(
    client: Browser, cast: Cast, clock: FixedClock, who5: str
):
    _flagged(cast)
    clock.move(LATER)
    today = client.as_phone(cast.ada).get("/today").text
    assert "still welcome until" in today
    assert today.index("still welcome until") > today.index(" until ")
    page = client.get(f"/a/{who5}").text
    assert 'name="the-response"' in page
    name = page.partition('name="the-response" type="hidden" value="')[2].partition('"')[0]
    data = {"the-response": name, "asked-once": "yes", "who01": "3", "to-do": "send"}
    assert client.post(f"/a/{who5}", data=data).location == f"/done/{who5}"
    row = assessments.one(cast.context.db, EVERYTHING, who5)
    assert state(row, clock.now()) == "late"


def test_the_end_waits_for_what_is_still_welcome(
    client: Browser, cast: Cast, clock: FixedClock, who5: str
):
    _flagged(cast)
    with cast.context.write(TESTER, "nothing else is asked") as tx:
        for row in assessments.of(tx.db, EVERYTHING, cast.ada.id):
            if row["id"] != who5:
                tx.change("assessments", row["id"], {"retired_at": tx.at_text})
    clock.move(LATER)
    assert _list(client, cast)["ended"] is None


def test_pages_of_what_awaits_a_session_lie_on_the_phone_before_it_is_confirmed(
    client: Browser, cast: Cast
):
    visit = cast.context.db.value("SELECT id FROM visits WHERE kind = 'dosing' LIMIT 1")
    waits = [
        row
        for row in assessments.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["definition"] == "alliance-week-1"
    ]
    with cast.context.write(TESTER, "it is about a session") as tx:
        for row in waits:
            tx.change("assessments", row["id"], {"awaits_visit_id": visit})
    found = _list(client, cast)
    assert waits
    asked = {each["id"] for each in found["assessments"]}
    assert not asked & {row["id"] for row in waits}, "until then none of them is offered"
    ahead = [(each["opens_at"], each["closes_at"]) for each in found["ahead"]]
    assert sorted(ahead) == sorted((row["opens_at"], row["closes_at"]) for row in waits)
    assert set(found["ahead"][0]) == {"form", "opens_at", "closes_at"}
    for each in found["ahead"]:
        assert client.get(f"/f/{each['form']}.html").status_code == 200


def test_done_tells_what_has_a_second_copy(client: Browser, cast: Cast, who5: str):
    cast.send(cast.ada, cast.payload(who5))
    assert [each["copied"] for each in _list(client, cast)["done"]] == [False]
    with cast.context.write(TESTER, "a copy elsewhere") as tx:
        tx.add(
            "backups",
            {"id": "far", "at": tx.at_text, "file": "x", "digest": "", "envelope_seq": 1,
             "audit_seq": 1, "audit_hash": "", "away": 1, "verified": 1},
        )  # fmt: skip
    assert backups.away_up_to(cast.context.db) == 1
    assert [each["copied"] for each in _list(client, cast)["done"]] == [True]
