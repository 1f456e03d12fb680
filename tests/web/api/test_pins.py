"""The PIN before the server: checked a few times, binds again, reads back for minutes; never known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions.bind_device import bind_device
from server.actions.invite_device import invite_device
from server.actions.revoke_device import revoke_device
from server.clock import FixedClock
from server.store import devices
from tests.actions.test_raise_alerts import safety_check
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser

SALT = "c2FsdHNhbHRzYWx0c2FsdA"
PROOF = "p" * 43
OTHER = "q" * 43


@pytest.fixture
def ada(client: Browser, cast: Cast) -> Browser:
    phone = client.as_phone(cast.ada)
    assert phone.put("/api/pin", json={"salt": SALT, "proof": PROOF}).status_code == 200
    return phone


def _locator(cast: Cast) -> str:
    row = devices.one(cast.context.db, cast.ada.device.id)
    assert row is not None
    return str(row["locator"])


def _answered(cast: Cast) -> str:
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))
    return cast.send(cast.ada, payload).id


def test_place_and_pin_bind_a_browser_again_to_the_same_person(
    app_client: Browser, ada: Browser, cast: Cast
):
    place = app_client.get(f"/api/place/{_locator(cast)}")
    assert place.get_json() == {"salt": SALT}
    answer = app_client.post("/api/rebind", json={"locator": _locator(cast), "proof": PROOF})
    assert answer.status_code == 200
    assert app_client.get("/api/list").get_json()["person"] == cast.ada.id
    assert len(devices.of(cast.context.db, EVERYTHING, cast.ada.id)) == 2
    assert app_client.post("/api/reading", json={"proof": PROOF}).status_code == 200, "one PIN"
    assert cast.context.db.value("SELECT COUNT(*) FROM participants") == 2, "no third person"


def test_five_wrong_pins_then_one_an_hour(ada: Browser, cast: Cast, clock: FixedClock):
    for _ in range(5):
        assert ada.post("/api/reading", json={"proof": OTHER}).status_code == 422
    refused = ada.post("/api/reading", json={"proof": PROOF})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 3600
    clock.at += timedelta(hours=1, seconds=1)
    assert ada.post("/api/reading", json={"proof": OTHER}).status_code == 422
    assert ada.post("/api/reading", json={"proof": PROOF}).status_code == 429
    clock.at += timedelta(hours=1, seconds=1)
    assert ada.post("/api/reading", json={"proof": PROOF}).status_code == 200


def test_guessing_places_is_slowed_by_address(app_client: Browser, ada: Browser, cast: Cast):
    for _ in range(5):
        app_client.post("/api/rebind", json={"locator": _locator(cast), "proof": OTHER})
    last = app_client.post("/api/rebind", json={"locator": _locator(cast), "proof": PROOF})
    assert last.status_code == 429
    assert "Set-Cookie" not in last.headers


@pytest.mark.parametrize("locator", ["", "nowhere", "A" * 16])
def test_an_unknown_place_binds_nobody(app_client: Browser, ada: Browser, locator: str):
    answer = app_client.post("/api/rebind", json={"locator": locator, "proof": PROOF})
    assert answer.status_code == 404


def test_a_disconnected_phones_place_binds_nobody(app_client: Browser, ada: Browser, cast: Cast):
    place = _locator(cast)
    who = cast.coordinator
    revoke_device(cast.context, cast.actor(who), who, cast.ada.id, cast.ada.device.id)
    assert app_client.get(f"/api/place/{place}").status_code == 404
    answer = app_client.post("/api/rebind", json={"locator": place, "proof": PROOF})
    assert answer.status_code == 404


def test_whoever_merely_holds_the_phone_cannot_choose_a_pin_of_their_own(
    ada: Browser, client: Browser, cast: Cast
):
    answer = ada.put("/api/pin", json={"salt": SALT, "proof": OTHER})
    assert answer.status_code == 403
    assert ada.put("/api/pin", json={"salt": SALT, "proof": OTHER, "was": OTHER}).status_code == 422
    assert ada.put("/api/pin", json={"salt": SALT, "proof": OTHER, "was": PROOF}).status_code == 200
    assert ada.post("/api/reading", json={"proof": OTHER}).status_code == 200


def test_a_forgotten_pin_takes_a_new_code_from_the_team(ada: Browser, cast: Cast, client: Browser):
    who = cast.coordinator
    code = invite_device(cast.context, cast.actor(who), who, cast.ada.id, "clinic").code
    bound = bind_device(cast.context, code=code, address="", agent="")
    client.set_cookie("__Host-device", bound.token, domain="localhost", secure=True)
    assert client.put("/api/pin", json={"salt": SALT, "proof": OTHER}).status_code == 200


def test_answers_are_read_back_for_minutes_and_only_after_the_pin(
    ada: Browser, cast: Cast, clock: FixedClock
):
    response = _answered(cast)
    assert ada.get(f"/api/sent/{response}").status_code == 423
    assert ada.post("/api/reading", json={"proof": PROOF}).status_code == 200
    told = ada.get(f"/api/sent/{response}")
    assert told.headers["Cache-Control"] == "no-store"
    assert len(told.get_json()["answers"]) == 5
    assert all(each["asked"] and each["given"] for each in told.get_json()["answers"])
    clock.at += timedelta(minutes=11)
    assert ada.get(f"/api/sent/{response}").status_code == 423


def test_what_is_read_back_names_whom_and_what_it_was_about(ada: Browser, cast: Cast):
    """As the phone showed it: no sentence with a gap, and nothing called empty that was told."""
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", cast.rated)))
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "distress-baseline")))
    assert ada.post("/api/reading", json={"proof": PROOF}).status_code == 200
    told = {row["title"]: row["id"] for row in ada.get("/api/list").get_json()["done"]}
    assert len(told) == 2
    asked = [
        each["asked"]
        for response in told.values()
        for each in ada.get(f"/api/sent/{response}").get_json()["answers"]
    ]
    assert any("Robin" in each for each in asked)
    assert not any("{" in each for each in asked)
    file = ada.get("/api/mine/data").get_json()
    assert "{about}" not in str(file)
    assert "{event}" not in str(file)
    assert "Robin" in str([form["answers"] for form in file["forms"]])


def test_what_lies_apart_is_not_called_empty(ada: Browser, cast: Cast):
    words = {"event": {"state": "answered", "value": "the heron on the ice"}}
    payload = cast.payload(safety_check(cast, "index-event"), words)
    response = cast.send(cast.ada, payload).id
    assert ada.post("/api/reading", json={"proof": PROOF}).status_code == 200
    told = ada.get(f"/api/sent/{response}")
    assert "heron" not in told.text
    assert [each["given"] for each in told.get_json()["answers"]] == [
        "You told us. It is locked away, apart from your other answers.", "",
    ]  # fmt: skip


def test_reading_back_ends_when_asked_and_belongs_to_one_phone(ada: Browser, cast: Cast):
    response = _answered(cast)
    assert ada.post("/api/reading", json={"proof": PROOF}).status_code == 200
    session = ada.get_cookie("__Host-reading", domain="localhost")
    assert session is not None
    assert session.http_only
    ada.set_cookie("__Host-device", cast.ben.token, domain="localhost", secure=True)
    assert ada.get(f"/api/sent/{response}").status_code == 404, "another's answers do not exist"
    ada.set_cookie("__Host-device", cast.ada.token, domain="localhost", secure=True)
    assert ada.get(f"/api/sent/{response}").status_code == 200
    assert ada.delete("/api/reading").status_code == 200
    assert ada.get(f"/api/sent/{response}").status_code == 423


def test_neither_pin_nor_proof_is_stored(ada: Browser, cast: Cast):
    tables = ("pin_verifiers", "audit_values", "audit", "devices")
    dump = repr([cast.context.db.all(f"SELECT * FROM {table}") for table in tables])
    assert PROOF not in dump
    assert "$argon2id$" in dump


@pytest.mark.parametrize(
    "body", [{}, {"salt": SALT}, {"salt": "x", "proof": PROOF}, {"salt": SALT, "proof": "123456"}]
)
def test_what_is_no_salt_and_proof_is_not_kept(client: Browser, cast: Cast, body: dict[str, str]):
    phone = client.as_phone(cast.ada)
    assert phone.put("/api/pin", json=body).status_code == 422
    assert phone.get("/api/pin").get_json() == {"salt": None}


@pytest.fixture
def app_client(app: object) -> Browser:
    """A browser that no cookie has come to yet."""
    return app.test_client()  # type: ignore[attr-defined, no-any-return]
