"""The page of the one person outside: for everybody else it does not exist, not even as a refusal."""

from __future__ import annotations

import re

import pytest

from tests.cast import TESTER, Cast
from tests.conftest import Browser

WORDS = "he touched my hand,\nand I had not agreed"


@pytest.fixture
def told(cast: Cast) -> Cast:
    with cast.context.write(TESTER, "somebody outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": cast.monitor.id})
    now = cast.context.clock.now().isoformat()
    wish = {"kind": "outside", "finished_at": now, "words": WORDS, "reply": "my sister's phone"}
    cast.send(cast.ada, wish)
    return cast


def test_that_person_reads_it_and_puts_it_aside(client: Browser, told: Cast) -> None:
    client.as_staff(told, told.monitor)
    assert "For you alone (1)" in client.get("/staff/").text
    page = client.get("/staff/outside").text
    assert "he touched my hand,\nand I had not agreed" in page
    assert "my sister&#39;s phone" in page
    address = re.search(r'action="(/staff/outside/[^"]+)"', page)
    assert address is not None
    after = client.post(address[1], follow_redirects=True).text
    assert "I have read this" not in after
    assert "For you alone (1)" not in client.get("/staff/").text


@pytest.mark.parametrize("who", ["administrator", "coordinator", "investigator", "rated", "second"])
def test_for_others_there_is_no_such_page_no_link_and_no_count(
    client: Browser, told: Cast, who: str
) -> None:
    client.as_staff(told, told.staff[who])
    here, nowhere = client.get("/staff/outside"), client.get("/staff/outsides")
    assert here.status_code == nowhere.status_code == 404
    assert here.text == nowhere.text
    message = told.context.db.value("SELECT id FROM outside_messages")
    assert client.post(f"/staff/outside/{message}/read").status_code == 404
    for path in ("/staff/", f"/staff/participants/{told.ada.id}", "/staff/settings"):
        page = client.get(path).text
        assert "For you alone" not in page
        assert "touched" not in page


def test_a_guide_who_was_named_finds_nothing_either(client: Browser, told: Cast) -> None:
    with told.context.write(TESTER, "a mistake") as tx:
        tx.change("studies", told.study_id, {"outside_staff_id": told.rated.id})
    client.as_staff(told, told.rated)
    assert client.get("/staff/outside").status_code == 404


def test_nobody_who_guides_can_be_named(client: Browser, told: Cast) -> None:
    desk = client.as_staff(told, told.coordinator)
    good = {
        "label-0": "Night line", "phone-0": "112", "country-0": "de",
        "outside": told.monitor.id, "outside_role": "ombudsperson",
        "ethics_name": "The committee", "ethics_email": "ethics@example.org",
        "call_hours": "until 17:00", "out_of_hours_phone": "+49 30 99", "results_when": "in 2028",
    }  # fmt: skip
    for wrong in (
        {"outside": told.rated.id},
        {"outside": told.outsider.id},
        {"outside_role": ""},
        {"ethics_phone": "ask around"},
        {"ethics_email": "nowhere"},
        {"country-0": "Germany"},
        {"site-0": "mars"},
        {"out_of_hours_phone": "at night"},
    ):
        assert desk.post("/staff/study/help", data={**good, **wrong}).status_code == 422, wrong
    refused = desk.post("/staff/study/help", data={**good, "outside": told.rated.id}).text
    assert "Choose somebody outside the treatment team." in refused
    page = desk.post("/staff/study/help", data=good, follow_redirects=True).text
    assert "Mona Monitor, ombudsperson" in page
    assert "ethics@example.org" in page
    form = desk.get("/staff/study/help").text
    for kept in ("until 17:00", "+49 30 99", "in 2028", 'value="DE"', "The committee"):
        assert kept in form
    assert "Robin Rated" not in form
