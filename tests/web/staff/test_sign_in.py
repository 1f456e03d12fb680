"""The door of staff: who gets in, how long, and what a guesser learns (A6, A7, A8, R10, R29)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from server.actions.disable_staff import disable_staff
from server.clock import FixedClock
from server.ids import token_digest
from server.store import staff
from tests.cast import TESTER, Cast
from tests.conftest import Browser
from tests.web.staff.reading import KEPT, PASSWORD, sign_in


def _cookie(response: TestResponse) -> str:
    found = [line for line in response.headers.getlist("Set-Cookie") if "session=" in line]
    assert len(found) == 1
    return found[0]


def test_the_right_password_opens_today(client: Browser, address: str) -> None:
    response = sign_in(client, address.upper())

    assert response.status_code == 303
    assert response.location == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    client: Browser, address: str
) -> None:
    cookie = _cookie(sign_in(client, address))

    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


def test_a_session_planted_before_sign_in_is_not_taken_over(client: Browser, address: str) -> None:
    client.set_cookie("__Host-session", "planted", domain="localhost", secure=True)

    assert "planted" not in _cookie(sign_in(client, address))


def test_signing_in_again_ends_the_session_before(
    client: Browser, cast: Cast, address: str
) -> None:
    first = _cookie(sign_in(client, address)).split("=")[1].split(";")[0]
    sign_in(client, address)

    row = cast.context.db.one(
        "SELECT ended_at FROM sessions WHERE id_digest = ?", [token_digest(first)]
    )
    assert row is not None
    assert row["ended_at"] is not None


def test_a_copied_cookie_is_worthless_after_sign_out(client: Browser, address: str) -> None:
    sign_in(client, address)
    copied = client.get_cookie("__Host-session", domain="localhost")
    assert copied is not None
    client.post("/staff/sign-out")

    client.set_cookie("__Host-session", copied.value, domain="localhost", secure=True)
    assert client.get("/staff/").status_code == 303
    assert client.post("/staff/look-at").status_code == 401


def test_a_closed_account_is_out_with_the_next_click(
    client: Browser, cast: Cast, address: str
) -> None:
    sign_in(client, address)
    disable_staff(
        cast.context, cast.actor(cast.administrator), cast.administrator, cast.coordinator.id
    )

    assert client.get("/staff/").status_code == 303
    assert sign_in(client, address).status_code == 422


def test_half_an_hour_without_a_click_ends_it(
    client: Browser, address: str, clock: FixedClock
) -> None:
    sign_in(client, address)
    for _ in range(3):
        clock.move(timedelta(minutes=25))
        assert client.get("/staff/").status_code == 200
    clock.move(timedelta(minutes=31))

    assert client.get("/staff/").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/staff/participants", "/staff/participants"),
        ("/demo/clock", "/demo/clock"),
        ("https://evil.example/staff/", "/staff/"),
        ("//evil.example", "/staff/"),
        ("/staff/\\evil", "/staff/"),
        ("javascript:alert(1)", "/staff/"),
        ("/a/else", "/staff/"),
    ],
)
def test_after_sign_in_one_goes_on_but_never_off(
    client: Browser, address: str, wanted: str, led: str
) -> None:
    assert sign_in(client, address, data={"next": wanted}).location == led


def test_a_page_asked_for_before_sign_in_comes_after_it(client: Browser, address: str) -> None:
    response = client.get("/staff/participants?code=7")

    assert response.location == "/staff/sign-in?next=/staff/participants?code%3D7"


def test_who_works_in_two_studies_turns_from_one_to_the_other(
    client: Browser, cast: Cast, address: str
) -> None:
    with cast.context.write(TESTER, "a second study") as tx:
        staff.grant(tx, cast.coordinator.id, cast.other_study_id, "monitor")
    sign_in(client, address)
    assert f"/staff/participants/{cast.ada.id}" in client.get("/staff/participants").text

    response = client.post("/staff/look-at", data={"study": cast.other_study_id})

    assert response.status_code == 303
    assert client.get(f"/staff/participants/{cast.ada.id}").status_code == 404
    assert client.get("/staff/participants/enrol").status_code == 403
    client.post("/staff/sign-out")
    sign_in(client, address)
    assert client.get(f"/staff/participants/{cast.ada.id}").status_code == 404


def test_a_password_is_changed_by_who_knows_it_and_other_browsers_are_out(
    client: Browser, cast: Cast, address: str
) -> None:
    elsewhere = cast.session(cast.coordinator)
    sign_in(client, address)

    wrong = client.post(
        "/staff/settings/password", data={"old": "nonsense", "new": "nine green kettles"}
    )
    weak = client.post("/staff/settings/password", data={"old": PASSWORD, "new": "password1234"})
    good = client.post(
        "/staff/settings/password", data={"old": PASSWORD, "new": "nine green kettles"}
    )

    assert (wrong.status_code, weak.status_code, good.status_code) == (422, 422, 303)
    assert "This is not your present password." in wrong.text
    assert "Choose another." in weak.text
    assert client.get("/staff/settings").status_code == 200
    client.set_cookie("__Host-session", elsewhere, domain="localhost", secure=True)
    assert client.get("/staff/settings").status_code == 303
    assert sign_in(client, address, "nine green kettles").status_code == 303


def test_somebody_at_an_unlocked_desk_cannot_guess_the_password_for_ever(
    client: Browser, address: str
) -> None:
    sign_in(client, address)
    entry = {"old": "a guess at it", "new": "nine green kettles"}
    statuses = [client.post("/staff/settings/password", data=entry).status_code for _ in range(8)]

    assert statuses[:5] == [422] * 5
    assert set(statuses[5:]) == {429}


def test_a_password_given_by_somebody_else_is_to_be_changed(client: Browser, cast: Cast) -> None:
    actor = cast.actor(cast.administrator)
    with cast.context.write(actor, "a starting password") as tx:
        staff.set_password(tx, cast.monitor.id, KEPT)
    page = client.as_staff(cast, cast.monitor).get("/staff/").text
    assert "Choose one of your own" in page

    client.post("/staff/settings/password", data={"old": PASSWORD, "new": "nine green kettles"})
    assert "Choose one of your own" not in client.get("/staff/").text


def test_signing_in_with_a_starting_password_leads_to_choosing_another(
    client: Browser, cast: Cast, address: str
) -> None:
    with cast.context.write(cast.actor(cast.administrator), "a starting password") as tx:
        staff.set_password(tx, cast.coordinator.id, KEPT)
    first = sign_in(client, address, data={"next": "/staff/participants"})

    assert first.location == "/staff/settings#password"
    assert "Your password was given to you by somebody else" in client.get(first.location).text

    client.post("/staff/settings/password", data={"old": PASSWORD, "new": "nine green kettles"})
    assert sign_in(client, address, "nine green kettles").location == "/staff/"
