"""The door of staff: who gets in, how long, and what a guesser learns (A6, A7, A8, R10, R29)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.actions import sign_in as action
from server.actions.disable_staff import disable_staff
from server.clock import FixedClock
from server.ids import token_digest
from server.store import passwords, sign_ins, staff
from tests.cast import TESTER, Cast
from tests.conftest import Browser

PASSWORD = "four wet umbrellas"
KEPT = passwords.keep(PASSWORD)


@pytest.fixture
def address(cast: Cast) -> str:
    """The coordinator has an account; so has the administrator."""
    with cast.context.write(TESTER, "accounts") as tx:
        staff.set_password(tx, cast.coordinator.id, KEPT)
        staff.set_password(tx, cast.administrator.id, KEPT)
    person = staff.one(cast.context.db, cast.coordinator.id)
    assert person is not None
    return str(person["email"])


def _sign_in(client: Browser, email: str, password: str = PASSWORD, **kwargs: Any) -> TestResponse:
    data = {"email": email, "password": password, **kwargs.pop("data", {})}
    return client.post("/staff/sign-in", data=data, **kwargs)


def _cookie(response: TestResponse) -> str:
    found = [line for line in response.headers.getlist("Set-Cookie") if "session=" in line]
    assert len(found) == 1
    return found[0]


def test_the_right_password_opens_today(client: Browser, address: str) -> None:
    response = _sign_in(client, address.upper())

    assert response.status_code == 303
    assert response.location == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    client: Browser, address: str
) -> None:
    cookie = _cookie(_sign_in(client, address))

    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


def test_a_session_planted_before_sign_in_is_not_taken_over(client: Browser, address: str) -> None:
    client.set_cookie("__Host-session", "planted", domain="localhost", secure=True)

    assert "planted" not in _cookie(_sign_in(client, address))


def test_signing_in_again_ends_the_session_before(
    client: Browser, cast: Cast, address: str
) -> None:
    first = _cookie(_sign_in(client, address)).split("=")[1].split(";")[0]
    _sign_in(client, address)

    row = cast.context.db.one(
        "SELECT ended_at FROM sessions WHERE id_digest = ?", [token_digest(first)]
    )
    assert row is not None
    assert row["ended_at"] is not None


def test_a_copied_cookie_is_worthless_after_sign_out(client: Browser, address: str) -> None:
    _sign_in(client, address)
    copied = client.get_cookie("__Host-session", domain="localhost")
    assert copied is not None
    client.post("/staff/sign-out")

    client.set_cookie("__Host-session", copied.value, domain="localhost", secure=True)
    assert client.get("/staff/").status_code == 303
    assert client.post("/staff/look-at").status_code == 401


def test_a_closed_account_is_out_with_the_next_click(
    client: Browser, cast: Cast, address: str
) -> None:
    _sign_in(client, address)
    disable_staff(
        cast.context, cast.actor(cast.administrator), cast.administrator, cast.coordinator.id
    )

    assert client.get("/staff/").status_code == 303
    assert _sign_in(client, address).status_code == 422


def test_half_an_hour_without_a_click_ends_it(
    client: Browser, address: str, clock: FixedClock
) -> None:
    _sign_in(client, address)
    for _ in range(3):
        clock.move(timedelta(minutes=25))
        assert client.get("/staff/").status_code == 200
    clock.move(timedelta(minutes=31))

    assert client.get("/staff/").status_code == 303


def test_an_unknown_account_and_a_wrong_password_look_the_same(
    client: Browser, address: str
) -> None:
    client.get("/staff/sign-in")  # the form's own cookie is there before either
    wrong = _sign_in(client, address, "not the password at all")
    unknown = _sign_in(client, "nobody@example.org", "not the password at all")

    assert wrong.status_code == unknown.status_code == 422
    assert _bare(wrong.text, address) == _bare(unknown.text, "nobody@example.org")
    assert dict(wrong.headers) | {"Content-Length": ""} == dict(unknown.headers) | {
        "Content-Length": ""
    }


def _bare(page: str, email: str) -> str:
    """Leave out what was typed and the form's token, which is new each time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.replace(email, "?"))


