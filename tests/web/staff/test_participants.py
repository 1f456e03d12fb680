"""Participants: found, enrolled, visited, guided, paused, called."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from server.store import messages, visits
from server.web.staff import timeline
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser
from tests.web.staff.reading import ENTRY, said


def test_the_list_is_searched_by_code(desk: Browser) -> None:
    page = desk.get("/staff/participants?code=syn-002").text

    assert "SYN-002" in page
    assert "SYN-001</a>" not in page
    assert "No code holds that." in desk.get("/staff/participants?code=zzz").text


def test_somebody_is_enrolled_and_their_page_opens(desk: Browser) -> None:
    response = desk.post("/staff/participants/enrol", data=ENTRY, follow_redirects=True)

    assert "<h1>SYN-003</h1>" in response.text
    assert "Well-being at baseline" in response.text
    assert "syn3@example.org" not in response.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": ""}, "Give a study code."),
        ({"code": "syn-001"}, "is taken in this study"),
        ({"email": "not an address"}, "aria-invalid"),
        ({"enrolled_on": "2031-01-01"}, "This day is still to come."),
        ({"zone": "Mars/Base"}, "Not a valid choice"),
        ({"arm": ""}, "Choose one of: immediate, delayed."),
        ({"email": ""}, "Reminders by mail need an address."),
    ],
)
def test_what_cannot_be_used_is_said_where_it_was_entered_and_nothing_is_lost(
    desk: Browser, cast: Cast, changes: dict[str, str], said: str
) -> None:
    before = cast.context.db.value("SELECT COUNT(*) FROM participants")
    response = desk.post("/staff/participants/enrol", data={**ENTRY, **changes})

    assert response.status_code == 422
    assert said in response.text
    assert 'value="Synthetic"' in response.text
    assert cast.context.db.value("SELECT COUNT(*) FROM participants") == before


def test_no_arm_is_chosen_by_a_slip_and_the_usual_zone_is_there_already(desk: Browser) -> None:
    page = desk.get("/staff/participants/enrol").text
    arm = re.search(r'<select[^>]*name="arm".*?</select>', page, re.DOTALL)
    zone = re.search(r'<select[^>]*name="zone".*?</select>', page, re.DOTALL)
    assert arm is not None
    assert zone is not None
    assert re.search(r"<option[^>]*>", arm[0])[0].endswith('value="">')  # type: ignore[index]  # an arm has options
    assert re.search(r'<option selected value="(Europe/Berlin|America/New_York)"', zone[0])


def test_a_visit_that_moves_takes_its_forms_along_and_keeps_its_history(
    desk: Browser, cast: Cast, one: str
) -> None:
    dosing = next(
        row
        for row in visits.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["kind"] == "dosing"
    )
    form = {
        "kind": "dosing",
        "on": "2027-03-10",
        "at": "10:30",
        "status": "planned",
        "reason": "a cold",
    }

    response = desk.post(f"{one}/visits/{dosing['id']}", data=form, follow_redirects=True)

    page = said(response.text)
    assert "10 Mar 2027, 10:30" in page
    assert "1 earlier entry 3 Mar 2027, 09:00 , planned" in page
    assert "a cold" in page
    assert re.search(
        r"Alliance before dosing, Robin counted from Preparation 1 (open|overdue)"
        r" 26 Feb 2027, 16:00 – 10 Mar 2027, 08:00",
        page,
    )


def test_a_visit_is_changed_only_through_its_own_participant(desk: Browser, cast: Cast) -> None:
    theirs = visits.of(cast.context.db, EVERYTHING, cast.ben.id)[0]["id"]

    assert desk.get(f"/staff/participants/{cast.ada.id}/visits/{theirs}").status_code == 404


def test_a_second_visit_on_the_same_hour_is_said_not_to_be_stored(desk: Browser, one: str) -> None:
    form = {"kind": "preparation", "on": "2027-02-26", "at": "11:00", "status": "held"}
    response = desk.post(f"{one}/visits/new", data=form)

    assert response.status_code == 422
    assert "recorded already" in response.text


def test_a_facilitator_is_assigned_and_later_ended(desk: Browser, cast: Cast) -> None:
    ben = f"/staff/participants/{cast.ben.id}"
    form = {"staff_id": cast.rated.id, "shown_name": "Robin", "on": "2027-02-24"}
    assert "Robin" in desk.post(f"{ben}/facilitators", data=form, follow_redirects=True).text

    early = desk.post(f"{ben}/facilitators/{cast.rated.id}/end", data={"on": "2020-01-01"})
    ended = desk.post(
        f"{ben}/facilitators/{cast.rated.id}/end", data={"on": "2027-03-01"}, follow_redirects=True
    )

    assert early.status_code == 422
    assert "1 Mar 2027" in said(ended.text)


def test_withdrawing_needs_a_second_mark_and_stops_everything(
    desk: Browser, cast: Cast, one: str
) -> None:
    unsure = desk.post(f"{one}/status", data={"status": "withdrawn"})
    sure = desk.post(
        f"{one}/status", data={"status": "withdrawn", "sure": "y"}, follow_redirects=True
    )

    assert unsure.status_code == 422
    assert "Tick this if the participant really withdraws." in unsure.text
    assert "withdrawn" in sure.text
    waiting = [
        row
        for row in messages.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["state"] == "due"
    ]
    assert waiting == []
    assert desk.post(f"{one}/phone", data={"kind": "clinic"}).status_code == 409


def test_zone_and_language_change_from_a_day_on(desk: Browser, one: str) -> None:
    form = {
        "zone": "Asia/Tokyo",
        "language": "en",
        "channel": "none",
        "on": "2027-03-05",
        "reason": "moved",
    }
    page = desk.post(f"{one}/change", data=form, follow_redirects=True).text

    assert "Asia/Tokyo" in page


def test_contact_data_are_changed_where_they_are_shown(desk: Browser, cast: Cast, one: str) -> None:
    form = {"name": "Synthetic", "email": "new@example.org", "phone": "+49 30 1"}
    assert desk.post(f"{one}/contact/change", data=form).status_code == 303
    assert 'value="new@example.org"' in desk.post(f"{one}/contact").text
    assert desk.post(f"{one}/contact/change", data={**form, "email": "no"}).status_code == 422


def test_names_of_months_do_not_run_into_each_other(app: Flask) -> None:
    start = datetime(2026, 10, 10, tzinfo=UTC)
    with app.test_request_context("/staff/"):
        labels = timeline.months(timeline.Scale(start, start + timedelta(days=430)), 0)
    named = [label for label in labels if label.text]

    assert len(labels) == 14  # a line for each month, named or not
    assert {"Nov 2026", "Jan 2027"} <= {label.text for label in named}
    assert all(one.x + len(one.text) * 7 <= two.x for one, two in itertools.pairwise(named))
