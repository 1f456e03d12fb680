"""Facilitators from a day to a day, and one who takes over from another in one step."""

from __future__ import annotations

from server.store import assessments, facilitators
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser
from tests.web.staff.reading import said


def _terms(cast: Cast) -> list[tuple[str, str, str | None]]:
    return [
        (row["name"], row["from_on"], row["to_on"])
        for row in facilitators.of(cast.context.db, EVERYTHING, cast.ben.id)
    ]


def test_a_term_may_be_given_its_last_day_at_once(desk: Browser, cast: Cast) -> None:
    ben = f"/staff/participants/{cast.ben.id}"
    form = {"staff_id": cast.rated.id, "shown_name": "Robin", "on": "2027-03-01"}
    wrong = desk.post(f"{ben}/facilitators", data={**form, "to": "2027-02-01"})
    page = desk.post(
        f"{ben}/facilitators", data={**form, "to": "2027-04-01"}, follow_redirects=True
    )

    assert wrong.status_code == 422
    assert "Give a day from 2027-03-01 on." in wrong.text
    assert ("Robin", "2027-03-01", "2027-04-01") in _terms(cast)
    assert "1 Apr 2027" in said(page.text)


def test_a_replacement_is_one_step_and_asks_what_is_unanswered_about_the_new_one(
    desk: Browser, cast: Cast
) -> None:
    ben = f"/staff/participants/{cast.ben.id}"
    page = desk.get(f"{ben}/facilitators/{cast.second.id}/replace")
    done = desk.post(
        f"{ben}/facilitators/{cast.second.id}/replace",
        data={"staff_id": cast.rated.id, "shown_name": "Robin", "on": "2027-03-02"},
        follow_redirects=True,
    )

    assert "Replace Sam" in said(page.text)
    assert cast.second.id not in page.text.split("<select", 1)[1].split("</select>")[0]
    assert _terms(cast) == [("Sam", "2027-02-24", "2027-03-01"), ("Robin", "2027-03-02", None)]
    assert "Replaced." in said(done.text)
    after_dosing = {
        row["about_name"]
        for row in assessments.of(cast.context.db, EVERYTHING, cast.ben.id)
        if row["definition"] == "alliance-week-1" and row["retired_at"] is None
    }
    assert after_dosing == {"Robin"}, "the dosing visit is after the last day of Sam"


def test_who_does_not_guide_is_not_replaced(desk: Browser, cast: Cast) -> None:
    ben = f"/staff/participants/{cast.ben.id}"

    assert desk.get(f"{ben}/facilitators/{cast.rated.id}/replace").status_code == 404


def test_a_replacement_before_the_first_day_is_refused_at_the_field(
    desk: Browser, cast: Cast
) -> None:
    ben = f"/staff/participants/{cast.ben.id}"
    wrong = desk.post(
        f"{ben}/facilitators/{cast.second.id}/replace",
        data={"staff_id": cast.rated.id, "shown_name": "Robin", "on": "2027-02-01"},
    )

    assert wrong.status_code == 422
    assert 'href="#on"' in wrong.text
    assert _terms(cast) == [("Sam", "2027-02-24", None)]


def test_screens_show_the_name_the_participant_uses(desk: Browser, cast: Cast, one: str) -> None:
    page = said(desk.get(one).text)

    assert "Alliance before dosing, Robin" in page
    assert "Robin Rated" not in page
