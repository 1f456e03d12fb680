"""Groups: made, joined and left; dates that move for all; asked about once; a day of one's own stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.catalog.catalog import Catalog
from server.catalog.load import load
from server.clock import FixedClock
from server.config import ROOT
from server.store import groups, visits
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser
from tests.web.staff.reading import said


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The everyday design, but integration visits may be shared by a group."""
    schedules = tmp_path_factory.mktemp("schedules")
    folder = schedules / "alliance-core"
    folder.mkdir()
    text = (ROOT / "schedules" / "alliance-core" / "1.0.0.yaml").read_text("utf-8")
    shared = text.replace(
        "Talking it over, repeat: true", "Talking it over, repeat: true, group: true"
    )
    assert shared != text
    (folder / "1.0.0.yaml").write_text(shared, "utf-8")
    return load(ROOT / "forms", schedules)


@pytest.fixture
def together(cast: Cast) -> Cast:
    return cast


@pytest.fixture
def desk(client: Browser, together: Cast) -> Browser:
    return client.as_staff(together, together.coordinator)


@pytest.fixture
def spring(desk: Browser, together: Cast) -> str:
    """Return the page of a group with Ada and Ben and one date, the day after tomorrow."""
    made = desk.post("/staff/groups", data={"label": "Spring"})
    page = str(made.headers["Location"]).removeprefix("http://localhost:8000")
    for person in (together.ada, together.ben):
        assert desk.post(f"{page}/members", data={"participant": person.id}).status_code == 303
    added = desk.post(
        f"{page}/dates",
        data={"kind": "integration", "course": "1", "on": "2027-03-03", "at": "17:00"},
    )
    assert added.status_code == 303
    return page


def _shared(cast: Cast) -> str:
    group = groups.of(cast.context.db, cast.study_id)[0]
    return str(groups.dates(cast.context.db, group["id"])[0]["id"])


def _days(cast: Cast) -> dict[str, list[tuple[str, str]]]:
    return {
        person.code: [
            (row["on_day"], row["status"])
            for row in visits.of(cast.context.db, EVERYTHING, person.id)
            if row["kind"] == "integration"
        ]
        for person in (cast.ada, cast.ben)
    }


def test_the_list_of_participants_leads_to_groups_where_dates_can_be_shared(
    desk: Browser, cast: Cast
) -> None:
    assert 'href="/staff/groups"' in desk.get("/staff/participants").text


def test_the_rail_says_that_groups_belong_to_the_participants(desk: Browser, spring: str) -> None:
    for path in ("/staff/groups", spring):
        assert 'aria-current="page">Participants</a>' in desk.get(path).text


def test_a_group_needs_a_name_of_its_own(desk: Browser, spring: str) -> None:
    empty = desk.post("/staff/groups", data={"label": " "})
    twice = desk.post("/staff/groups", data={"label": "spring"})

    assert (empty.status_code, twice.status_code) == (422, 422)
    assert "Give the group a name" in empty.text
    assert "already" in twice.text
    assert "Spring" in desk.get("/staff/groups").text
    assert spring.startswith("/staff/groups/")


def test_a_date_is_everybodys_and_moves_for_all(desk: Browser, together: Cast, spring: str) -> None:
    before = _days(together)
    moved = desk.post(
        f"{spring}/dates/{_shared(together)}",
        data={"on": "2027-03-04", "at": "17:00", "status": "planned", "reason": "hall is taken"},
        follow_redirects=True,
    )

    assert before == {code: [("2027-03-03", "planned")] for code in ("SYN-001", "SYN-002")}
    assert _days(together) == {code: [("2027-03-04", "planned")] for code in before}
    page = said(moved.text)
    assert "1 earlier entry" in page
    assert "hall is taken" in page
    assert "with the group" in said(desk.get(f"/staff/participants/{together.ada.id}").text)


