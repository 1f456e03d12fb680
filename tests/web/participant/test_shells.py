"""Shells hold nobody's data; the worker names its release; the manifest opens nothing."""

from __future__ import annotations

import json

import pytest

from server.actions.leave_study import leave_study
from server.actions.save_draft import save_draft
from server.config import Config
from server.ids import new_id
from server.store import devices
from server.web import assets
from server.web.participant.shells import SHELLS
from tests.cast import TESTER, Cast
from tests.conftest import Browser


@pytest.mark.parametrize("shell", SHELLS)
def test_everybody_gets_the_same_bytes(client: Browser, cast: Cast, shell: str):
    stranger = client.get(shell)
    assert stranger.status_code == 200
    assert client.as_phone(cast.ada).get(shell).data == stranger.data
    assert "Set-Cookie" not in stranger.headers


def test_the_worker_is_of_one_release_and_lists_its_files(client: Browser, config: Config):
    answer = client.get("/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    release = json.loads(answer.text.split("\n", 1)[0].removeprefix("self.ATTUNE = ").rstrip(";"))
    assert release["version"] == assets.version(config)
    assert release["shells"] == list(SHELLS)
    for file in [*release["files"], *release["shells"]]:
        with client.get(file) as each:
            assert each.status_code == 200, file


def test_the_worker_is_short_and_takes_over_only_when_asked(config: Config):
    script = (config.static / "sw.js").read_text(encoding="utf-8")
    assert len(script.splitlines()) < 150
    assert script.count("skipWaiting") == 1
    assert 'request.method !== "GET"' in script


def test_the_manifest_names_the_phones_place_and_no_credential(client: Browser, cast: Cast):
    assert client.get("/manifest.webmanifest").get_json(force=True)["start_url"] == "/"
    known = client.as_phone(cast.ada).get("/manifest.webmanifest")
    row = devices.one(cast.context.db, cast.ada.device.id)
    assert row is not None
    assert known.get_json(force=True)["start_url"] == f"/#{row['locator']}"
    assert cast.ada.token not in known.text
    assert known.headers["Cache-Control"] == "no-store"


def test_plain_help_shows_the_studys_numbers_to_its_participants_only(client: Browser, cast: Cast):
    assert "tel:" not in client.get("/help/plain").text
    page = client.as_phone(cast.ada).get("/help/plain").text
    assert 'href="tel:+498000000000"' in page
    assert 'href="tel:+49300000000"' in page


def test_plain_help_says_that_nobody_has_seen_what_was_only_saved(client: Browser, cast: Cast):
    ada, asked = cast.ada.device, cast.assessment(cast.ada, "wellbeing-baseline")
    unseen = "Nobody has seen what you saved last"
    assert unseen not in client.as_phone(cast.ada).get("/help/plain").text
    said = {"who01": {"state": "answered", "value": 1}}
    save_draft(cast.context, TESTER, ada, asked, new_id(), said)
    assert unseen in client.get("/help/plain").text
    assert unseen not in client.as_phone(cast.ben).get("/help/plain").text
    leave_study(cast.context, TESTER, ada, "keep")
    page = client.as_phone(cast.ada).get("/help/plain").text
    assert unseen not in page
    assert "goes to nobody" in page


def test_the_app_keeps_its_identity_and_has_icons_of_both_kinds(client: Browser, cast: Cast):
    stranger = client.get("/manifest.webmanifest").get_json(force=True)
    known = client.as_phone(cast.ada).get("/manifest.webmanifest").get_json(force=True)
    assert stranger["id"] == known["id"] == "/", "a changed start address is still the same app"
    assert "orientation" not in known, "a phone may be held as its owner holds it"
    purposes = {(icon["purpose"], icon["sizes"]) for icon in known["icons"]}
    assert {("any", "512x512"), ("maskable", "512x512")} <= purposes
    for icon in known["icons"]:
        with client.get(icon["src"]) as each:
            assert each.data.startswith(b"\x89PNG"), icon


def test_an_icon_is_found_under_its_old_name(client: Browser):
    with client.get("/favicon.ico", follow_redirects=True) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "image/png"
