"""The Schedule of Activities: which columns a design gives, and what stands where."""

from __future__ import annotations

from server.catalog.catalog import Catalog
from server.domain.activities import Heading, Schedule, schedule
from server.domain.course import expected
from server.domain.protocol import AssessmentDefinition, Protocol
from tests.domain.design import INSTRUMENTS, definition, protocol


def drawn(*definitions: AssessmentDefinition, **changes: object) -> Schedule:
    return schedule(protocol(*definitions).model_copy(update=changes), INSTRUMENTS)


def told(found: Schedule, instrument: str) -> list[str]:
    """Return `heading offset` for every cell of an instrument that holds something."""
    row = next(each for each in found.activities if each.instrument.id == instrument)
    return [
        f"{_told(column.heading)} {column.offset.amount:+d} {column.offset.unit}"
        for column, cell in zip(found.columns, row.cells, strict=True)
        if cell
    ]


def _told(heading: Heading) -> str:
    number = f"-{heading.number}" if heading.number else ""
    last = "last " if heading.last else ""
    return f"{last}{heading.kind}{number}{heading.completion or ''}"


def test_every_visit_of_a_known_number_has_its_own_columns():
    found = drawn()
    assert told(found, "alliance") == [
        "last preparation +0 day", "dosing-1 +7 day", "dosing-2 +7 day",
    ]  # fmt: skip
    assert told(found, "mood") == ["enrolment +0 day", "dosing-2 +1 month"]


def test_visits_stand_there_even_where_nothing_is_asked():
    found = drawn()
    days = [_told(column.heading) for column in found.columns if column.visit]
    assert days == ["enrolment", "last preparation", "dosing-1", "dosing-2", "integration"]


def test_where_the_number_is_open_one_column_stands_for_all():
    found = drawn(
        definition("after", "mood", "every integration", opens="same day", closes="+2 days")
    )
    assert told(found, "mood") == ["integration +0 day"]


def test_visits_that_nothing_is_counted_from_stand_together():
    many = {
        **protocol().visits,
        "integration": protocol()
        .visits["integration"]
        .model_copy(update={"count": 9, "repeat": False}),
    }
    found = drawn(
        definition("fifth", "mood", "integration-5", opens="same day", closes="+2 days"),
        visits=many,
    )
    runs = [(h.number, h.upto) for h, _ in found.spans() if h.kind == "integration"]
    assert runs == [(1, 4), (5, None), (6, 9)]


def test_what_begins_before_the_visit_and_reaches_it_stands_at_the_visit():
    before = definition("before", "mood", "dosing-1", opens="-5 days", closes="same day at 20:00")
    ahead = definition("ahead", "mood", "dosing-2", opens="-5 days", closes="same day at 00:00")
    assert told(drawn(before, ahead), "mood") == ["dosing-1 +0 day", "dosing-2 -5 day"]


def test_what_hangs_on_an_answer_stands_beside_it():
    first = definition("first", "mood", "dosing-1", opens="same day", closes="+2 days")
    then = definition("then", "alliance", "completion of first", opens="+2 days", closes="+4 days")
    found = drawn(first, then)
    assert told(found, "alliance") == ["first +2 day"]
    places = [_told(heading) for heading, _ in found.spans()]
    assert places.index("first") == places.index("dosing-1") + 1


def test_the_last_before_a_visit_stands_before_that_visit():
    late = definition(
        "late", "mood", "last integration before dosing-2", opens="same day", closes="+1 day"
    )
    places = [_told(heading) for heading, _ in drawn(late).spans()]
    assert places.index("last integration") == places.index("dosing-2") - 1


def test_raters_forms_stand_below_the_participants_own():
    rated = definition("rated", "interview", "enrolment", opens="same day", closes="+6 days")
    own = definition("own", "mood", "dosing-2", opens="same day", closes="+2 days")
    assert [each.instrument.id for each in drawn(rated, own).activities] == ["mood", "interview"]


def test_every_definition_of_every_design_we_ship_is_in_its_table(catalog: Catalog):
    instruments = {each.id: each for each in catalog.instruments}
    for design in catalog.protocols:
        found = schedule(design, instruments)
        cells = [cell for row in found.activities for cell in row.cells]
        assert {each.id for cell in cells for each in cell} == set(design.definitions), design.id
        assert sum(span for _, span in found.spans()) == len(found.columns)
        assert len({heading for heading, _ in found.spans()}) == len(found.spans()), design.id
        assert _kinds(found) >= set(design.visits), design.id
        _every_numbered_visit_once(found, design)


def _kinds(found: Schedule) -> set[str]:
    return {column.heading.kind for column in found.columns}


def _every_numbered_visit_once(found: Schedule, design: Protocol) -> None:
    """Where each visit of a kind is told apart, its numbers are all there and in order."""
    for kind, definition_ in design.visits.items():
        headings = [heading for heading, _ in found.spans() if heading.kind == kind]
        count = expected(definition_)
        if count is None or count == 1 or any(heading.last for heading in headings):
            continue
        numbers = [
            n for h in headings if h.number for n in range(h.number, (h.upto or h.number) + 1)
        ]
        assert numbers == list(range(1, count + 1)), (design.id, kind)
