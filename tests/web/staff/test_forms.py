"""The catalogue: every form with its purpose, its scoring, its terms, a preview and a paper form."""

from __future__ import annotations

import json
import re

import pytest
from markupsafe import escape

from server.catalog.catalog import Catalog
from server.outputs import pdf
from tests.cast import Cast
from tests.conftest import Browser
from tests.outputs.reading import text
from tests.web.staff.reading import said


def test_every_form_is_listed_and_has_a_page(desk: Browser, catalog: Catalog) -> None:
    listed = desk.get("/staff/forms").text
    for name in {each.id for each in catalog.instruments}:
        assert f'href="/staff/forms/{name}"' in listed
        page = said(desk.get(f"/staff/forms/{name}").text)
        found = catalog.instrument(name)
        assert escape(found.licence.holder) in page
        assert all(item.id in page for item in found.questions)
        assert all(score.id in page for score in found.scores)


def test_a_page_says_how_scores_are_made_read_and_compared(desk: Browser) -> None:
    page = said(desk.get("/staff/forms/phq-9").text)
    assert "Severity of depression by self-report" in page
    assert "9 questions, about 3 minutes" in page
    assert "Sum of 9 items." in page
    assert "Up to 2 of 9 items may be missing" in page
    assert "10–14 moderate (Kroenke et al. 2001, second hand)" in page
    assert "Reliable change from 6.1 points: r 0.84 (test-retest), SD 5.5" in page
    assert "death or self-harm, from 1 on: same day" in page
    asked = said(desk.get("/staff/forms/safety-check").text)
    assert "thoughts of death or of self-harm, yes: urgent; left empty: same day" in asked
    assert "free to use: Pfizer" in page


def test_a_page_says_who_reads_what_is_answered(desk: Browser) -> None:
    assert "except whoever it is about and the other facilitators" in said(
        desk.get("/staff/forms/wai-sr").text
    )
    assert "except the facilitators who guide this participant" in said(
        desk.get("/staff/forms/followup-open").text
    )
    assert "Nobody but the participant" in said(desk.get("/staff/forms/index-event").text)
    assert "facilitators included" in said(desk.get("/staff/forms/who-5").text)


def test_a_page_says_what_a_study_chooses(desk: Browser) -> None:
    page = said(desk.get("/staff/forms/whoqol-bref").text)
    assert "A study chooses" in page
    assert "A study picks the score that heads lists and charts." in page
    assert "Nothing is scored" in page


def test_a_preview_is_scored_as_the_server_scores_and_stores_nothing(
    desk: Browser, cast: Cast
) -> None:
    page = desk.get("/staff/forms/who-5/preview?lang=de").text
    assert '<html lang="de"' in page
    (address,) = re.findall(r'data-score="([^"]+)"', page)
    answers = {f"who0{n}": {"state": "answered", "value": 4} for n in range(1, 6)}
    before = cast.context.db.value("SELECT COUNT(*) FROM audit")
    told = desk.post(address, data=json.dumps(answers)).get_json()
    assert {line["id"]: line["value"] for line in told["scores"]} == {"raw": 20, "percent": 80}
    assert desk.post(address, data="[]").status_code == 422
    assert cast.context.db.value("SELECT COUNT(*) FROM responses") == 0
    assert cast.context.db.value("SELECT COUNT(*) FROM audit") == before


@pytest.mark.parametrize("what", ["preview", "paper.pdf"])
def test_a_language_that_there_is_not_is_not_found(desk: Browser, what: str) -> None:
    assert desk.get(f"/staff/forms/phq-9/{what}?lang=de").status_code == 404
    assert desk.get(f"/staff/forms/no-such-form/{what}").status_code == 404


def test_a_form_is_printed_for_a_pen_in_its_own_language(desk: Browser) -> None:
    printed = desk.get("/staff/forms/since-last-time/paper.pdf?lang=en")
    assert printed.mimetype == "application/pdf"
    words = text(printed.data)
    assert "Study code" in words
    assert "Only if question 1 is Yes" in words
    assert "since-last-time 1.0.0" in words


def test_paper_cannot_be_printed_while_the_press_is_away(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> bytes:
        raise pdf.PrintError("The printing process does not start.")

    monkeypatch.setattr(pdf, "to_pdf", away)
    answer = desk.get("/staff/forms/who-5/paper.pdf")
    assert answer.status_code == 503
    assert "does not start" in answer.text
