"""Joining from the phone: link and code in one POST of JSON; nothing of it anywhere else."""

from __future__ import annotations

import pytest

from server.actions.invite_device import Invitation, invite_device
from server.store import devices
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser


@pytest.fixture
def home(cast: Cast) -> Invitation:
    who = cast.coordinator
    return invite_device(cast.context, cast.actor(who), who, cast.ben.id, "home")


def test_link_and_code_together_connect(client: Browser, cast: Cast, home: Invitation):
    answer = client.post("/api/join", json={"token": home.token, "code": home.code.lower()})
    assert answer.status_code == 200
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert home.token not in answer.text
    assert client.get("/api/list").get_json()["person"] == cast.ben.id
    assert len(devices.of(cast.context.db, EVERYTHING, cast.ben.id)) == 2


@pytest.mark.parametrize("body", [{}, {"code": 5}, {"code": ""}, {"code": "AAAAAA", "token": 7}])
def test_half_a_request_connects_nobody(client: Browser, home: Invitation, body: dict[str, object]):
    answer = client.post("/api/join", json=body)
    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_another_sites_form_cannot_send_it(client: Browser, home: Invitation):
    text = f'{{"token": "{home.token}", "code": "{home.code}"}}'
    assert client.post("/api/join", data=text, content_type="text/plain").status_code == 422
    foreign = client.post(
        "/api/join",
        json={"token": home.token, "code": home.code},
        headers={"Origin": "https://evil.example"},
    )
    assert foreign.status_code == 403
    assert (
        client.post("/api/join", json={"token": home.token, "code": home.code}).status_code == 200
    )
