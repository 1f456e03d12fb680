"""Joining without any script: a clinic code typed into one form."""

from __future__ import annotations

from typing import Literal

import pytest
from flask import Flask

from server.actions.invite_device import Invitation, invite_device
from tests.cast import Cast
from tests.conftest import Browser


def _invite(cast: Cast, kind: Literal["clinic", "home"]) -> Invitation:
    who = cast.coordinator
    return invite_device(cast.context, cast.actor(who), who, cast.ben.id, kind)


def test_a_code_typed_carelessly_connects_this_browser(client: Browser, cast: Cast):
    code = _invite(cast, "clinic").code.lower()
    answer = client.post("/join", data={"code": f" {code[:4]} {code[4:]} "})
    assert (answer.status_code, answer.location) == (303, "/today")
    cookie = answer.headers["Set-Cookie"]
    for part in ("__Host-device=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert client.get("/today").status_code == 200


def test_looking_never_uses_an_invitation_up(client: Browser, cast: Cast):
    code = _invite(cast, "clinic").code
    for _ in range(5):
        assert client.get("/join").status_code == 200
        assert client.head("/join").status_code == 200
    assert client.post("/join", data={"code": code}).status_code == 303


def test_a_code_works_once(client: Browser, cast: Cast):
    code = _invite(cast, "clinic").code
    client.post("/join", data={"code": code})
    again = client.post("/join", data={"code": code})
    assert again.status_code == 422
    assert 'aria-invalid="true"' in again.text


def test_a_homes_code_needs_its_link(client: Browser, cast: Cast):
    home = _invite(cast, "home")
    assert client.post("/join", data={"code": home.code}).status_code == 422
    whole = client.post("/join", data={"code": home.code, "token": home.token})
    assert whole.status_code == 303


def test_without_scripts_the_link_is_put_into_the_form(client: Browser, cast: Cast):
    home = _invite(cast, "home")
    link = f" http://localhost:8000{home.path} "
    wrong = client.post("/join", data={"code": "WRONG<5", "link": link})
    assert wrong.status_code == 422
    assert 'value="WRONG&lt;5"' in wrong.text, "what is to be checked letter by letter stays"
    assert home.token in wrong.text
    assert client.post("/join", data={"code": home.code, "link": link}).status_code == 303


@pytest.mark.parametrize("code", ["", "  ", " - "])
def test_whoever_typed_no_code_yet_is_told_so_and_it_counts_as_no_try(
    client: Browser, cast: Cast, code: str
):
    tries = [client.post("/join", data={"code": code}) for _ in range(12)]
    plain = tries[-1]
    scripted = client.post("/api/join", json={"code": code, "token": ""})
    assert (plain.status_code, scripted.status_code) == (422, 422)
    for told in (plain.text, scripted.text):
        assert "Please type your code first." in told
        assert "does not open anything" not in told
    assert client.post("/join", data={"code": _invite(cast, "clinic").code}).status_code == 303


def test_guessing_ends_soon(client: Browser, cast: Cast):
    answers = [client.post("/join", data={"code": f"WRONG{n}"}) for n in range(12)]
    assert answers[-1].status_code == 429
    assert answers[0].status_code == 422


@pytest.mark.parametrize("token", [None, "wrong"])
def test_the_form_wants_its_token(app: Flask, client: Browser, cast: Cast, token: str | None):
    app.config["WTF_CSRF_ENABLED"] = True
    data = {"code": _invite(cast, "clinic").code, **({"csrf_token": token} if token else {})}
    answer = client.post("/join", data=data)
    assert answer.status_code == 400
    assert "__Host-device" not in answer.headers.get("Set-Cookie", "")
