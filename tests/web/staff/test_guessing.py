"""What a guesser at the door learns: nothing, slowly (A7, A8, R10, R29)."""

from __future__ import annotations

import re
import runpy
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from server.actions import sign_in as action
from server.clock import FixedClock
from server.config import ROOT
from server.errors import TooManyTriesError
from server.store import passwords, sign_ins, staff
from tests.cast import TESTER, Cast
from tests.conftest import Browser
from tests.web.staff.reading import PASSWORD, sign_in

pytestmark = pytest.mark.slow


def test_an_unknown_account_and_a_wrong_password_look_the_same(
    client: Browser, address: str
) -> None:
    client.get("/staff/sign-in")  # the form's own cookie is there before either
    wrong = sign_in(client, address, "not the password at all")
    unknown = sign_in(client, "nobody@example.org", "not the password at all")

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
    real = passwords._HASHER

    class Counting:
        def verify(self, kept: str, typed: str) -> bool:
            hashed.append(kept)
            return real.verify(kept, typed)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    named = staff.one(cast.context.db, cast.rated.id)  # named only, without a password
    assert named is not None
    for email in (address, "nobody@example.org", named["email"]):
        sign_in(client, email, "not the password at all")

    assert len(hashed) == 3
    assert len({kept.rsplit("$", 2)[0] for kept in hashed}) == 1


def test_the_work_is_what_is_recommended_and_the_hash_of_nobody_agrees() -> None:
    """The tests hash cheaply (tests/conftest.py): the module as it is shipped is read anew."""
    shipped = runpy.run_path(str(ROOT / "server" / "store" / "passwords.py"))
    recommended = PasswordHasher()
    assert not recommended.check_needs_rehash(shipped["keep"]("four wet umbrellas"))
    assert not recommended.check_needs_rehash(shipped["NOBODY"])


def test_after_five_mistakes_it_says_how_long_to_wait(
    client: Browser, address: str, clock: FixedClock
) -> None:
    for _ in range(sign_ins.PAIR.free):
        assert sign_in(client, address, "wrong password").status_code == 422
    response = sign_in(client, address, PASSWORD)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "2"
    assert "Try again in 2 seconds" in response.text
    clock.move(timedelta(seconds=2))
    assert sign_in(client, address, PASSWORD).status_code == 303


def test_somebody_hears_of_it_once_when_an_account_is_being_guessed_at(
    client: Browser, cast: Cast, address: str, clock: FixedClock
) -> None:
    """R29."""
    for _ in range(sign_ins.ALARMING + 3):
        sign_in(client, address, "wrong password")
        clock.move(timedelta(minutes=2))
    page = client.as_staff(cast, cast.administrator).get("/staff/").text

    assert page.count("Many wrong passwords were tried for Cora Coordinator.") == 1
    assert "Many wrong" not in client.as_staff(cast, cast.rated).get("/staff/").text


def test_a_thousand_guesses_do_not_get_in(
    client: Browser, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "matches", lambda _kept, typed: typed == "guess 999")
    statuses = [sign_in(client, address, f"guess {number}").status_code for number in range(1000)]

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
    with pytest.raises(TooManyTriesError):
        action.sign_in(cast.context, address, PASSWORD, action.Browser("203.0.113.9"))


def test_every_try_is_in_the_trail_with_the_same_protection(
    client: Browser, cast: Cast, address: str
) -> None:
    sign_in(client, address, "wrong password")
    sign_in(client, address)

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
