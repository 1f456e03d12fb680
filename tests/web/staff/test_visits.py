"""A visit's own page: what its date allows, every date it had, and both dates where an answer kept the earlier."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.store import responses, visits
from tests.cast import DOSED, EVERYTHING, PREPARED, Cast
from tests.conftest import Browser
from tests.web.staff.reading import ENTRY, said


@pytest.fixture
def dosing(cast: Cast) -> str:
    rows = visits.of(cast.context.db, EVERYTHING, cast.ada.id)
    return str(next(row["id"] for row in rows if row["kind"] == "dosing"))


@pytest.fixture
def preparation(cast: Cast) -> str:
    rows = visits.of(cast.context.db, EVERYTHING, cast.ada.id)
    return str(next(row["id"] for row in rows if row["kind"] == "preparation"))


def _form(**changes: str) -> dict[str, str]:
    return {"kind": "dosing", "on": str(DOSED), "at": "09:00", "status": "planned", **changes}


def test_nobody_came_is_a_state_of_its_own(desk: Browser, one: str, preparation: str) -> None:
    form = _form(kind="preparation", on=str(PREPARED), at="11:00", status="no-show", reason="ill")
    page = desk.post(f"{one}/visits/{preparation}", data=form, follow_redirects=True).text

    assert "nobody came" in said(page)
    assert "ill" in said(page)
    assert "nobody came" in said(desk.get(f"{one}/visits/{preparation}").text)


def test_a_visits_page_tells_every_date_it_had_and_who_recorded_it(
    desk: Browser, one: str, dosing: str
) -> None:
    desk.post(f"{one}/visits/{dosing}", data=_form(on="2027-03-10", reason="room was taken"))
    page = said(desk.get(f"{one}/visits/{dosing}").text)

    assert "10 Mar 2027, 09:00" in page
    assert "What was recorded before" in page
    assert "3 Mar 2027, 09:00 , planned" in page
    assert "by Cora Coordinator" in page


def test_what_its_date_allows_is_said_in_words(desk: Browser, one: str, dosing: str) -> None:
    assert "Can be moved at any time; every date it had is kept." in said(
        desk.get(f"{one}/visits/{dosing}").text
    )


def test_an_odd_date_is_recorded_and_said_to_be_odd(desk: Browser, one: str, dosing: str) -> None:
    page = desk.post(
        f"{one}/visits/{dosing}", data=_form(on="2027-02-01", status="held"), follow_redirects=True
    )

    assert "notice--care" in page.text
    assert "1 Feb 2027" in page.text


def test_both_dates_stand_where_a_visit_moved_after_the_answer(
    client: Browser, cast: Cast, clock: FixedClock, dosing: str
) -> None:
    """On the participant's page and on the response's own (the anchor date stays with the answer)."""
    desk = client.as_staff(cast, cast.coordinator)
    one = f"/staff/participants/{cast.ada.id}"
    desk.post(
        f"{one}/visits/{dosing}", data=_form(status="held", on=str(DOSED - timedelta(days=2)))
    )
    clock.move(timedelta(days=7))
    desk = client.as_staff(cast, cast.coordinator)
    about = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    cast.send(cast.ada, cast.payload(about))
    response = responses.of(cast.context.db, EVERYTHING, cast.ada.id)[-1]["id"]
    before = said(desk.get(f"/staff/responses/{response}").text)
    record_visit(
        cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id,
        VisitEntry("dosing", date(2027, 3, 2), time(9), "held", dosing, "typed wrongly"),
    )  # fmt: skip
    person, answer = (said(desk.get(path).text) for path in (one, f"/staff/responses/{response}"))

    assert "Dosing 1, 1 Mar 2027" in before
    both = "Dosing 1, 1 Mar 2027; it is now on 2 Mar 2027"
    assert both in person
    assert both in answer


def test_what_forms_wait_for_is_said_in_words(desk: Browser, cast: Cast, one: str) -> None:
    before = said(desk.get(one).text)
    stranger = said(desk.get(f"/staff/participants/{cast.ben.id}").text)

    assert "Not open yet, and what it waits for" in before
    assert "Dosing 2, planned or cancelled, to know the last" in before
    assert "Dosing 2, planned or cancelled, to know the last" in stranger
    assert "dosing-2" not in before


def test_a_form_about_the_event_waits_for_it_in_words(client: Browser, cast: Cast) -> None:
    desk = client.as_staff(cast, cast.coordinator)
    page = desk.post("/staff/participants/enrol", data=ENTRY, follow_redirects=True)

    assert "The event that it is about" in said(page.text)
