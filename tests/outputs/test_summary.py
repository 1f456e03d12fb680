"""The printed summary: page one for a minute, everything behind it, each page saying whose and for whom."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.domain.answers import Answer
from server.outputs import page, pdf, sheets
from server.outputs.record import Reader, Record, ScoreLine, Sitting, VisitLine
from server.outputs.summary import Summary, summary
from tests.outputs import reading, sample

pytestmark = pytest.mark.slow


def printed(record: Record, paper: pdf.Paper = "a4") -> list[str]:
    return reading.pages(pdf.to_pdf(page.html(summary(record)), page.css(), paper))


def totals(*values: float | None, **changes: Any) -> tuple[Sitting, ...]:
    """IES-R sittings a month apart with these totals; None was missed."""
    draw = random.Random(1)
    found = []
    for place, value in enumerate(values):
        each = sample.sitting("ies-r", f"Distress {place}", 30 * place, 0.5, draw)
        if value is None:
            each = replace(each, state="unopened", answered_at=None, scores=(), answers=())
        else:
            each = replace(each, scores=(ScoreLine("total", value),), **changes)
        found.append(each)
    return tuple(found)


def scored(name: str, score: str, *values: float) -> tuple[Sitting, ...]:
    """Sittings of an instrument a month apart, in which one score has these values."""
    draw = random.Random(1)
    return tuple(
        replace(sample.sitting(name, f"{name} {place}", 30 * place, 0.5, draw),
                scores=(ScoreLine(score, value),))
        for place, value in enumerate(values)
    )  # fmt: skip


def of(*sittings: Sitting, **changes: Any) -> Summary:
    return summary(replace(sample.record(), sittings=sittings, **changes))


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return printed(sample.record())


def test_page_one_says_where_in_the_course_and_how_it_stands(pages: list[str]):
    first = pages[0]
    assert "Summary P-0012" in first
    assert "Week 57 since enrolment on 2 Feb 2026. Status: active." in first
    assert "Last held Follow-up 1, 30 Sep 2026, 10:30" in first
    assert "Next Follow-up 3, 29 Mar 2027, 10:30" in first
    assert "26 of 0 to 88, on 25 Feb 2027" in first
    assert "39 lower than at baseline (65, 3 Feb 2026)." in first
    assert "Higher means more distress." in first
    assert "Distress at three months (IES-R) expired unopened, closed 28 Jun 2026" in first
    assert "Follow-up 2 planned, not recorded as held (7 Feb 2027)" in first
    assert "Creamer, Bell & Failla 2003" in first


def test_every_page_says_whose_it_is_for_whom_when_and_that_it_is_made_up(pages: list[str]):
    assert len(pages) == 4
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of 4" in text
        assert "P-0012" in text
        assert "AC-01" in text
        assert "Made for: Anna Keller, coordinator" in text
        assert "Printed 1 Mar 2027, 10:00 (Europe/Berlin)" in text
        assert "Synthetic data" in text
        assert "Research copy" not in text


def test_real_data_carry_no_synthetic_mark():
    assert not any(
        "Synthetic" in text for text in printed(replace(sample.record(), synthetic=False))
    )


def test_the_pages_behind_hold_every_score_answer_and_word(pages: list[str]):
    behind = "\n".join(pages[1:])
    assert "Distress after the event, total (0–88) 65 54 44 38 26" in behind
    assert "10 jumpy 3 3 2 2 2" in behind
    assert "5 interesting days 2 empty 2 2 2" in behind
    assert "0 Not in the least · 1 Slightly" in behind
    assert "What has been hard, and what or who has helped?" in behind
    assert behind.count("Twice I woke from an old dream") == 8


def test_a_research_copy_says_so_on_each_page_and_holds_alliance():
    found = printed(sample.record(research_copy=True))
    assert all("Research copy: contains alliance; not for facilitators" in text for text in found)
    assert "WAI-SR about Maya" in found[0]
    assert "WAI-SR about Tom" in found[0]


def test_without_alliance_no_page_holds_a_word_of_it():
    """Neither the measure, nor its name, nor that something is left out."""
    text = page.html(summary(sample.record())).lower()
    title = sample.record().study_title.lower()
    assert "allian" not in text.replace(title, "")
    assert "wai" not in text
    assert "maya" not in text


def test_the_same_record_gives_the_same_bytes_and_another_reader_other_ones():
    html = page.html(summary(sample.record()))
    assert pdf.to_pdf(html, page.css()) == pdf.to_pdf(html, page.css())
    other = page.html(summary(replace(sample.record(), reader=Reader("Bo Lind", "monitor"))))
    assert "Made for: Bo Lind, monitor" in other
    assert other.replace("Bo Lind, monitor", "Anna Keller, coordinator") == html


def test_letter_paper_holds_the_same_words():
    assert len(printed(sample.record(), "letter")) in {4, 5}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((40.0, 30.0), "10 lower than at baseline (40, 2 Feb 2026)."),
        ((30.0, 40.0), "10 higher than at baseline (30, 2 Feb 2026)."),
        ((30.0, 40.0, 30.0), "The same as at baseline (30, 2 Feb 2026)."),
        ((30.0,), "The only score so far."),
        ((None, None), "No score yet."),
        ((None, 40.0, 30.0), "No baseline. 10 lower than first (40, 4 Mar 2026)."),
        ((0.0, 12.5), "12.5 higher than at baseline (0, 2 Feb 2026)."),
    ],
)
def test_change_is_told_in_words_and_judged_by_nobody(values: tuple[float | None, ...], said: str):
    assert of(*totals(*values)).panels[0].change == said


def classes(chart: str) -> set[str]:
    return set(re.findall(r'class="chart-([^"]+)"', chart))


def test_what_tells_of_one_session_has_no_baseline():
    panel = of(*scored("meq30", "total", 2.5, 3.5)).panels[0]
    assert panel.change == "Each stands for itself. The one before: 2.5, 2 Feb 2026."
    assert panel.yardsticks == ()
    assert "path" not in classes(panel.chart), "no line leads from one to the next"
    assert {"path", "last"} <= classes(of(*totals(40.0, 30.0)).panels[0].chart)
    assert "last" in classes(panel.chart)
    assert of(*scored("meq30", "total", 2.5)).panels[0].change == "It stands for itself."
    triage = of(*scored("c-ssrs-screener", "triage", 3.0, 0.0)).panels[0]
    assert triage.change == "Each stands for itself. The one before: 3, 2 Feb 2026."


def test_where_the_field_agreed_on_no_figure_the_difference_within_the_person_stands_alone():
    (told,) = of(*totals(40.0, 30.0)).panels[0].yardsticks
    assert told.startswith("Within this person only: no figure is agreed on")
    assert of(*totals(40.0)).panels[0].yardsticks == ()


def test_reliable_change_stands_with_r_sd_and_source_beside_it():
    (told,) = of(*scored("whoqol-bref", "psychological", 70.8, 50.0)).panels[0].yardsticks
    assert told == (
        "Reliable change, 16.92 points: reached. r 0.81 (internal consistency), SD 14; Jacobson & "
        "Truax 1991, doi 10.1037/0022-006X.59.1.12; alpha: Skevington et al. 2004 (recalled); SD: "
        "Hawthorne et al. 2006, as recalled, not looked up."
    )


def test_other_scores_have_their_figures_under_their_table():
    (grid,) = of(*scored("whoqol-bref", "physical", 70.0, 50.0)).scores
    assert any(each.startswith("Physical: Reliable change, 21.29") for each in grid.remarks)


def test_a_study_picks_the_score_that_stands_for_a_form_without_a_total():
    sittings = scored("whoqol-bref", "physical", 70.0, 50.0)
    picked = [replace(each, headline="physical") for each in sittings]
    assert of(*sittings).panels[0].label == "Psychological"
    assert of(*picked).panels[0].label == "Physical"


def test_a_rule_that_decides_is_printed_as_yes_or_no():
    (grid,) = of(*scored("pcl-5", "provisional_ptsd", 1.0, 0.0)).scores
    (row,) = [row for row in grid.rows if row.label.startswith("Provisional")]
    assert row.cells.split("\t") == ["yes", "no"]


def test_a_standard_error_is_printed_beside_its_table():
    sittings = scored("promis-gh", "mental_t", 48.3)
    scores = (ScoreLine("mental_t", 48.3, error=3.7),)
    (grid,) = of(replace(sittings[0], scores=scores)).scores
    assert any("standard error" in each and "3.7" in each for each in grid.remarks)


def test_an_unscorable_form_is_no_baseline_and_no_latest_score():
    sittings = totals(40.0, 30.0)
    spoilt = replace(sittings[1], scores=(ScoreLine("total", None, "9 items empty"),))
    found = of(sittings[0], spoilt)
    assert found.panels[0].latest == "40"
    assert any("not scored: 9 items empty" in remark for remark in found.scores[0].remarks)


def test_a_filled_score_is_marked_and_the_note_explains_the_mark():
    filled = replace(
        totals(40.0)[0], scores=(ScoreLine("total", 40.0, "1 item empty", prorated=True),)
    )
    found = of(filled)
    assert found.panels[0].latest == "≈40"
    assert any(note.startswith("≈:") for note in found.notes)


def test_a_score_in_a_published_band_carries_its_name_and_its_source():
    found = of(*totals(40.0))
    assert found.panels[0].reading == "Band: at or above a screening cut-off for PTSD."
    assert any("Creamer" in note for note in found.caveats)
    assert of(*totals(10.0)).panels[0].reading == "In no named band."


def test_an_answer_to_placeholder_wording_is_called_that():
    assert any(
        "placeholder wording" in note and "IES-R" in note for note in of(*totals(40.0)).caveats
    )
    licensed = replace(
        totals(40.0)[0], wording=totals(40.0)[0].wording.model_copy(update={"status": "licensed"})
    )
    assert not any("placeholder" in note for note in of(licensed).caveats)


def test_each_person_rated_has_a_path_of_their_own():
    found = summary(sample.record(research_copy=True))
    assert [panel.title for panel in found.panels] == [
        "IES-R",
        "WHO-5",
        "WAI-SR about Maya",
        "WAI-SR about Tom",
    ]


def test_outstanding_names_what_can_be_answered_first():
    each = totals(40.0, None)
    waiting = replace(each[0], state="open", answered_at=None, scores=(), answers=())
    found = of(each[1], waiting, visits=())
    assert [line.state for line in found.outstanding] == [
        "open until 5 Feb 2026",
        "expired unopened, closed 7 Mar 2026",
    ]


def test_every_state_is_called_by_its_own_word_and_whoever_entered_it_by_name():
    one = totals(40.0)[0]
    empty = replace(totals(None)[0], answered_at=None)
    found = of(
        replace(one, state="late"),
        replace(one, state="unscheduled"),
        replace(one, state="transcribed", source="paper", entered_by="Mara Lindholm"),
        replace(one, state="late", source="paper", entered_by="Mara Lindholm"),
        replace(one, source="rater", entered_by="Ines Moreau"),
        replace(empty, state="excused", note="was abroad"),
        replace(empty, state="half-done"),
        visits=(),
    )
    assert {line.state for line in found.course} == {
        "answered late",
        "answered, unscheduled",
        "answered on paper, transcribed, entered by Mara Lindholm",
        "answered late, from paper, entered by Mara Lindholm",
        "answered, entered by Ines Moreau",
        "excused, was abroad",
        "expired half-done",
    }
    assert any(
        "entered by Ines Moreau" in remark for grid in found.scores for remark in grid.remarks
    )


def test_what_is_still_on_paper_or_awaits_confirmation_is_outstanding():
    empty = replace(totals(None)[0], answered_at=None)
    found = of(replace(empty, state="on-paper"), replace(empty, state="awaiting"), visits=())
    assert [line.state for line in found.outstanding] == [
        "on paper, to be transcribed",
        "awaiting confirmation",
    ]


def test_what_was_not_done_is_said_with_its_reason_under_the_answers():
    one = totals(40.0)[0]
    first = one.answers[0].item
    silent = replace(
        one, answers=(Answer(first, "not-done", None, "went home early"), *one.answers[1:])
    )
    (grid,) = of(silent).answers
    assert "not done" in grid.rows[0].cells
    assert [remark for remark in grid.remarks if "1 not done: went home early" in remark]


def test_more_than_six_sittings_go_on_in_a_further_grid():
    found = of(*totals(*(40.0 for _ in range(8))))
    assert [len(grid.heads.split("\t")) for grid in found.scores] == [6, 2]


def test_a_participant_of_whom_nothing_is_known_yet_still_has_a_page():
    found = printed(replace(sample.record(), sittings=(), visits=()))
    assert "none recorded yet" in found[0]
    assert "No form with a score is planned." in found[0]


def test_hostile_words_are_words_everywhere(tmp_path: Path):
    """A9, A10: what people and files say is shown as text, in headings, charts, margins and answers."""
    secret = tmp_path / "secret"
    secret.write_text("canary", encoding="utf-8")
    evil = f"</p></svg><link rel=attachment href={secret.as_uri()}><img src={secret.as_uri()}><style>@import '{secret.as_uri()}'</style>"
    each = sample.sitting("followup-open", evil, 30, 0.5, random.Random(1))
    each = replace(each, answers=tuple(Answer(a.item, "answered", evil) for a in each.answers))
    record = replace(
        sample.record(), participant_code=evil, study_title=evil, study_code=evil, zone=evil,
        reader=Reader(evil, evil), sittings=(*totals(40.0, about=evil), each),
        visits=(VisitLine("dosing", evil, date(2026, 3, 1), "held"),),
    )  # fmt: skip
    html = page.html(summary(record))
    for tag in ("<link", "<img", "<style"):
        assert tag not in html
    made = pdf.to_pdf(html, page.css())
    assert b"canary" not in made
    assert "<link rel=attachment" in reading.text(made)


def own_words(text: str, count: int) -> tuple[Sitting, ...]:
    each = sample.sitting("followup-open", "Open questions", 90, 0.5, random.Random(1))
    answers = tuple(Answer(a.item, "answered", text) for a in each.answers)
    when = each.answered_at
    assert when is not None
    return tuple(
        replace(
            each, label=f"Open questions {n}", answered_at=when + timedelta(days=n), answers=answers
        )
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("sittings", "said"),
    [
        (own_words("x" * 100_000, 1), "first 4,000 of 100,000 characters"),
        (own_words("word " * 4_000, 100), "first 4,000 of 19,999 characters"),
        (own_words("a\n" * 10_000, 30), "left out here"),
        (own_words("<table><tr><td>" * 1_300, 5), "first 4,000 of 19,500 characters"),
        (own_words(("e" + "\u0301\u0323\u0330" * 30 + " ") * 215, 8), "first 4,000 of"),
        (totals(*(40.0 for _ in range(3_000))), "left out here"),
    ],
    ids=[
        "unbroken",
        "hundreds of long ones",
        "line breaks",
        "markup",
        "stacked accents",
        "thousands of rows",
    ],
)
def test_bodies_without_end_are_cut_where_everybody_sees_it(
    sittings: tuple[Sitting, ...], said: str
):
    """T10, A11: six bodies, each printed well within the limit, the cut in words."""
    text = "\n".join(printed(replace(sample.record(), sittings=sittings)))
    assert said in text


def test_thousands_of_visits_and_measures_end_as_well():
    draw = random.Random(1)
    each = sample.sitting("wai-sr", "Alliance", 30, 0.5, draw)
    sittings = tuple(replace(each, about=f"Person {n}") for n in range(200))
    visits = tuple(
        replace(sample.record().visits[n % 12], on=date(2026, 2, 2) + timedelta(days=n % 390))
        for n in range(2_000)
    )
    found = summary(replace(sample.record(), sittings=sittings, visits=visits))
    assert "more are left out here" in found.more_panels
    assert "more are left out here" in found.scores_cut
    assert len(found.course) == sheets.MOST_LINES
    assert found.timeline.count("chart-tick") <= 60
