"""Facilitators from a day to a day, and one who takes over from another in one step."""

from __future__ import annotations

import pytest

from server.actions.assign_facilitator import assign_facilitator
from server.errors import BadInputError
from server.store import assessments, facilitators
from tests.cast import ENROLLED, EVERYTHING, TESTER, Cast
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


def test_nobody_is_assigned_by_a_slip(desk: Browser, cast: Cast) -> None:
    path = f"/staff/participants/{cast.ben.id}/facilitators"
    before = _terms(cast)
    data = {"staff_id": "", "shown_name": "Robin", "on": "2027-03-02"}
    page, done = desk.get(path).text, desk.post(path, data=data)

    options = page.split('name="staff_id"', 1)[1].split("</select>")[0]
    assert options.index('value=""') < options.index(cast.rated.id)
    assert "selected" not in options.replace('selected value=""', "")
    assert (done.status_code, _terms(cast)) == (422, before)
    assert "Choose who it is." in done.text


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


def _offered(desk: Browser, path: str) -> str:
    page = desk.get(path).text
    return page.split("<select", 1)[1].split("</select>")[0] if "<select" in page else ""


def test_who_guides_already_is_not_offered_again_but_can_be_corrected(
    desk: Browser, cast: Cast
) -> None:
    ben = f"/staff/participants/{cast.ben.id}"
    offered = _offered(desk, f"{ben}/facilitators")
    assert (cast.rated.id in offered, cast.second.id in offered) == (True, False)
    assert f"{ben}/facilitators?who={cast.second.id}" in desk.get(ben).text
    correct = f"{ben}/facilitators?who={cast.second.id}"
    assert 'value="Sam"' in desk.get(correct).text
    desk.post(correct, data={"staff_id": cast.second.id, "shown_name": "Sammy", "on": "2027-02-25"})
    assert _terms(cast) == [("Sammy", "2027-02-25", None)]
    assert desk.get(f"{ben}/facilitators?who={cast.rated.id}").status_code == 404


def test_whom_participants_may_turn_to_outside_the_team_becomes_no_guide(
    desk: Browser, client: Browser, cast: Cast
) -> None:
    ben = f"/staff/participants/{cast.ben.id}"
    with cast.context.write(TESTER, "somebody outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": cast.rated.id})
    assert cast.rated.id not in _offered(desk, f"{ben}/facilitators")
    with pytest.raises(BadInputError) as refused:
        assign_facilitator(
            cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ben.id,
            cast.rated.id, "Robin", ENROLLED,
        )  # fmt: skip
    assert "outside the treatment team" in refused.value.places["staff_id"]
    assert [each[0] for each in _terms(cast)] == ["Sam"]
    with cast.context.write(TESTER, "somebody else outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": cast.monitor.id})
    lead = client.as_staff(cast, cast.administrator)
    done = lead.post(
        f"/staff/study/people/{cast.monitor.id}/roles", data={"roles": ["monitor", "facilitator"]}
    )
    assert (done.status_code, "outside the treatment team" in done.text) == (409, True)
