"""The last steps of joining: a test reminder asked for by the phone, and the third tick."""

from __future__ import annotations

import pytest

from server.store import devices, messages
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser

STEPS = ["/api/practice/reminder", "/api/practice/confirmed"]


def _phone(cast: Cast):
    row = devices.one(cast.context.db, cast.ada.device.id)
    assert row is not None
    return row


def test_a_test_reminder_is_put_in_line(client: Browser, cast: Cast):
    assert client.as_phone(cast.ada).post(STEPS[0], json={}).status_code == 200
    lined_up = messages.of(cast.context.db, EVERYTHING, cast.ada.id)
    assert [row["kind"] for row in lined_up if row["kind"] == "test"] == ["test"]


def test_the_word_that_it_came_is_the_third_tick_once(client: Browser, cast: Cast):
    client.as_phone(cast.ada)
    assert client.post(STEPS[1], json={}).status_code == 200
    first = _phone(cast)["reminder_confirmed_at"]
    assert first is not None
    assert client.post(STEPS[1], json={}).status_code == 200
    assert _phone(cast)["reminder_confirmed_at"] == first
    assert client.get("/api/list").get_json()["practice"]["confirmed"] is True


def test_a_practice_envelope_is_the_second_tick(client: Browser, cast: Cast):
    client.as_phone(cast.ada)
    listed = client.get("/api/list").get_json()
    name, body = cast.seal(
        {"kind": "practice", "assessment": "practice", "form": listed["practice"]["form"],
         "language": "en", "answers": {}, "process": {}}
    )  # fmt: skip
    sent = client.put(f"/api/envelopes/{name}", data=body, content_type="application/json")
    assert sent.status_code == 200
    assert client.get("/api/list").get_json()["practice"]["done"] is True


@pytest.mark.parametrize("step", STEPS)
def test_only_by_a_connected_phone(client: Browser, cast: Cast, step: str):
    assert client.post(step, json={}).status_code == 401
    assert client.as_staff(cast, cast.rated).post(step, json={}).status_code == 401
    assert _phone(cast)["reminder_confirmed_at"] is None


@pytest.mark.parametrize("step", ["/practice/reminder", "/practice/confirmed"])
def test_the_plain_page_does_the_same(client: Browser, cast: Cast, step: str):
    assert client.post(step).status_code == 401
    assert client.as_phone(cast.ada).post(step).status_code == 303
