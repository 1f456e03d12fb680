"""A participant's own settings before the server: their phone alone, their file only after the PIN."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.conftest import Browser

SALT = "c2FsdHNhbHRzYWx0c2FsdA"
PROOF = "p" * 43


@pytest.fixture
def ada(client: Browser, cast: Cast) -> Browser:
    return client.as_phone(cast.ada)


def test_what_is_offered_lies_outside_the_night_and_is_kept(ada: Browser) -> None:
    offered = ada.get("/api/mine").get_json()
    hours = [each["value"] for each in offered["hours"]]
    assert hours[0] == ""
    assert "08:00" in hours
    assert not {"21:00", "23:30", "07:30"} & set(hours)
    kept = ada.put("/api/mine", json={"hour": "19:30", "channel": "none"}).get_json()
    assert (kept["hour"], kept["channel"], kept["language"]) == ("19:30", "none", "en")
    refused = ada.put("/api/mine", json={"hour": "23:30"})
    assert refused.status_code == 422
    assert ada.get("/api/mine").get_json()["hour"] == "19:30"


def test_a_day_that_is_none_and_a_choice_that_is_none_are_refused(ada: Browser) -> None:
    assert ada.put("/api/mine/pause", json={"until": "soon"}).status_code == 422
    assert ada.post("/api/mine/leave", json={"afterwards": "burn it"}).status_code == 422
    assert ada.get("/api/mine").get_json()["status"] == "active"


def test_the_file_opens_after_the_pin_and_no_cache_keeps_it(ada: Browser) -> None:
    assert ada.get("/api/mine/data").status_code == 423
    ada.put("/api/pin", json={"salt": SALT, "proof": PROOF})
    assert ada.post("/api/reading", json={"proof": PROOF}).status_code == 200
    file = ada.get("/api/mine/data")
    assert file.status_code == 200
    assert file.headers["Cache-Control"] == "no-store"
    assert file.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    ada.delete("/api/reading")
    assert ada.get("/api/mine/data").status_code == 423


def test_staff_see_who_set_it(ada: Browser, client: Browser, cast: Cast) -> None:
    ada.post("/api/mine/leave", json={"afterwards": "call"})
    client.as_staff(cast, cast.coordinator)
    today = client.get("/staff/").text
    assert "Left the study" in today
    assert "asks to be called about deleting what was sent" in today


def test_the_phone_knows_leaving_from_the_last_form(ada: Browser) -> None:
    ada.post("/api/mine/leave", json={"afterwards": "keep"})
    assert ada.get("/api/list").get_json()["ended"]["left"] is True


def test_the_plain_page_asks_once_more_before_leaving(ada: Browser) -> None:
    asked = ada.post("/mine/plain", data={"do": "leave", "afterwards": "keep"})
    assert "Yes, I leave the study" in asked.text
    assert ada.get("/api/mine").get_json()["status"] == "active"
    sure = {"do": "leave", "afterwards": "keep", "sure": "yes"}
    assert ada.post("/mine/plain", data=sure).status_code == 303
    assert ada.get("/api/mine").get_json()["status"] == "withdrawn"
    assert ada.post("/mine/plain", data={"do": "nonsense"}).status_code == 422
