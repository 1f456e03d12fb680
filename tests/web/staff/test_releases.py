"""The page on which a person looks at imported participants and says go."""

from __future__ import annotations

import pytest

from server.actions.context import Context
from server.store import participants
from tests.actions.importing import row, write
from tests.cast import Cast
from tests.conftest import Browser
from tests.web.staff.reading import said

PAGE = "/staff/participants/imported"


@pytest.fixture
def two(context: Context, cast: Cast) -> dict[str, str]:
    """Two imported participants: code → id."""
    write(
        context,
        row(enrolled_on="2027-02-24", preparation_1="", dosing_1="", dosing_2=""),
        row(code="P-002", email=""),
    )
    found = participants.by_code(context.db, cast.study_id)
    return {code: found[code] for code in ("p-001", "p-002")}


def status(context: Context, who: str) -> str:
    return str(participants.present(context.db, who)["status"])


def test_the_page_shows_what_comes_next_and_what_stands(desk: Browser, two: dict[str, str]) -> None:
    assert two
    text = said(desk.get(PAGE).text)
    assert "Imported 2" in text
    assert "1 Mar 2027, 18:00" in text
    assert "none: reminders are off" in text
    assert "Dosing 2: 17 Mar 2027, 09:00, planned" in text
    assert "Robin from 24 Feb 2027" in text


def test_the_list_of_participants_leads_there(desk: Browser, two: dict[str, str]) -> None:
    assert two
    page = desk.get("/staff/participants").text
    assert "2 imported participants wait for your go." in said(page)
    assert f'href="{PAGE}"' in page


def test_go_for_all_means_all_who_were_shown(
    context: Context, desk: Browser, two: dict[str, str]
) -> None:
    first, second = two.values()
    done = desk.post(PAGE, data={"who": "all", "shown": [first]})
    assert done.status_code == 303
    assert done.location == PAGE
    assert (status(context, first), status(context, second)) == ("active", "prepared")
    last = desk.post(PAGE, data={"who": "all", "shown": [second]})
    assert last.location == "/staff/participants"


def test_go_for_those_ticked_leaves_the_others(
    context: Context, desk: Browser, two: dict[str, str]
) -> None:
    first, second = two.values()
    desk.post(PAGE, data={"who": "chosen", "shown": [first, second], "chosen": [second]})
    assert (status(context, first), status(context, second)) == ("prepared", "active")


def test_nobody_ticked_is_said_and_changes_nothing(
    context: Context, desk: Browser, two: dict[str, str]
) -> None:
    done = desk.post(PAGE, data={"who": "chosen", "shown": list(two.values())})
    assert done.status_code == 422
    assert "Nobody was chosen" in said(done.text)
    assert {status(context, who) for who in two.values()} == {"prepared"}


def test_when_nobody_waits_the_page_says_how_they_come(desk: Browser) -> None:
    assert "./attune participants import" in said(desk.get(PAGE).text)
