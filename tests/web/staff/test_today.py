"""Today: who needs me now."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from flask import Flask

from server.clock import FixedClock
from server.store import alerts, messages, visits
from server.web.staff import words
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import Browser
from tests.web.staff.reading import ENTRY, said


def test_today_groups_what_waits_under_each_participant(desk: Browser, cast: Cast) -> None:
    desk.post("/staff/participants/enrol", data=ENTRY)
    page = said(desk.get("/staff/").text)

    assert "Overdue 2" in page
    assert "Due now 1" in page
    assert re.search(r"SYN-001 Well-being at baseline, Distress at baseline", page)
    assert "Alliance before dosing (Robin)" in page


def test_those_whose_time_ends_together_stand_by_code(desk: Browser) -> None:
    for code in ("P-9", "P-1", "P-5"):
        assert desk.post("/staff/participants/enrol", data={**ENTRY, "code": code}).location
    assert re.findall(r"P-\d", said(desk.get("/staff/").text)) == ["P-1", "P-5", "P-9"]


def test_what_has_little_time_left_is_overdue_and_what_closed_is_missed(
    desk: Browser, cast: Cast, clock: FixedClock
) -> None:
    clock.move(timedelta(days=1, hours=18))
    late = said(desk.as_staff(cast, cast.coordinator).get("/staff/").text)
    clock.move(timedelta(days=2))
    gone = said(desk.as_staff(cast, cast.coordinator).get("/staff/").text)

    assert "Overdue 2" in late
    assert "Missed in the last seven days 2" in gone


def test_when_nobody_needs_anything_it_says_so_and_what_comes_next(
    client: Browser, cast: Cast, clock: FixedClock
) -> None:
    clock.move(timedelta(days=60))
    desk = client.as_staff(cast, cast.coordinator)
    asked = said(desk.get("/staff/").text)
    for person in (cast.ada, cast.ben):
        for visit in visits.of(cast.context.db, EVERYTHING, person.id):
            desk.post(f"/staff/visits/{visit['id']}/confirm", data={"outcome": "cancelled"})
    page = said(desk.as_staff(cast, cast.coordinator).get("/staff/").text)

    assert "Did it take place? 2" in asked
    assert "Nobody needs you right now." not in asked
    assert "Nobody needs you right now." in page


def test_an_alert_is_settled_with_a_word_that_is_kept(desk: Browser, cast: Cast) -> None:
    with cast.context.write(TESTER, "needed") as tx:
        alert = alerts.add(tx, cast.study_id, cast.ada.id, "call-me", "Please call this afternoon")
    assert "Please call this afternoon" in desk.get("/staff/").text

    empty = desk.post(f"/staff/alerts/{alert}/settle", data={"note": "  "})
    done = desk.post(f"/staff/alerts/{alert}/settle", data={"note": "called, all is well"})

    assert (empty.status_code, done.status_code) == (422, 303)
    assert "Please call this afternoon" not in desk.get("/staff/").text
    note = cast.context.db.value(
        "SELECT v.new_value FROM audit a JOIN audit_values v ON v.seq = a.seq"
        " WHERE a.table_name = 'alerts' AND a.field = 'note'"
    )
    assert note == '"called, all is well"'
    assert desk.post(f"/staff/alerts/{alert}/settle", data={"note": "again"}).status_code == 404


def test_a_message_that_did_not_arrive_stands_on_today(desk: Browser, cast: Cast) -> None:
    with cast.context.write(TESTER, "the other side refused") as tx:
        first = messages.of(tx.db, EVERYTHING, cast.ada.id)[0]
        tx.change("messages", first["id"], {"state": "failed", "error": "550 no such user"})

    assert "550 no such user" in desk.get("/staff/").text


def test_every_kind_of_alert_has_words(app: Flask) -> None:
    raised = {
        kind
        for source in Path("server/actions").glob("*.py")
        for kind in re.findall(r'alerts\.add\([^)]*?, "([a-z-]+)"', source.read_text("utf-8"))
    }
    with app.test_request_context("/staff/"):
        assert len(raised) > 4
        assert not [kind for kind in raised if words.alert(kind) == kind]
