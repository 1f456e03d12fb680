"""Answers, their export and their print."""

from __future__ import annotations

import csv
import io

from server.store import responses
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser
from tests.web.staff.reading import said


def test_skipped_unanswered_and_not_shown_are_told_apart(desk: Browser, cast: Cast) -> None:
    """R20."""
    answers = cast.answers("who-5")
    items = list(answers)
    answers[items[0]] = {"state": "skipped"}
    answers[items[1]] = {"state": "not-shown"}
    del answers[items[2]]
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"), answers))
    response = responses.of(cast.context.db, EVERYTHING, cast.ada.id)[0]["id"]

    page = said(desk.get(f"/staff/responses/{response}").text)

    assert page.count("skipped on purpose") == 1
    assert page.count("not shown") == 1
    assert page.count("left without an answer") == 1
    assert "not scored" in page
    rows = {row["name"]: row for row in _export(desk)}
    assert [rows[item]["state"] for item in items[:4]] == [
        "skipped",
        "not-shown",
        "unanswered",
        "answered",
    ]
    assert [rows[item]["value"] for item in items[:3]] == ["", "", ""]


def test_the_export_holds_codes_numbers_and_harmlesssaid(desk: Browser, cast: Cast) -> None:
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    rows = _export(desk)

    assert {row["participant"] for row in rows} == {"SYN-001"}
    assert {row["what"] for row in rows} == {"answer", "score"}
    assert all(row["value"] == "3" for row in rows if row["what"] == "answer")
    text = desk.get("/staff/export/answers.csv").text
    assert "Synthetic SYN" not in text
    assert "@" not in text


def test_an_export_is_noted_with_its_size(desk: Browser, cast: Cast) -> None:
    desk.get("/staff/export/answers.csv")
    row = cast.context.db.one("SELECT actor, reason FROM audit WHERE field = 'exported'")

    assert row == {"actor": f"staff:{cast.coordinator.id}", "reason": "Exported answers and scores"}


def _export(desk: Browser) -> list[dict[str, str]]:
    text = desk.get("/staff/export/answers.csv").text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_summary_opens_as_a_pdf_under_its_code(desk: Browser, cast: Cast, one: str) -> None:
    response = desk.get(f"{one}/summary.pdf")

    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"] == 'inline; filename="summary-SYN-001.pdf"'
    assert response.headers["Cache-Control"] == "no-store"