def test_an_unknown_account_costs_the_same_work(
    client: Browser, cast: Cast, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A8: one argon2id run of the same settings each, whether there is an account or none."""
    hashed: list[str] = []
    real = passwords._HASHER.verify
    monkeypatch.setattr(
        passwords,
        "_HASHER",
        type(
            "Counting",
            (),
            {"verify": lambda _self, kept, typed: (hashed.append(kept), real(kept, typed))[1]},
        )(),
    )
    named = staff.one(cast.context.db, cast.rated.id)  # named only, without a password
    assert named is not None
    for email in (address, "nobody@example.org", named["email"]):
        _sign_in(client, email, "not the password at all")

    assert len(hashed) == 3
    assert len({kept.rsplit("$", 2)[0] for kept in hashed}) == 1
    assert not passwords.PasswordHasher().check_needs_rehash(passwords.NOBODY)


def test_after_five_mistakes_it_says_how_long_to_wait(
    client: Browser, address: str, clock: FixedClock
) -> None:
    for _ in range(sign_ins.PAIR.free):
        assert _sign_in(client, address, "wrong password").status_code == 422
    response = _sign_in(client, address, PASSWORD)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "2"
    assert "Try again in 2 seconds" in response.text
    clock.move(timedelta(seconds=2))
    assert _sign_in(client, address, PASSWORD).status_code == 303


def test_a_thousand_guesses_do_not_get_in(
    client: Browser, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "matches", lambda _kept, typed: typed == "guess 999")
    statuses = [_sign_in(client, address, f"guess {number}").status_code for number in range(1000)]

    assert statuses.count(422) == sign_ins.PAIR.free
    assert statuses.count(429) == 1000 - sign_ins.PAIR.free


def test_a_right_guess_among_many_at_once_is_refused_too(
    cast: Cast, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guesses sent together all pass the first look; the second look, in the queue, counts them."""
    account = sign_ins.account_digest(address)
    real = passwords.matches

    def meanwhile(kept: str | None, typed: str) -> bool:
        with cast.context.write(TESTER, "others guessed meanwhile") as tx:
            for _ in range(10):
                sign_ins.record(tx, account, "203.0.113.9", succeeded=False)
        return real(kept, typed)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(action.TooManyTriesError):
        action.sign_in(cast.context, address, PASSWORD, action.Browser("203.0.113.9"))


def test_every_try_is_in_the_trail_with_the_same_protection(
    client: Browser, cast: Cast, address: str
) -> None:
    _sign_in(client, address, "wrong password")
    _sign_in(client, address)

    reasons = [
        row["reason"]
        for row in cast.context.db.all(
            "SELECT reason FROM audit WHERE table_name = 'sign_ins' ORDER BY seq"
        )
    ]
    assert reasons == ["Sign-in refused", "Signed in"]
    trail = "".join(str(row) for row in cast.context.db.all("SELECT * FROM audit_values"))
    assert PASSWORD not in trail
    assert "wrong password" not in trail


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
    assert _sign_in(client, address, data={"next": wanted}).location == led


def test_a_page_asked_for_before_sign_in_comes_after_it(client: Browser, address: str) -> None:
    response = client.get("/staff/participants?code=7")

    assert response.location == "/staff/sign-in?next=/staff/participants?code%3D7"


def test_who_works_in_two_studies_turns_from_one_to_the_other(
    client: Browser, cast: Cast, address: str
) -> None:
    with cast.context.write(TESTER, "a second study") as tx:
        staff.grant(tx, cast.coordinator.id, cast.other_study_id, "monitor")
    _sign_in(client, address)
    assert f"/staff/participants/{cast.ada.id}" in client.get("/staff/participants").text

    response = client.post("/staff/look-at", data={"study": cast.other_study_id})

    assert response.status_code == 303
    assert client.get(f"/staff/participants/{cast.ada.id}").status_code == 404
    assert client.get("/staff/participants/enrol").status_code == 403
    client.post("/staff/sign-out")
    _sign_in(client, address)
    assert client.get(f"/staff/participants/{cast.ada.id}").status_code == 404


def test_a_password_is_changed_by_who_knows_it_and_other_browsers_are_out(
    client: Browser, cast: Cast, address: str
) -> None:
    elsewhere = cast.session(cast.coordinator)
    _sign_in(client, address)

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
    assert _sign_in(client, address, "nine green kettles").status_code == 303


def test_somebody_at_an_unlocked_desk_cannot_guess_the_password_for_ever(
    client: Browser, address: str
) -> None:
    _sign_in(client, address)
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
