"""Printing a summary: for a named reader, never more than both may see, and on the record."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from server.actions.print_summary import gather, print_summary
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.domain.people import Staff
from server.errors import ForbiddenError, NotFoundError
from server.outputs import page, pdf
from server.outputs.summary import summary
from server.store import audit, verification
from tests.cast import Cast, Person
from tests.outputs import reading

WORDS = "mornings are different now"


@pytest.fixture
def answered(cast: Cast) -> Cast:
    """Ada answered both alliance forms, then the baseline forms."""
    for about in (cast.rated, cast.second):
        cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", about)))
    for definition in ("distress-baseline", "wellbeing-baseline"):
        cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, definition)))
    return cast


def read(cast: Cast, viewer: Staff, person: Person | None = None, **wishes: Any) -> str:
    return reading.text(print_summary(cast.context, viewer, (person or cast.ada).id, **wishes))


def test_a_coordinator_reads_the_scores_that_the_store_holds(answered: Cast):
    text = read(answered, answered.coordinator)
    assert "66 of 0 to 88, on 1 Mar 2027" in text
    assert "60 of 0 to 100, on 1 Mar 2027" in text
    assert "SYN-001" in text
    assert "Made for: Cora Coordinator, coordinator" in text
    assert "Printed 1 Mar 2027, 10:00 (Europe/Berlin)" in text
    assert "Synthetic data" in text
    assert "Preparation 1, 11:00 held" in text
    assert "Next Dosing 1, 3 Mar 2027, 09:00" in text


@pytest.mark.parametrize(
    "name", ["coordinator", "investigator", "monitor", "administrator", "rated", "second"]
)
def test_alliance_is_left_out_whoever_reads(answered: Cast, name: str):
    html = drawn(answered, answered.staff[name])
    assert not tokens_of_alliance(html)


def test_a_research_copy_holds_alliance_and_says_so(answered: Cast):
    found = print_summary(
        answered.context, answered.coordinator, answered.ada.id, research_copy=True
    )
    for text in reading.pages(found):
        assert "Research copy: contains alliance; not for facilitators" in text
    assert "WAI-SR about Robin" in reading.text(found)
    assert "36 of 12 to 60" in reading.text(found)


@pytest.mark.parametrize("name", ["rated", "second", "rater"])
def test_no_research_copy_for_facilitators_and_raters_neither_by_nor_for_them(
    answered: Cast, name: str
):
    for viewer, reader in (
        (answered.staff[name], None),
        (answered.coordinator, answered.staff[name]),
    ):
        with pytest.raises(ForbiddenError):
            print_summary(
                answered.context, viewer, answered.ada.id, research_copy=True, reader=reader
            )


def test_no_research_copy_for_a_coordinator_who_is_a_facilitator_as_well(answered: Cast):
    both = Staff(answered.rated.id, answered.study_id, frozenset({"coordinator", "facilitator"}))
    with pytest.raises(ForbiddenError):
        print_summary(answered.context, both, answered.ada.id, research_copy=True)


def test_who_is_rated_finds_no_trace_even_in_a_role_that_sees_alliance(answered: Cast):
    """Hiding is keyed to the pair: a monitor who is the rated guide sees no row of theirs."""
    both = Staff(answered.rated.id, answered.study_id, frozenset({"monitor"}))
    html = drawn(answered, both, research_copy=True)
    assert "about Robin" not in html
    assert "WAI-SR" not in html


def test_for_a_named_reader_it_holds_what_that_reader_may_see(answered: Cast):
    text = read(answered, answered.coordinator, reader=answered.rated)
    assert "Made for: Robin Rated, facilitator" in text
    assert "66 of 0 to 88" in text


def test_a_facilitator_learns_nothing_by_printing_for_someone_else(answered: Cast):
    """What printer and reader may both see is printed, never what only one of them may."""
    record = gather(
        answered.context, answered.rated, answered.coordinator, answered.ada.id, research_copy=True
    )
    assert not any(each.alliance for each in record.sittings)


def test_an_independent_rater_gets_no_page_at_all(answered: Cast):
    with pytest.raises(ForbiddenError):
        print_summary(answered.context, answered.rater, answered.ada.id)


def test_another_study_and_another_facilitators_participant_are_not_there(answered: Cast):
    with pytest.raises(NotFoundError):
        print_summary(answered.context, answered.outsider, answered.ada.id)
    with pytest.raises(NotFoundError):
        print_summary(answered.context, answered.rated, answered.ben.id)
    with pytest.raises(NotFoundError):
        print_summary(
            answered.context, answered.coordinator, answered.ada.id, reader=answered.outsider
        )


def test_the_page_does_not_tell_the_arm(answered: Cast):
    """A25: neither the arm's name nor its label stands on anybody's page."""
    for viewer in (answered.coordinator, answered.rated, answered.monitor):
        text = drawn(answered, viewer).lower()
        assert "immediate" not in text
        assert "delayed" not in text


def test_no_contact_data_stand_on_the_page(answered: Cast):
    text = drawn(answered, answered.coordinator)
    assert "Synthetic SYN-001" not in text
    assert "@example.org" not in text


def test_that_it_was_printed_is_on_the_record_with_the_copys_digest(answered: Cast):
    """R10, R43: who printed whose summary, for whom, which bytes; and the trail still verifies."""
    found = print_summary(
        answered.context, answered.coordinator, answered.ada.id, reader=answered.monitor
    )
    (entry,) = audit.history(answered.context.db, "summaries", answered.ada.id)
    assert entry["actor"] == f"staff:{answered.coordinator.id}"
    assert json.loads(entry["new_value"]) == {
        "reader": answered.monitor.id,
        "research_copy": False,
        "sha256": hashlib.sha256(found).hexdigest(),
    }
    verification.verify(answered.context.db)


def test_printing_twice_at_the_same_instant_gives_the_same_bytes(answered: Cast):
    first, second = (
        print_summary(answered.context, answered.coordinator, answered.ada.id) for _ in range(2)
    )
    assert first == second


def test_what_could_not_be_printed_is_not_on_the_record(
    answered: Cast, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object):
        raise pdf.PrintError("no")

    monkeypatch.setattr(pdf, "to_pdf", fails)
    with pytest.raises(pdf.PrintError):
        print_summary(answered.context, answered.coordinator, answered.ada.id)
    assert audit.history(answered.context.db, "summaries", answered.ada.id) == []


def test_open_words_reach_the_page_in_full(answered: Cast, clock: FixedClock):
    actor = answered.actor(answered.coordinator)
    entry = VisitEntry("dosing", date(2027, 3, 1), time(8), "held")
    record_visit(answered.context, actor, answered.coordinator, answered.ben.id, entry)
    clock.at = datetime(2027, 4, 5, 12, 0, tzinfo=UTC)
    assessment = answered.assessment(answered.ben, "words-month-1")
    form = answered.context.catalog.instrument("followup-open")
    answers = {item.id: {"state": "answered", "value": WORDS} for item in form.questions}
    answered.send(answered.ben, answered.payload(assessment, answers))
    assert read(answered, answered.coordinator, answered.ben).count(WORDS) == len(form.questions)


def drawn(cast: Cast, viewer: Staff, research_copy: bool = False) -> str:
    """Return the page's HTML: nothing that is not in it can be in the PDF."""
    record = gather(cast.context, viewer, viewer, cast.ada.id, research_copy=research_copy)
    return page.html(summary(record))


def tokens_of_alliance(html: str) -> list[str]:
    text = html.lower()
    return [
        token for token in ("allian", "wai-sr", "wai0", "about sam", "about robin") if token in text
    ]