def test_who_has_a_day_of_their_own_keeps_it_and_that_is_said(
    desk: Browser, together: Cast, spring: str
) -> None:
    mine = next(
        row for row in visits.of(together.context.db, EVERYTHING, together.ada.id)
        if row["kind"] == "integration"
    )  # fmt: skip
    own = f"/staff/participants/{together.ada.id}/visits/{mine['id']}"
    assert "no longer moves with the group" in said(desk.get(own).text)
    desk.post(
        own,
        data={"kind": "integration", "on": "2027-03-05", "at": "10:00", "status": "planned"},
    )
    moved = desk.post(
        f"{spring}/dates/{_shared(together)}",
        data={"on": "2027-03-04", "at": "17:00", "status": "planned"},
        follow_redirects=True,
    )

    assert "These have a day of their own, which stays: SYN-001." in said(moved.text)
    assert _days(together) == {
        "SYN-001": [("2027-03-05", "planned")], "SYN-002": [("2027-03-04", "planned")],
    }  # fmt: skip


def test_a_mistake_stands_at_its_field_and_moves_nobody(
    desk: Browser, together: Cast, spring: str
) -> None:
    before = _days(together)
    empty = desk.post(f"{spring}/dates", data={"kind": "integration", "on": "", "at": "soon"})
    early = desk.post(
        f"{spring}/dates/{_shared(together)}",
        data={"on": "2027-03-04", "at": "", "status": "held"},
    )

    assert (empty.status_code, early.status_code) == (422, 422)
    assert 'id="on-add-wrong"' in empty.text
    assert 'id="at-add-wrong"' in empty.text
    assert f'id="on-{_shared(together)}-wrong"' in early.text
    assert _days(together) == before


def test_who_leaves_takes_the_dates_along_or_has_them_cancelled(
    desk: Browser, together: Cast, spring: str
) -> None:
    desk.post(f"{spring}/members/{together.ada.id}/leave", data={"keep": "yes"})
    desk.post(f"{spring}/members/{together.ben.id}/leave", data={})

    assert _days(together) == {
        "SYN-001": [("2027-03-03", "planned")], "SYN-002": [("2027-03-03", "cancelled")],
    }  # fmt: skip
    assert "Nobody is in it yet." in said(desk.get(spring).text)


def test_today_asks_about_a_shared_date_once(
    client: Browser, together: Cast, spring: str, clock: FixedClock
) -> None:
    clock.move(timedelta(days=3))
    desk = client.as_staff(together, together.coordinator)
    page = said(desk.get("/staff/").text)
    shared = f"/staff/group-visits/{_shared(together)}/confirm"
    empty = desk.post(shared, data={"outcome": "moved", "on": ""})
    held = desk.post(shared, data={"outcome": "held"}, follow_redirects=True)

    assert page.count("Integration 1") - page.count("Integration 1 Spring") == 1
    assert "Spring , Integration 1" in page
    assert "SYN-001, SYN-002" in page
    assert (empty.status_code, "Give the new day." in empty.text) == (422, True)
    assert "Recorded as held." in said(held.text)
    assert _days(together) == {code: [("2027-03-03", "held")] for code in ("SYN-001", "SYN-002")}


def test_who_did_not_come_is_asked_about_apart_no_more(
    client: Browser, together: Cast, spring: str, clock: FixedClock
) -> None:
    clock.move(timedelta(days=3))
    desk = client.as_staff(together, together.coordinator)
    mine = next(
        row for row in visits.of(together.context.db, EVERYTHING, together.ada.id)
        if row["kind"] == "integration"
    )  # fmt: skip
    desk.post(f"/staff/visits/{mine['id']}/confirm", data={"outcome": "no-show"})
    page = said(desk.get("/staff/").text)
    desk.post(f"/staff/group-visits/{_shared(together)}/confirm", data={"outcome": "held"})

    assert "For everybody who shares the date: SYN-002." in page
    assert _days(together) == {
        "SYN-001": [("2027-03-03", "no-show")], "SYN-002": [("2027-03-03", "held")],
    }  # fmt: skip
