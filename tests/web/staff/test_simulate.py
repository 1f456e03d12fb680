"""Trying a design out on the page: proposed at first, mended field by field, told day by day."""

from __future__ import annotations

import re

from tests.conftest import Browser
from tests.web.staff.reading import said

PAGE = "/staff/study/simulate"
TRIED = {
    "tried": "1", "arm": "immediate", "zone": "Europe/Berlin", "language": "en", "guides": "2",
    "enrolled": "2027-03-01", "event": "1", "now": "2027-03-10T12:00", "day-1-preparation-1": "2027-03-08",
    "day-1-dosing-1": "2027-03-12", "time-1-dosing-1": "09:00", "day-1-dosing-2": "2027-03-26",
}  # fmt: skip


def test_a_plausible_course_stands_there_at_once(desk: Browser) -> None:
    page = desk.get(PAGE)
    text = said(page.text)
    assert page.status_code == 200
    assert "Alliance before dosing, about facilitator 2" in text
    assert re.search(r'name="day-1-dosing-2" type="date" value="\d{4}-\d\d-\d\d"', page.text)
    assert "Not planned" not in text


def test_what_is_entered_is_what_is_planned(desk: Browser) -> None:
    page = desk.get(PAGE, query_string=TRIED)
    text = said(page.text)
    assert page.status_code == 200
    assert "Dosing 1, 09:00" in text
    assert "Well-being at one month Dosing 2 · until 3 May 2027 · 1 minute" in text
    assert "missed" in text  # the baseline, as of the tenth
    assert "The first of them closes at the end of Thursday 1 April (Berlin time)." not in text
    assert "It stays open until the end of" in text or "The first of them closes" in text
    assert 'id="day-2027-03-12"' in page.text
    assert 'value="2027-03-26"' in page.text


def test_the_calendar_leads_to_the_days_of_the_list(desk: Browser) -> None:
    page = desk.get(PAGE, query_string=TRIED).text
    led = set(re.findall(r'href="#(day-[0-9-]+)"', page))
    assert led
    assert led <= set(re.findall(r'id="(day-[0-9-]+)"', page))


def test_answers_end_reminders_and_show(desk: Browser) -> None:
    answered = {
        **TRIED,
        "form-0": "wellbeing-baseline",
        "moment-0": "2027-03-01T11:00",
        "holds-0": "wellbeing=12",
    }
    bad = desk.get(PAGE, query_string=answered)
    assert bad.status_code == 422
    assert "There is no" in said(bad.text)
    page = desk.get(PAGE, query_string={**answered, "holds-0": ""})
    assert page.status_code == 200
    assert re.search(r"Well-being at baseline Enrolment [^[]*? answered", said(page.text))


def test_each_mistake_stands_beside_its_field_and_all_above(desk: Browser) -> None:
    wrong = {
        **TRIED,
        "zone": "Mars",
        "day-1-dosing-1": "",
        "guides": "many",
        "moment-0": "soon",
        "form-0": "event",
    }
    page = desk.get(PAGE, query_string=wrong)
    assert page.status_code == 422
    for field in ("zone", "day-1-dosing-1", "guides", "moment-0"):
        assert f'id="{field}-wrong"' in page.text, field
    alert = said(page.text.partition('role="alert"')[2].partition("</div>")[0])
    assert "Choose a zone by its city" in alert
    assert "Give dosing-1 too" in alert
    assert 'id="calendar"' not in page.text


def test_another_version_of_the_protocol_can_be_tried(desk: Browser) -> None:
    old = desk.get(PAGE, query_string={**TRIED, "version": "1.0.0"})
    new = desk.get(PAGE, query_string={**TRIED, "version": "1.1.0"})
    assert "Mystical experience" not in old.text
    assert "Mystical experience" in new.text
    assert desk.get(PAGE, query_string={"version": "9.9.9"}).status_code == 404


def test_whatever_is_typed_into_the_address_is_only_text(desk: Browser) -> None:
    evil = "<script>alert(1)</script>"
    fields = dict.fromkeys([*TRIED, "version", "form-0", "holds-0", "day-1-integration-1"], evil)
    page = desk.get(PAGE, query_string={**fields, "version": ""})
    assert page.status_code == 422
    assert "<script>alert" not in page.text
