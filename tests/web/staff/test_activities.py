"""The Schedule of Activities on the screen, as PDF and for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re

from pypdf import PdfReader

from tests.conftest import Browser
from tests.outputs import reading
from tests.web.staff.reading import said

PAGE = "/staff/study/activities"


def test_the_page_shows_visits_across_and_forms_down(desk: Browser) -> None:
    page = desk.get(f"{PAGE}?version=1.1.0")
    text = said(page.text)
    assert page.status_code == 200
    assert "Last Preparation before Dosing 1" in text.replace("\u00a0", " ")
    assert re.search(r'<th scope="row">MEQ30 <span[^>]*>7 min</span></th>', page.text)
    assert "Counted from the last Dosing that takes place." in text


def test_the_study_leads_to_it_and_to_trying_out(desk: Browser) -> None:
    page = desk.get("/staff/study").text
    assert f'href="{PAGE}"' in page
    assert 'href="/staff/study/simulate"' in page


def test_a_spreadsheet_gets_the_same_table(desk: Browser) -> None:
    response = desk.get(f"{PAGE}.csv?version=1.0.0")
    assert response.content_type == "text/csv; charset=utf-8"
    assert (
        'filename="schedule-of-activities-alliance-core-1.0.0.csv"'
        in response.headers["Content-Disposition"]
    )
    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert rows[0][1] == "Enrolment, day 0"
    assert {"WHO-5 (1 min)", "IES-R (7 min)"} <= {row[0] for row in rows}


def test_paper_is_a_wide_a4_page_for_whoever_asks(desk: Browser) -> None:
    response = desk.get(f"{PAGE}.pdf?version=1.1.0")
    assert response.content_type == "application/pdf"
    pages = PdfReader(io.BytesIO(response.data)).pages
    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in pages] == [
        (842, 595)
    ]
    (text,) = reading.pages(response.data)
    assert "Schedule of Activities" in text
    assert "Printed for Cora Coordinator (coordinator)" in text
    assert "Page 1 of 1" in text


def test_a_version_that_is_not_there_is_not_found(desk: Browser) -> None:
    for ending in ("", ".csv", ".pdf"):
        assert desk.get(f"{PAGE}{ending}?version=7.7.7").status_code == 404
