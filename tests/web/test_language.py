"""A phone's pages speak its participant's language; a stranger's, what their browser asks for."""

from __future__ import annotations

import json
import re

import pytest

from server.actions.change_participant import Change, change_participant
from tests.cast import Cast
from tests.conftest import Browser

GERMAN, SPANISH = {"Accept-Language": "de-AT,de;q=0.9"}, {"Accept-Language": "es-MX"}


@pytest.fixture
def german(cast: Cast) -> Cast:
    """The cast, in which Ada reads German."""
    actor = cast.actor(cast.coordinator)
    change_participant(cast.context, actor, cast.coordinator, cast.ada.id, Change(language="de"))
    return cast


@pytest.mark.parametrize(
    ("asked", "lang", "word"),
    [
        (GERMAN, "de", "Dieses Telefon verbinden"),
        (SPANISH, "es", "Conectar este teléfono"),
        ({"Accept-Language": "fi"}, "en", "Connect this phone"),
        ({}, "en", "Connect this phone"),
    ],
)
def test_somebody_who_is_not_connected_yet_reads_what_their_browser_asks_for(
    client: Browser, asked: dict[str, str], lang: str, word: str
):
    page = client.get("/join", headers=asked).text
    assert f'<html lang="{lang}"' in page
    assert word in page


def test_a_wrong_code_is_refused_in_their_language(client: Browser):
    page = client.post("/join", data={"code": "WRONG"}, headers=GERMAN)
    assert "Dieser Code öffnet nichts" in page.text
    told = client.post("/api/join", json={"code": "WRONG"}, headers=SPANISH).get_json()
    assert told["error"].startswith("Este código no abre nada")


def test_a_connected_phone_speaks_the_participants_language_whatever_its_menus_speak(
    client: Browser, german: Cast
):
    page = client.as_phone(german.ada).get("/today", headers=SPANISH).text
    assert '<html lang="de"' in page
    assert "Heute" in page
    assert re.search(r"\w+tag, \d\. März", page)
    form = client.get("/practice", headers=SPANISH).text
    assert "Ein Übungsbogen" in form
    assert "Meine Antworten senden" in form
    listed = client.get("/api/list").get_json()
    assert listed["language"] == "de"
    assert listed["words"]["guides"] == "Begleitpersonen"


def test_a_missing_page_is_told_in_one_language(client: Browser, german: Cast):
    page = client.as_phone(german.ada).get("/a/no-such-form").text
    assert "Einen solchen Bogen gibt es für Sie nicht." in page  # codespell:ignore
    assert "Hier ist nichts" in page  # codespell:ignore


def test_staff_pages_stay_english(client: Browser, cast: Cast):
    page = client.as_staff(cast, cast.coordinator).get("/staff/", headers=GERMAN).text
    assert '<html lang="en"' in page


@pytest.mark.parametrize("path", ["/", "/help"])
def test_a_shell_is_the_same_for_everybody_who_reads_its_language(
    client: Browser, german: Cast, path: str
):
    stranger = client.get(f"{path}?language=de", headers=SPANISH)
    mine = client.as_phone(german.ada).get(path, headers=SPANISH)
    assert stranger.data == mine.data
    assert '<html lang="de"' in stranger.text
    # Named in the address it depends on nothing else; else a cache must know what it depends on.
    assert "Accept-Language" not in stranger.headers.get("Vary", "")
    assert {"Cookie", "Accept-Language"} <= set(mine.headers["Vary"].split(", "))


def test_the_worker_keeps_the_shells_of_the_participants_language(client: Browser, german: Cast):
    def shelf() -> dict[str, object]:
        first = client.get("/sw.js", headers=SPANISH).text.partition("\n")[0]
        return dict(json.loads(first.removeprefix("self.ATTUNE = ").removesuffix(";")))

    assert shelf()["language"] == "es"
    client.as_phone(german.ada)
    found = shelf()
    assert found["language"] == "de"
    assert "/" in list(found["shells"])  # type: ignore[call-overload]  # JSON: a list of addresses
