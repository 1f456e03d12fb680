"""Every route × everybody: who gets in, who does not, and that a refusal changes nothing (A4, A5).

A route that stands in no table below fails, and so does one whose mark says something else.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.domain.people import ROLES, Role
from server.ids import new_token, token_digest
from server.store import sessions
from server.web import access
from tests.cast import TESTER, Cast
from tests.conventions.routes import (
    ALONE,
    ANY,
    DEMO,
    DEMO_STAFF,
    DEVICE,
    FORM,
    NARROWED,
    NOT_FOUND_INSTEAD,
    PUBLIC,
    SHARED,
    STAFF,
    House,
    furnish,
)


@pytest.fixture
def house(app: Flask, cast: Cast) -> House:
    return furnish(app, cast)


def test_every_route_stands_in_one_table_and_every_line_is_a_route(house: House) -> None:
    found = [name for name, _method, _rule in house.routes()]
    tables = [*PUBLIC, *DEVICE, *FORM, *DEMO, *DEMO_STAFF, *STAFF]

    assert sorted(found) == sorted(tables)


def test_every_view_is_marked_as_its_table_says(house: House) -> None:
    wrong = []
    for name, _method, rule in house.routes():
        mark = access.declared(house.app.view_functions[rule.endpoint])
        assert mark is not None, name
        wanted = _wanted(name)
        if (mark.who, mark.roles or ANY) != wanted:
            wrong.append((name, mark, wanted))

    assert wrong == []


@pytest.mark.slow
def test_nobody_unknown_gets_past_a_door(house: House) -> None:
    wrong = []
    for name, method, rule in house.routes():
        before = house.state()
        status = house.ask(method, house.path(rule), {}).status_code
        if name in PUBLIC | DEMO:
            good = status not in {401, 403}
            before = house.state()  # a wrong code that was tried is counted, as it should be
        elif name in STAFF or name in DEMO_STAFF:
            good = status == (303 if method == "GET" else 401)
        else:
            good = status == 401
        if not good or house.state() != before:
            wrong.append((name, status))

    assert wrong == []


@pytest.mark.slow
def test_no_cache_keeps_what_is_about_somebody(house: House) -> None:
    """Whatever a participant or a member of staff is shown says so itself; a form's page holds nobody."""
    wrong = []
    phone = {"__Host-device": house.cast.ada.token}
    for name, method, rule in house.routes():
        if method != "GET" or name not in DEVICE | (STAFF.keys() - SHARED) or name.endswith(".pdf"):
            continue  # what is printed has a test of its own, and takes longer than all the rest
        roles = sorted(NARROWED.get(name, STAFF.get(name, ())))
        cookies = house.as_(house.roles[roles[0]]) if roles else phone
        answer = house.ask(method, house.path(rule), cookies)
        if answer.headers["Cache-Control"] != "no-store":
            wrong.append((name, answer.headers["Cache-Control"]))

    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_table_says_and_nothing_else(house: House, role: Role) -> None:
    wrong = []
    viewer = house.roles[role]
    for name, method, rule in house.routes():
        if name not in STAFF:
            continue
        before = house.state()
        status = house.ask(method, house.path(rule), house.as_(viewer)).status_code
        allowed = role in NARROWED.get(name, STAFF[name])
        if name in ALONE:
            wrong += [(name, status)] if status != 404 else []
            continue
        # A rater guides nobody here, and so finds nobody.
        blank = 404 if role == "rater" and rule.arguments and name not in SHARED else None
        if allowed and status != blank and (status in {401, 403, 404} or status >= 500):
            wrong.append((name, status))
        refusal = blank if blank and name in NARROWED else 403
        if not allowed and (status != refusal or house.state() != before):
            wrong.append((name, status))

    # Looking at a study that one did not name is looking for something that is not there.
    assert [each for each in wrong if each[0] != "POST /staff/look-at"] == []


@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_ours_is_not_there(house: House, role: Role) -> None:
    """Each id of a path in turn is a stranger's: not forbidden, but not found (A4)."""
    wrong = []
    viewer = house.roles[role]
    before = house.state()
    for name, method, rule in house.routes():
        if name not in STAFF or role not in STAFF[name]:
            continue
        for place in sorted(rule.arguments):
            path = house.path(rule, **{place: house.foreign[place]})
            status = house.ask(method, path, house.as_(viewer), data=_body(name)).status_code
            if status != NOT_FOUND_INSTEAD.get((name, place), 404):
                wrong.append((name, place, status))

    assert wrong == []
    assert house.state() == before


def test_staff_of_another_study_find_nothing_of_ours(house: House) -> None:
    wrong = []
    before = house.state()
    for name, method, rule in house.routes():
        if name not in STAFF or "coordinator" not in STAFF[name] or not rule.arguments:
            continue
        if name in SHARED:
            continue
        status = house.ask(
            method, house.path(rule), house.as_(house.cast.outsider), data=_body(name)
        ).status_code
        if status != 404:
            wrong.append((name, status))

    assert wrong == []
    assert house.state() == before


