"""The private list: this phone's own, nothing of others, nothing that a cache may keep."""

from __future__ import annotations

from datetime import timedelta

from server.actions.revoke_device import revoke_device
from tests.cast import Cast
from tests.conftest import Browser


def _revoke(cast: Cast) -> None:
    who = cast.coordinator
    revoke_device(cast.context, cast.actor(who), who, cast.ada.id, cast.ada.device.id)


def test_it_holds_what_this_phone_may_answer(client: Browser, cast: Cast):
    answer = client.as_phone(cast.ada).get("/api/list")
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.get_json()
    assert found["person"] == cast.ada.id
    assert found["zone"] == "Europe/Berlin"
    assert found["pin"] is True
    assert found["key"] == cast.context.keys.public()
    assert found["help"]["team"]["phone"] == "+49 30 0000000"
    assert found["words"]["guides"] in {"guides", "therapists", "coaches"}
    opened = [each for each in found["assessments"] if each["state"] == "open"]
    assert len(opened) == 4
    robin = next(each for each in opened if each["about"] and each["about"]["name"] == "Robin")
    sam = next(each for each in opened if each["about"] and each["about"]["name"] == "Sam")
    assert robin["others"] == [{"id": cast.second.id, "name": "Sam", "assessment": sam["id"]}]
    assert robin["form"] == sam["form"]


def test_it_reaches_ninety_days_ahead(client: Browser, cast: Cast):
    listed = client.as_phone(cast.ada).get("/api/list").get_json()["assessments"]
    horizon = (cast.context.clock.now() + timedelta(days=90)).isoformat()
    assert [each for each in listed if each["state"] == "upcoming"]
    assert all(each["opens_at"] < horizon for each in listed)


def test_it_says_nothing_of_other_people_or_of_health(client: Browser, cast: Cast):
    text = client.as_phone(cast.ada).get("/api/list").text
    for other in (cast.ben.id, cast.ben.code, cast.ada.code, "Synthetic SYN", "@example.org"):
        assert other not in text


def test_only_a_connected_phone_gets_it(client: Browser, cast: Cast):
    assert client.get("/api/list").status_code == 401
    for viewer in cast.staff.values():
        assert client.as_staff(cast, viewer).get("/api/list").status_code == 401


def test_a_revoked_phone_is_told_apart_from_one_that_lost_its_cookie(client: Browser, cast: Cast):
    assert client.get("/api/standing").get_json() == {"bound": False, "revoked": False}
    client.as_phone(cast.ada)
    assert client.get("/api/standing").get_json() == {"bound": True, "revoked": False}
    _revoke(cast)
    refused = client.get("/api/list")
    assert refused.status_code == 401
    assert set(refused.get_json()) == {"error", "remedy"}
    assert client.get("/api/standing").get_json() == {"bound": False, "revoked": True}
