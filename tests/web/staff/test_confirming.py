"""The morning after a visit: Today asks what became of it, one tap records it, and silence turns red."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest

from server.actions.change_participant import Change, change_participant
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.domain.people import Staff
from server.store import assessments, groups, visits
from tests.cast import DOSED, EVERYTHING, TESTER, Cast
from tests.conftest import Browser
from tests.counting import counted, enrol_more
from tests.web.staff.reading import said


@pytest.fixture
def morning_after(cast: Cast, clock: FixedClock) -> Cast:
    """It is the morning after both dosing visits, 08:00 in Berlin and 02:00 in New York."""
    clock.move(timedelta(days=DOSED.day, hours=-2))
    return cast


def _dosing(cast: Cast) -> dict[str, str]:
    rows = visits.of(cast.context.db, EVERYTHING, cast.ada.id)
    return next({key: str(row[key]) for key in row} for row in rows if row["kind"] == "dosing")


def _answer(desk: Browser, cast: Cast, **data: str) -> int:
    path = f"/staff/visits/{_dosing(cast)['id']}/confirm"
    return desk.post(path, data=data).status_code


def test_nothing_is_asked_while_the_day_lasts_where_the_participant_lives(
    desk: Browser, cast: Cast, clock: FixedClock
) -> None:
    clock.move(timedelta(days=2, hours=13, minutes=30))  # 23:30 in Berlin on the day itself
    before = said(desk.as_staff(cast, cast.coordinator).get("/staff/").text)
    clock.move(timedelta(hours=1))  # past midnight in Berlin, evening in New York
    after = said(desk.as_staff(cast, cast.coordinator).get("/staff/").text)

    assert "Did it take place?" not in before
    assert "Did it take place? 1" in after
    assert re.search(r"SYN-001 , Dosing 1 .*was yesterday", after)


def test_held_opens_the_forms_about_the_session_at_once(
    client: Browser, morning_after: Cast
) -> None:
    cast = morning_after
    desk = client.as_staff(cast, cast.coordinator)

    assert _answer(desk, cast, outcome="held") == 303
    assert _dosing(cast)["status"] == "held"
    page = said(desk.get("/staff/").text)
    assert "Recorded as held." in page
    assert "SYN-001 , Dosing 1" not in page


def test_moved_asks_for_the_new_day_in_place_and_takes_all_along(
    client: Browser, morning_after: Cast
) -> None:
    cast = morning_after
    desk = client.as_staff(cast, cast.coordinator)
    before = _week_1(cast)
    path = f"/staff/visits/{_dosing(cast)['id']}/confirm"

    empty = desk.post(path, data={"outcome": "moved", "on": "", "at": ""})
    nonsense = desk.post(path, data={"outcome": "moved", "on": "soon", "at": "late"})
    moved = desk.post(path, data={"outcome": "moved", "on": "2027-03-10", "at": ""})

    assert (empty.status_code, nonsense.status_code, moved.status_code) == (422, 422, 303)
    assert "Give the day that the visit was moved to." in empty.text
    assert 'aria-invalid="true"' in empty.text
    assert 'value="soon"' in nonsense.text
    assert (_dosing(cast)["status"], _dosing(cast)["on_day"]) == ("planned", "2027-03-10")
    assert _dosing(cast)["at_time"] == "09:00", "the clock time stays unless another is given"
    assert _week_1(cast) > before


def _week_1(cast: Cast) -> str:
    row = next(
        row
        for row in assessments.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["visit_id"] == _dosing(cast)["id"] and row["retired_at"] is None
    )
    return str(row["opens_at"])


@pytest.mark.parametrize("outcome", ["cancelled", "no-show"])
def test_what_did_not_take_place_is_recorded_as_itself(
    client: Browser, morning_after: Cast, outcome: str
) -> None:
    cast = morning_after
    desk = client.as_staff(cast, cast.coordinator)

    assert _answer(desk, cast, outcome=outcome) == 303
    assert _dosing(cast)["status"] == outcome
    word = {"cancelled": "cancelled", "no-show": "nobody came"}[outcome]
    assert word in said(desk.get(f"/staff/participants/{cast.ada.id}").text)


def test_a_second_answer_changes_nothing_and_says_so(client: Browser, morning_after: Cast) -> None:
    cast = morning_after
    desk = client.as_staff(cast, cast.coordinator)
    _answer(desk, cast, outcome="held")

    assert _answer(desk, cast, outcome="cancelled") == 303
    assert "already" in said(desk.get("/staff/").text)
    assert _dosing(cast)["status"] == "held"


def test_what_is_no_answer_at_all_changes_nothing(client: Browser, morning_after: Cast) -> None:
    cast = morning_after
    desk = client.as_staff(cast, cast.coordinator)

    assert _answer(desk, cast, outcome="perhaps") == 303
    assert _dosing(cast)["status"] == "planned"


def test_unconfirmed_for_more_than_a_day_is_red_with_a_shape_and_a_word(
    client: Browser, morning_after: Cast, clock: FixedClock
) -> None:
    cast = morning_after
    fresh = client.as_staff(cast, cast.coordinator).get("/staff/").text
    clock.move(timedelta(days=1))
    late = client.as_staff(cast, cast.coordinator).get("/staff/").text

    assert "state--danger" not in fresh
    assert "not confirmed for 1 day" in said(late)
    assert re.search(r'state--danger">\s*<svg[^>]*><path d="M6 1.5 11 10.5H1z"', late)


@pytest.mark.parametrize("who", ["rated", "monitor", "rater"])
def test_only_who_records_visits_is_asked(client: Browser, morning_after: Cast, who: str) -> None:
    viewer: Staff = getattr(morning_after, who)
    page = client.as_staff(morning_after, viewer).get("/staff/").text

    assert "Did it take place?" not in page


def test_of_whoever_withdrew_nothing_is_asked(client: Browser, morning_after: Cast) -> None:
    cast = morning_after
    change_participant(
        cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id,
        Change(status="withdrawn"),
    )  # fmt: skip

    page = said(client.as_staff(cast, cast.coordinator).get("/staff/").text)
    assert "SYN-001 , Dosing 1" not in page


def test_several_visits_of_one_person_are_asked_one_by_one(
    client: Browser, morning_after: Cast
) -> None:
    cast = morning_after
    record_visit(
        cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id,
        VisitEntry("integration", date(2027, 3, 3), time(17)),
    )  # fmt: skip

    page = said(client.as_staff(cast, cast.coordinator).get("/staff/").text)
    assert "SYN-001 , Dosing 1" in page
    assert "SYN-001 , Integration 1" in page


def test_of_very_many_the_oldest_are_asked_first_and_the_rest_is_counted(
    client: Browser, morning_after: Cast
) -> None:
    cast = morning_after
    first = date(2027, 1, 1)
    with cast.context.write(TESTER, "an old table was brought in") as tx:
        for number in range(50):
            visit = visits.add(tx, cast.ben.id, "integration")
            visits.record(tx, visit, "planned", first + timedelta(days=number), time(9))
    page = said(client.as_staff(cast, cast.coordinator).get("/staff/").text)

    assert "Did it take place? 52" in page
    assert "12 more follow once these are answered." in page
    assert page.count("Nobody came") == 40
    assert "1 Jan 2027, 09:00" in page


def test_more_questions_are_no_more_work_for_the_database(
    client: Browser, morning_after: Cast
) -> None:
    cast, actor = morning_after, morning_after.actor(morning_after.coordinator)
    desk = client.as_staff(cast, cast.coordinator)

    def asked() -> int:
        with counted(cast.context.db) as run:
            page = desk.get("/staff/").text
        assert page.count("Held<") == questions
        return len(run)

    questions = 2
    few = asked()
    for person in enrol_more(cast, 3):
        entry = VisitEntry("dosing", DOSED, time(9))
        record_visit(cast.context, actor, cast.coordinator, person, entry)
    with cast.context.write(TESTER, "dates are shared") as tx:
        group = groups.add(tx, cast.study_id, "Spring")
        for day in (1, 2):
            shared = groups.add_date(tx, group, "integration")
            groups.record(tx, shared, "planned", date(2027, 3, day), time(17))
            visit = visits.add(tx, cast.ben.id, "integration", 1, shared)
            visits.record(tx, visit, "planned", date(2027, 3, day), time(17))
    questions = 2 + 3 + 2
    assert asked() == few
