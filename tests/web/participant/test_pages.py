"""Forms by their hash: for connected phones and staff, cached for ever, never for strangers."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest

from server.actions.revoke_device import revoke_device
from tests.cast import Cast
from tests.conftest import Browser


def _revoke(cast: Cast) -> None:
    who = cast.coordinator
    revoke_device(cast.context, cast.actor(who), who, cast.ada.id, cast.ada.device.id)


@pytest.fixture
def address(client: Browser, cast: Cast) -> str:
    listed = client.as_phone(cast.ada).get("/api/list").get_json()["assessments"]
    client.delete_cookie("__Host-device", domain="localhost")
    return f"/f/{listed[0]['form']}.html"


def test_a_phone_gets_it_for_ever(client: Browser, cast: Cast, address: str):
    answer = client.as_phone(cast.ada).get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("coding", "plain"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_it_comes_compressed(
    client: Browser, cast: Cast, address: str, coding: str, plain: Callable[[bytes], bytes]
):
    whole = client.as_phone(cast.ada).get(address).data
    answer = client.get(address, headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert plain(answer.data) == whole


def test_it_holds_nobodys_data(client: Browser, cast: Cast, address: str):
    page = client.as_phone(cast.ada).get(address).data
    assert page == client.as_phone(cast.ben).get(address).data
    for told in (cast.ada.code, cast.ada.id, "Robin", "set-cookie"):
        assert told.encode() not in page


def test_staff_of_whatever_role_may_look_at_the_wording(client: Browser, cast: Cast, address: str):
    assert client.as_staff(cast, cast.rated).get(address).status_code == 200


def test_strangers_get_no_licensed_wording(client: Browser, address: str):
    assert client.get(address).status_code == 401


def test_a_revoked_phone_gets_none_either(client: Browser, cast: Cast, address: str):
    _revoke(cast)
    assert client.as_phone(cast.ada).get(address).status_code == 401


def test_what_was_never_published_is_not_there(client: Browser, cast: Cast):
    assert client.as_phone(cast.ada).get(f"/f/{'0' * 64}.html").status_code == 404
