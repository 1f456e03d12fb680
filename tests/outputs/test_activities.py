"""The Schedule of Activities in words: windows as protocols print them, notes, parts, CSV, paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from server.actions.print_activities import draw_activities
from server.catalog.catalog import Catalog
from server.domain.activities import schedule
from server.domain.protocol import AssessmentDefinition, Protocol, When
from server.outputs import page, pdf
from server.outputs.activities import Sheet, lines, sheet
from tests.domain.design import INSTRUMENTS, definition, protocol


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    """Words are English here; a page's language needs no whole application."""
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


def drawn(*definitions: AssessmentDefinition) -> Sheet:
    design = protocol(*definitions)
    return sheet(design, schedule(design, INSTRUMENTS))


def cells(found: Sheet, label: str) -> list[str]:
    row = next(row for row in found.whole.rows if row.label == label)
    return ["; ".join(cell.lines).replace("\u00a0", " ") for cell in row.cells if cell.lines]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"target": "+7 days", "window": ("-2 days", "+3 days")}, "−2/+3 d"),
        ({"target": "+7 days", "window": ("-2 weeks", "+2 weeks")}, "±2 wk"),
        ({"target": "+1 month", "window": ("-3 days", "+1 week")}, "−3 d/+1 wk"),
        ({"target": "+7 days", "window": ("0 days", "+3 days")}, "−0/+3 d"),
        ({"opens": "same day", "closes": "+6 days at 20:00"}, "to +6 d 20:00"),
        ({"opens": "+1 day at 10:00", "closes": "+1 day at 20:00"}, "10:00 to 20:00"),
        ({"opens": "same day at 16:00", "closes": "dosing-2 at 08:00"}, "16:00 to Dosing 2 08:00"),
        ({"opens": "same day", "closes": "dosing-2 at 00:00"}, "until before Dosing 2"),
        ({"opens": "same day", "closes": "2 days before dosing-2"}, "to 2 d before Dosing 2"),
        ({"opens": "same day", "closes": "same day"}, "that day"),
    ],
)
def test_a_window_is_said_briefly(when: dict[str, str | tuple[str, str]], told: str):
    design = protocol(definition("asked", "mood", "dosing-1", **when))
    named = {
        **design.visits,
        "dosing": design.visits["dosing"].model_copy(update={"label": "Dosing"}),
    }
    found = design.model_copy(update={"visits": named})
    assert cells(sheet(found, schedule(found, INSTRUMENTS)), "mood") == [told]


def test_notes_say_what_a_cell_cannot():
    about = definition(
        "about", "alliance", "every dosing", target="+7 days", window=("-2 days", "+3 days")
    )
    only = about.model_copy(update={"when": When(arm=("one",)), "asked": "once per facilitator"})
    found = drawn(only)
    told = dict(found.notes)
    assert list(told.values()) == ["Once about each facilitator.", "Only in the arm Only arm."]
    (row,) = found.whole.rows
    assert {mark for cell in row.cells for mark in cell.marks} == set(told)


def test_what_ends_late_in_the_designs_says_so(catalog: Catalog):
    words = {
        each.id: " ".join(draw_activities(catalog, each).remarks) for each in catalog.protocols
    }
    assert "taken in and marked as late" in words["ketamine-clinic"]
    assert "does not open any more" in words["alliance-core"]


def test_a_wide_table_is_cut_between_headings_and_loses_nothing(catalog: Catalog):
    found = draw_activities(catalog, catalog.protocol("mdma-three-session"))
    parts = found.parts(most=13)
    assert len(parts) > 1
    assert max(len(part.heads) for part in parts) <= 13
    assert [head for part in parts for head in part.heads] == list(found.whole.heads)
    assert [span for part in parts for span in part.spans] == list(found.whole.spans)
    for part in parts:
        for row in part.rows:
            assert len(row.cells) == len(part.heads)
    filled = sum(bool(cell.lines) for row in found.whole.rows for cell in row.cells)
    assert sum(bool(c.lines) for p in parts for row in p.rows for c in row.cells) == filled


def test_a_heading_wider_than_a_page_is_cut_all_the_same():
    many = [
        definition(
            f"week-{week}", "mood", "dosing-1", target=f"+{week} weeks", window=("-1 day", "+1 day")
        )
        for week in range(1, 9)
    ]
    parts = drawn(*many).parts(most=3)
    assert all(len(part.heads) <= 3 for part in parts)
    assert sum(len(part.heads) for part in parts) == len(drawn(*many).whole.heads)


def test_a_spreadsheet_gets_one_table_with_the_notes_below(catalog: Catalog):
    found = draw_activities(catalog, catalog.protocol("alliance-core"))
    text = "".join(lines(found))
    assert text.startswith("\ufeffForm,")
    head, visits, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert all(len(row) == len(head) for row in [visits, *rows])
    assert visits[0] == "Visit"
    assert visits.count("x") == sum(found.whole.visits)
    assert [row[0] for row in rows][: len(found.whole.rows)] == [
        f"{row.label} ({row.hint})" for row in found.whole.rows
    ]
    assert rows[-1][0] == found.remarks[-1]
    assert "\u00a0" not in text


def test_a_label_that_a_spreadsheet_would_run_is_made_harmless():
    design = protocol()
    evil = {
        **design.visits,
        "dosing": design.visits["dosing"].model_copy(update={"label": "=cmd()"}),
    }
    found = design.model_copy(update={"visits": evil})
    text = "".join(lines(sheet(found, schedule(found, INSTRUMENTS))))
    assert ",=cmd" not in text
    assert '"=cmd' not in text


def test_every_design_we_ship_prints(catalog: Catalog):
    for design in (catalog.protocol("mdma-three-session"), catalog.protocol("ketamine-clinic")):
        document = _printed(catalog, design)
        assert document.startswith(b"%PDF-")


def _printed(catalog: Catalog, design: Protocol) -> bytes:
    drawing = draw_activities(catalog, design)
    values = {
        "locale": "en", "study": "SYN-1", "protocol": design.id, "title": design.title, "mark": "",
        "made_for": "", "printed": "", "sheet": drawing, "parts": drawing.parts(),
    }  # fmt: skip
    html = page.drawn("pdf/activities.html", page=values)
    return pdf.to_pdf(html, page.css("activities.css"))