def test_a_rated_facilitator_does_not_find_what_was_said_about_them(house: House) -> None:
    path = f"/staff/responses/{house.hidden['response_id']}"

    assert house.ask("GET", path, house.as_(house.cast.rated)).status_code == 404
    assert house.ask("GET", path, house.as_(house.cast.second)).status_code == 404
    assert house.ask("GET", path, house.as_(house.cast.coordinator)).status_code == 200


def test_a_phone_reaches_its_own_forms_and_nothing_of_staff(house: House) -> None:
    phone = {"__Host-device": house.cast.ada.token}
    wrong = []
    for name, method, rule in house.routes():
        if name in DEVICE | FORM:
            status = house.ask(method, house.path(rule), phone).status_code
            # Its own, though perhaps with nothing in the body, or with nothing to correct.
            if status in {401, 403} or status >= 500:
                wrong.append((name, status))
        elif name in STAFF or name in DEMO_STAFF:
            status = house.ask(method, house.path(rule), phone).status_code
            if status != (303 if method == "GET" else 401):
                wrong.append((name, status))

    assert wrong == []


def test_a_phone_does_not_find_another_participants_forms(house: House) -> None:
    phone = {"__Host-device": house.cast.ada.token}
    wrong = []
    before = house.state()
    for name, method, rule in house.routes():
        if name in DEVICE and rule.arguments:
            path = house.path(
                rule, assessment=house.foreign["assessment"],
                response_id=house.foreign["response_id"],
            )  # fmt: skip
            body: dict[str, Any] = (
                {"json": {"about": house.cast.second.id}}
                if "/api/" in name
                else {"data": {"about": house.cast.second.id}}
            )
            status = house.ask(method, path, phone, **body).status_code
            if status != 404:
                wrong.append((name, status))

    assert wrong == []
    assert house.state() == before


def test_a_revoked_phone_and_an_ended_session_are_nobody(house: House) -> None:
    context = house.cast.context
    session = house.as_(house.cast.coordinator)
    with context.write(TESTER, "ended") as tx:
        sessions.end(tx, token_digest(session["__Host-session"]))
        tx.change("devices", house.cast.ada.device.id, {"revoked_at": tx.at_text})

    assert house.ask("GET", "/staff/", session).status_code == 303
    assert house.ask("GET", "/today", {"__Host-device": house.cast.ada.token}).status_code == 401
    assert house.ask("GET", "/staff/", {"__Host-session": new_token()}).status_code == 303


def test_a_live_installation_has_no_demo(house: House) -> None:
    db = house.cast.context.db
    db.connection.execute("DROP TRIGGER mode_no_update")
    db.connection.execute("UPDATE settings SET value = 'live' WHERE name = 'mode'")
    before = house.state()
    for name, method, rule in house.routes():
        if name in DEMO | DEMO_STAFF:
            cookies = house.as_(house.cast.administrator)
            status = house.ask(method, house.path(rule), cookies, data={"step": "day"}).status_code
            assert status == 404, name

    assert house.state() == before


@pytest.mark.slow
@pytest.mark.parametrize("attack", ["no token", "foreign token", "foreign origin", "text/plain"])
def test_an_unsafe_request_that_another_site_made_changes_nothing(
    house: House, attack: str
) -> None:
    """A5: as whoever may do most, on every route that changes something."""
    house.app.config["WTF_CSRF_ENABLED"] = True
    wrong = []
    for name, method, rule in house.routes():
        if method == "GET":
            continue
        cookies = house.as_(house.cast.administrator) | {"__Host-device": house.cast.ada.token}
        before = house.state()
        response = house.ask(method, house.path(rule), cookies, **_attack(name, attack))
        refused = (
            response.status_code == 403
            if attack == "foreign origin"  # whatever else may be wrong with it
            else 400 <= response.status_code < 500
        )
        if not refused or house.state() != before:
            wrong.append((name, response.status_code))

    assert wrong == []


def _wanted(name: str) -> tuple[str, frozenset[Role]]:
    for who, table in (
        ("public", PUBLIC),
        ("device", DEVICE),
        ("form", FORM),
        ("demo", DEMO | DEMO_STAFF),
    ):
        if name in table:
            return who, ANY
    return "staff", STAFF[name]


def _body(name: str) -> dict[str, str]:
    """Return a body that would be taken if the path were allowed."""
    return {
        "on": "2027-03-01",
        "kind": "clinic",
        "note": "called",
        "sure": "yes",
        "roles": "monitor",
    }


def _attack(name: str, attack: str) -> dict[str, Any]:
    own = {"Origin": "http://localhost:8000"}
    api = "/api/" in name
    if attack == "foreign origin":
        return {"headers": {"Origin": "https://evil.example"}, "data": _body(name)}
    if attack == "text/plain":
        # A foreign form can send this without asking first; a browser names its origin all the same.
        evil = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
        return {"headers": evil, "data": '{"code": "ABCDEFGHJ"}'}
    if api:
        # The scripts' own door takes no token: what protects it is the origin, missing here.
        return {"headers": {"Sec-Fetch-Site": "cross-site"}, "data": "{}"}
    token = {"csrf_token": "IjEyMyI.forged"} if attack == "foreign token" else {}
    return {"headers": own, "data": {**_body(name), **token}}
