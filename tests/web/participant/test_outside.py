"""Words for the person outside, without any script: they reach that person, and nobody learns of them else."""

from __future__ import annotations

import html
import json
import logging
import re

import pytest
from flask import Flask

from server.store import outside
from tests.cast import TESTER, Cast
from tests.conftest import Browser

CANARY = "canary: he touched my hand,\nand I had not agreed"
COUNT = "SELECT COUNT(*) FROM outside_messages"


@pytest.fixture
def ada(client: Browser, cast: Cast) -> Browser:
    """Ada's browser, in a study that names somebody."""
    ethics = {"name": "The committee", "phone": "+49 30 77", "email": "ethics@example.org"}
    _name(cast, cast.monitor.id, ethics_contact=json.dumps(ethics), outside_role="ombudsperson")
    return client.as_phone(cast.ada)


def _name(cast: Cast, who: str | None, **more: str) -> None:
    with cast.context.write(TESTER, "somebody outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": who, **more})


def _letter(page: str) -> str:
    found = re.search(r'name="letter"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _read(cast: Cast) -> list[tuple[str, str]]:
    rows = outside.of(cast.context.db, cast.context.keys, cast.monitor)
    return [(row["words"], row["reply"]) for row in rows]


def _words(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def test_it_says_who_reads_it_and_whom_else_to_turn_to(ada: Browser):
    page = ada.get("/outside/plain").text
    assert "Mona Monitor , ombudsperson , reads what you write here." in _words(page)
    for way in ("The committee", 'href="tel:+493077"', 'href="mailto:ethics@example.org"'):
        assert way in page
    for door in ("/today", "/help/plain"):
        assert 'href="/outside/plain"' in ada.get(door).text


def test_what_is_written_reaches_that_person_alone(
    ada: Browser, cast: Cast, app: Flask, caplog: pytest.LogCaptureFixture
):
    given = {
        "words": CANARY.replace("\n", "\r\n"),
        "reply": "\u202a+49 30 1\u202c\xa0in the evening",
    }
    with caplog.at_level(logging.DEBUG):
        answer = ada.post("/outside/plain", data={**given, "letter": "page 1"})
    assert (answer.status_code, answer.location) == (303, "/outside/plain")
    assert _read(cast) == [(CANARY, "+49 30 1 in the evening")]
    assert "canary" not in caplog.text
    assert "canary" not in _everything_stored(cast)
    assert cast.context.db.value("SELECT COUNT(*) FROM alerts") == 0
    for viewer in (cast.rated, cast.second, cast.coordinator):
        desk = app.test_client()
        assert isinstance(desk, Browser)
        desk.as_staff(cast, viewer)
        for path in ("/staff/", f"/staff/participants/{cast.ada.id}"):
            assert "For you alone" not in desk.get(path).text


def _everything_stored(cast: Cast) -> str:
    db = cast.context.db
    tables = [row["name"] for row in db.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return repr(
        [tuple(row) for each in tables for row in db.connection.execute(f"SELECT * FROM {each}")]
    )


def test_it_is_told_once_and_a_later_visit_tells_nothing(ada: Browser):
    before = ada.get("/outside/plain").text
    ada.post("/outside/plain", data={"words": CANARY, "letter": _letter(before)})
    assert "Sent. Mona Monitor has it, and nobody else." in _words(ada.get("/outside/plain").text)
    assert _blank(ada.get("/outside/plain").text) == _blank(before)


def _blank(page: str) -> str:
    return page.replace(_letter(page), "")


def test_pressed_twice_is_sent_once_and_another_letter_is_another(ada: Browser, cast: Cast):
    given = {"words": CANARY, "letter": _letter(ada.get("/outside/plain").text)}
    for _ in range(2):
        assert ada.post("/outside/plain", data=given).status_code == 303
    assert len(_read(cast)) == 1
    # Back in the browser is the page of before: what is written there now is new all the same.
    ada.post("/outside/plain", data={**given, "words": "canary: and one thing more"})
    assert len(_read(cast)) == 2
    quarantined = "SELECT COUNT(*) FROM openings WHERE outcome = 'quarantined'"
    assert cast.context.db.value(quarantined) == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"words": " \r\n "}, "There is nothing to send yet."),
        ({"words": "w" * 10_001}, "too long to go at once"),
        ({"words": CANARY, "reply": "r" * 201}, "too long to go at once"),
    ],
)
def test_what_cannot_go_stays_in_the_form(
    ada: Browser, cast: Cast, given: dict[str, str], told: str
):
    answer = ada.post("/outside/plain", data={**given, "letter": "page 1"})
    assert answer.status_code == 422
    assert told in answer.text
    assert given["words"].strip() in answer.text
    assert cast.context.db.value(COUNT) == 0


def test_while_nobody_is_named_it_says_so_and_what_comes_all_the_same_waits(
    ada: Browser, cast: Cast
):
    _name(cast, None)
    assert "has not named anybody for this yet" in ada.get("/outside/plain").text
    ada.post("/outside/plain", data={"words": CANARY, "letter": "page 1"})
    assert "It waits for whoever your study names next" in ada.get("/outside/plain").text
    _name(cast, cast.monitor.id)
    assert [words for words, _reply in _read(cast)] == [CANARY]


def test_the_form_wants_its_token(app: Flask, ada: Browser, cast: Cast):
    app.config["WTF_CSRF_ENABLED"] = True
    assert ada.post("/outside/plain", data={"words": CANARY}).status_code == 400
    assert cast.context.db.value(COUNT) == 0
