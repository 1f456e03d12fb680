"""What was sent, what comes and who reads what as plain pages: the same as on the phone, never an answer."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest

from server.actions.change_my_settings import pause
from server.actions.leave_study import leave_study
from server.clock import FixedClock
from server.domain.people import Actor
from server.store import assessments, contacts
from server.web import rooms
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import Browser

PLAIN = ("/today", "/sent/plain", "/coming/plain", "/about/plain", "/outside/plain", "/mine/plain")


def _words(page: str) -> str:
    seen = re.sub(r"<(\w+)[^>]* hidden[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", seen).split()))


def _change(cast: Cast, **what: str) -> None:
    with cast.context.write(TESTER, "of this study") as tx:
        tx.change("studies", cast.study_id, what)


def test_what_was_sent_stands_there_by_title_and_time_and_only_ones_own(
    client: Browser, cast: Cast
):
    assert "Nothing yet." in client.as_phone(cast.ada).get("/sent/plain").text
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", cast.rated)))
    page = _words(client.get("/sent/plain").text)
    for told in (
        "How you have been",
        "About Robin",
        "Monday 1 March, 10:00",
        "Arrived. We have it.",
    ):
        assert told in page
    assert "Nothing yet." in client.as_phone(cast.ben).get("/sent/plain").text


def test_what_comes_stands_there_with_its_days(client: Browser, cast: Cast, clock: FixedClock):
    page = _words(client.as_phone(cast.ada).get("/coming/plain").text)
    listed = client.get("/api/list").get_json()["assessments"]
    coming = [each["title"] for each in listed if each["state"] == "upcoming"]
    assert page.count(", about ") == len(coming)
    assert all(title in page for title in coming)
    assert re.search(r"From \w+ \d+ March(, \d+:\d+)? until ", page)


def test_about_the_study_says_who_reads_what_and_who_never_does(client: Browser, cast: Cast):
    ethics = {"name": "The committee", "phone": "+49 30 77", "email": ""}
    _change(cast, outside_staff_id=cast.monitor.id, outside_role="ombudsperson",
            ethics_contact=json.dumps(ethics), data_where="on a server of the clinic")  # fmt: skip
    page = client.as_phone(cast.ada).get("/about/plain").text
    words = _words(page)
    for told in (
        "Your guides", "They never see what you say about them", "Mona Monitor, ombudsperson",
        "Where: on a server of the clinic", "The study team +49 30 0000000", "The committee +49 30 77",
    ):  # fmt: skip
        assert told in words
    assert "is locked on this phone" not in words, "here it is not"
    for door in ("/outside/plain", "/mine/plain"):
        assert f'href="{door}"' in page


def test_every_room_of_today_has_a_door_and_no_door_wants_a_script(client: Browser, cast: Cast):
    page = client.as_phone(cast.ada).get("/today").text
    doors = set(re.findall(r'class="card" href="(/[a-z/]+)"', page))
    assert set(PLAIN) - {"/today"} <= doors
    for door in doors:
        assert client.get(door).status_code == 200
        assert "/app/" not in client.get(door).text or door == "/recorded", door


@pytest.fixture
def at_the_end(cast: Cast, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Ada one form that closed yesterday, and nothing that a visit could still bring."""
    monkeypatch.setattr(rooms, "waits_for", lambda *_: ())
    last = cast.assessment(cast.ada, "wellbeing-baseline")
    with cast.context.write(TESTER, "all is done") as tx:
        for row in assessments.of(tx.db, EVERYTHING, cast.ada.id):
            tx.change("assessments", row["id"], {"retired_at": tx.at_text})
        closed = (clock.now() - timedelta(days=1)).isoformat()
        tx.change("assessments", last, {"retired_at": None, "closes_at": closed})


def _goodbye(page: str) -> None:
    for told in ("in spring 2028", "is kept under a code", "“Help now” stays here until"):
        assert told in page
    for never in ("Nothing to do today", "You can put the phone away", "practice form"):
        assert never not in page


@pytest.mark.usefixtures("at_the_end")
def test_after_the_last_form_comes_a_goodbye(client: Browser, cast: Cast, clock: FixedClock):
    _change(cast, results_when="in spring 2028")
    page = _words(client.as_phone(cast.ada).get("/today").text)
    assert "That was the last form" in page
    _goodbye(page)
    clock.move(timedelta(days=40))
    assert "stays here until" not in _words(client.get("/today").text)


def test_whoever_left_is_told_so_on_the_plain_page(client: Browser, cast: Cast):
    _change(cast, results_when="in spring 2028")
    leave_study(cast.context, Actor("device", cast.ada.device.id), cast.ada.device, "keep")
    page = _words(client.as_phone(cast.ada).get("/today").text)
    assert "You have left the study" in page
    assert "That was the last form" not in page
    _goodbye(page)


def test_nobody_who_pauses_is_promised_a_reminder(client: Browser, cast: Cast, clock: FixedClock):
    clock.move(timedelta(days=4))
    assert "We will remind you." in client.as_phone(cast.ada).get("/today").text
    pause(cast.context, Actor("device", cast.ada.device.id), cast.ada.device, None)
    assert "We will remind you." not in client.get("/today").text
    assert client.get("/api/list").get_json()["reminders"] is False


def test_after_a_session_help_names_the_number_at_any_hour_first(
    client: Browser, cast: Cast, clock: FixedClock
):
    _change(cast, out_of_hours_phone="+49 30 9999999")
    assert "at any hour" not in client.as_phone(cast.ada).get("/help/plain").text
    clock.move(timedelta(days=3))
    page = client.get("/help/plain").text
    assert page.index('href="tel:+49309999999"') < page.index('href="tel:+498000000000"')


def test_a_call_asked_for_is_told_on_the_plain_page_for_a_day(
    client: Browser, cast: Cast, clock: FixedClock
):
    assert 'href="/call"' in client.as_phone(cast.ada).get("/today").text
    client.post("/call")
    page = client.get("/today").text
    assert "You asked for a call. We have it" in page
    assert 'href="/call"' not in page
    _change(cast, team_hours="")
    assert "and call you back. If it cannot wait" in client.get("/today").text
    clock.move(timedelta(hours=25))
    assert 'href="/call"' in client.get("/today").text


def test_a_setting_that_was_kept_is_said_once(client: Browser, cast: Cast):
    ada = client.as_phone(cast.ada)
    ada.post("/mine/plain", data={"do": "change", "channel": "none"})
    assert "Kept. It counts from now on." in ada.get("/mine/plain").text
    assert "Kept. It counts from now on." not in ada.get("/mine/plain").text


def test_each_step_of_trying_out_says_what_came_of_it(client: Browser, cast: Cast):
    ada = client.as_phone(cast.ada)
    hidden = r'name="(the-[a-z]+)" type="hidden" value="([^"]*)"'
    fields = dict(re.findall(hidden, ada.get("/practice").text))
    ada.post("/practice", data=fields | {"asked-once": "yes"})
    assert "Your practice form arrived." in ada.get("/today").text
    assert "Your practice form arrived." not in ada.get("/today").text
    ada.post("/practice/reminder")
    assert "It is on its way." in ada.get("/today").text
    with cast.context.write(TESTER, "no address") as tx:
        contacts.write(tx, cast.context.keys, cast.ada.id, contacts.Contact("Ada"))
    ada.post("/practice/reminder")
    assert "It could not be sent just now." in ada.get("/today").text


def test_a_browser_that_nobody_connected_is_told_one_thing_once(client: Browser):
    page = _words(client.get("/today").text)
    assert page.count("Ask your study team for a new one.") == 1
    assert page.count("your study team gave you") == 1
