"""All dates of a course at once: known counts as rows, another added by hand, errors at each field, all or nothing."""

from __future__ import annotations

import re

from server.store import visits
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser
from tests.web.staff.reading import said


def _rows(page: str) -> list[tuple[str, str, str]]:
    """Return number, kind and visit of each row that can be typed into."""
    return re.findall(
        r'name="kind-(\d+)" value="([^"]*)">\s*<input type="hidden" name="visit-\d+" value="([^"]*)"',
        page,
    )


def _typed(page: str, **changes: str) -> dict[str, str]:
    """Return what a browser would send of this page, with these fields changed."""
    data = {
        name: value
        for name, value in re.findall(
            r'<input[^>]*\bname="([a-z]+-\d+)"[^>]*\bvalue="([^"]*)"', page
        )
        if not name.startswith("held")
    }
    return {**data, **changes}


def _dates(cast: Cast, kind: str) -> list[tuple[str, str, str | None]]:
    return [
        (row["status"], row["on_day"], row["at_time"])
        for row in visits.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["kind"] == kind
    ]


def test_a_known_number_of_visits_stands_as_rows_and_others_have_one_empty(
    desk: Browser, one: str
) -> None:
    page = desk.get(f"{one}/dates").text

    kinds = [kind for _number, kind, _visit in _rows(page)]
    assert kinds.count("dosing") == 2, "two dosing visits: the one planned and the one missing"
    assert kinds.count("integration") == 1
    assert "enrolment" not in kinds
    assert "Dosing 2" in said(page)


def test_all_dates_are_recorded_in_one_go(desk: Browser, cast: Cast, one: str) -> None:
    page = desk.get(f"{one}/dates").text
    number = {kind: at for at, kind, visit in _rows(page) if not visit}
    sent = desk.post(
        f"{one}/dates",
        data=_typed(
            page,
            **{
                f"on-{number['dosing']}": "2027-03-31", f"at-{number['dosing']}": "09:30",
                f"on-{number['integration']}": "2027-03-04",
            },
        ),
    )  # fmt: skip

    assert sent.status_code == 303
    assert ("planned", "2027-03-31", "09:30") in _dates(cast, "dosing")
    assert _dates(cast, "integration") == [("planned", "2027-03-04", None)]
    assert len(_dates(cast, "dosing")) == 2, "what stood already is not recorded twice"


def test_another_row_is_added_and_what_was_typed_stays(desk: Browser, cast: Cast, one: str) -> None:
    page = desk.get(f"{one}/dates").text
    number = {kind: at for at, kind, visit in _rows(page) if not visit}["integration"]
    more = desk.post(
        f"{one}/dates",
        data=_typed(page, **{f"on-{number}": "2027-03-04", "add": "integration"}),
    )

    kinds = [kind for _number, kind, _visit in _rows(more.text)]
    assert (more.status_code, kinds.count("integration")) == (200, 2)
    assert 'value="2027-03-04"' in more.text
    assert "Integration 2" in said(more.text)
    assert _dates(cast, "integration") == []


def test_each_mistake_stands_at_its_field_and_nothing_is_recorded(
    desk: Browser, cast: Cast, one: str
) -> None:
    page = desk.get(f"{one}/dates").text
    number = {kind: at for at, kind, visit in _rows(page) if not visit}
    wrong = desk.post(
        f"{one}/dates",
        data=_typed(
            page,
            **{
                f"on-{number['dosing']}": "2027-03-31",
                f"on-{number['preparation']}": "soon",
                f"at-{number['integration']}": "09:00",
            },
        ),
    )  # fmt: skip

    assert wrong.status_code == 422
    for kind, remedy in (
        ("preparation", "Give a day, for example"),
        ("integration", "Give the day"),
    ):
        field = re.search(rf'id="on-{number[kind]}-wrong">([^<]*)<', wrong.text)
        assert field, kind
        assert remedy in field[1]
        assert f'href="#on-{number[kind]}"' in wrong.text
    assert len(_dates(cast, "dosing")) == 1


def test_a_day_to_come_cannot_be_ticked_as_held_and_the_store_says_so_at_the_field(
    desk: Browser, cast: Cast, one: str
) -> None:
    page = desk.get(f"{one}/dates").text
    number = {kind: at for at, kind, visit in _rows(page) if not visit}["integration"]
    wrong = desk.post(
        f"{one}/dates",
        data=_typed(page, **{f"on-{number}": "2027-03-31", f"held-{number}": "yes"}),
    )

    assert wrong.status_code == 422
    assert f'id="on-{number}-wrong"' in wrong.text
    assert "still to come" in said(wrong.text)
    assert re.search(rf'name="held-{number}" value="yes" checked', wrong.text)
    assert _dates(cast, "integration") == []


def test_past_dates_are_confirmed_as_planned_with_a_tick(
    desk: Browser, cast: Cast, one: str
) -> None:
    page = desk.get(f"{one}/dates").text
    number = {kind: at for at, kind, visit in _rows(page) if not visit}["preparation"]
    sent = desk.post(
        f"{one}/dates",
        data=_typed(page, **{f"on-{number}": "2027-02-25", f"held-{number}": "yes"}),
    )

    assert sent.status_code == 303
    assert ("held", "2027-02-25", None) in _dates(cast, "preparation")
    settled = desk.get(f"{one}/dates").text
    assert 'value="2027-02-25"' not in settled, "what was held is changed on its own page"


def test_the_day_of_a_visit_that_is_there_is_not_emptied_here(
    desk: Browser, cast: Cast, one: str
) -> None:
    page = desk.get(f"{one}/dates").text
    number = next(at for at, kind, visit in _rows(page) if kind == "dosing" and visit)
    wrong = desk.post(f"{one}/dates", data=_typed(page, **{f"on-{number}": "", f"at-{number}": ""}))

    assert wrong.status_code == 422
    assert "cancel it on its own page" in said(wrong.text)
    assert len(_dates(cast, "dosing")) == 1


def test_a_course_that_the_protocol_has_not_is_not_found(desk: Browser, one: str) -> None:
    assert desk.get(f"{one}/dates?course=2").status_code == 404
    assert desk.get(f"{one}/dates?course=first").status_code == 404
