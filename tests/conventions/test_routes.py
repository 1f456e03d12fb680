"""Every route × everybody: who gets in, who does not, and that a refusal changes nothing (A4, A5).

A route that stands in no table below fails, and so does one whose mark says something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from server.actions.bind_device import bind_device
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.invite_device import invite_device
from server.domain.people import ROLES, Role, Staff
from server.ids import new_id, new_token, token_digest
from server.store import alerts, sessions, staff, visits
from server.web import access
from tests.cast import ENROLLED, EVERYTHING, TESTER, Cast

ANY = frozenset(ROLES)
CARE: frozenset[Role] = frozenset({"administrator", "investigator", "coordinator"})
ANSWERS: frozenset[Role] = ANY - {"rater"}
CONTACT: frozenset[Role] = frozenset({"administrator", "coordinator"})
ADMIN: frozenset[Role] = frozenset({"administrator"})

PUBLIC = {
    "GET /", "GET /healthz", "GET /help", "GET /help/plain", "GET /join", "POST /join",
    "GET /manifest.webmanifest", "GET /sw.js", "POST /api/join",
    # Whatever a phone sends is kept, even when we do not know the phone (R32).
    "PUT /api/envelopes/<uuid:envelope_id>", "GET /api/standing",
    "GET /staff/sign-in", "POST /staff/sign-in", "POST /staff/sign-out",
}  # fmt: skip
DEVICE = {
    "GET /today", "GET /a/<assessment>", "POST /a/<assessment>", "GET /done/<assessment>",
    "POST /done/<assessment>/about", "GET /practice", "POST /practice",
    "POST /practice/confirmed", "POST /practice/reminder", "GET /api/list",
    "POST /api/assessments/<uuid:assessment>/about", "POST /api/practice/confirmed",
    "POST /api/practice/reminder",
}  # fmt: skip
FORM = {"GET /f/<digest>.html"}
DEMO = {"GET /demo/mailbox", "GET /demo/mailbox/<mail_id>"}
# In a demo, and there for staff only.
DEMO_STAFF = {"GET /demo/clock", "POST /demo/clock"}
_ONE = "/staff/participants/<participant_id>"
_PERSON = "/staff/study/people/<staff_id>"
STAFF: dict[str, frozenset[Role]] = {
    "GET /staff/": ANY,
    "POST /staff/look-at": ANY,
    "GET /staff/forms": ANY,
    "GET /staff/settings": ANY,
    "POST /staff/settings/password": ANY,
    "POST /staff/settings/sessions/end": ANY,
    "GET /staff/participants": ANY,
    "GET /staff/participants/enrol": CARE,
    "POST /staff/participants/enrol": CARE,
    f"GET {_ONE}": ANY,
    f"GET {_ONE}/change": CARE,
    f"POST {_ONE}/change": CARE,
    f"POST {_ONE}/contact": CONTACT,
    f"POST {_ONE}/contact/change": CONTACT,
    f"POST {_ONE}/devices/<device_id>/revoke": CARE,
    f"GET {_ONE}/facilitators": CARE,
    f"POST {_ONE}/facilitators": CARE,
    f"POST {_ONE}/facilitators/<staff_id>/end": CARE,
    f"GET {_ONE}/phone": CARE,
    f"POST {_ONE}/phone": CARE,
    f"GET {_ONE}/status": CARE,
    f"POST {_ONE}/status": CARE,
    f"GET {_ONE}/summary.pdf": ANSWERS,
    f"POST {_ONE}/test-reminder": CARE,
    f"GET {_ONE}/visits/new": CARE,
    f"POST {_ONE}/visits/new": CARE,
    f"GET {_ONE}/visits/<visit_id>": CARE,
    f"POST {_ONE}/visits/<visit_id>": CARE,
    "GET /staff/responses/<response_id>": ANSWERS,
    "GET /staff/export/answers.csv": ANSWERS,
    "POST /staff/alerts/<alert_id>/settle": CARE,
    "GET /staff/study": ANY,
    "GET /staff/study/help": CARE,
    "POST /staff/study/help": CARE,
    "GET /staff/study/new": ADMIN,
    "POST /staff/study/new": ADMIN,
    "GET /staff/study/people": ANY,
    "POST /staff/study/people": ADMIN,
    f"GET {_PERSON}": ADMIN,
    f"POST {_PERSON}/close": ADMIN,
    f"POST {_PERSON}/password": ADMIN,
    f"POST {_PERSON}/roles": ADMIN,
}
# A foreign facilitator cannot be un-assigned because nobody assigned them: the participant is ours.
NOT_FOUND_INSTEAD = {(f"POST {_ONE}/facilitators/<staff_id>/end", "staff_id"): 409}


@dataclass
class House:
    """The cast at home, and what each placeholder of a path means for us and for strangers."""

    app: Flask
    cast: Cast
    roles: dict[str, Staff]
    own: dict[str, str]
    foreign: dict[str, str]
    hidden: dict[str, str]

    def routes(self) -> Iterator[tuple[str, str, Rule]]:
        """Yield `METHOD /path/<rule>`, its method and rule, HEAD and OPTIONS left out."""
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield f"{method} {rule}", method, rule

    def path(self, rule: Rule, **instead: str) -> str:
        values = {name: instead.get(name, self.own[name]) for name in rule.arguments}
        with self.app.test_request_context(base_url="http://localhost:8000"):
            built = self.app.url_map.bind("localhost:8000").build(rule.endpoint, values)
        return str(built)

    def ask(self, method: str, path: str, cookies: dict[str, str], **kwargs: Any) -> Any:
        client = self.app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value, domain="localhost", secure=True)
        kwargs.setdefault("base_url", "http://localhost:8000")
        return client.open(path, method=method, **kwargs)

    def as_(self, viewer: Staff) -> dict[str, str]:
        return {"__Host-session": self.cast.session(viewer)}

    def state(self) -> str:
        """Return a digest of all that is stored, but for when somebody was last seen."""
        db, digest = self.cast.context.db, hashlib.sha256()
        for table in db.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
            if table["name"] in {"sessions", "audit", "audit_values"}:
                continue
            for row in db.connection.execute(f"SELECT * FROM {table['name']}"):
                digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()


@pytest.fixture
def house(app: Flask, cast: Cast) -> House:
    ada = cast.ada.id
    context = cast.context
    about_rated = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    for assessment in (cast.assessment(cast.ada, "wellbeing-baseline"), about_rated):
        cast.send(cast.ada, cast.payload(assessment))
    found = {
        row["assessment_id"]: row["id"]
        for row in context.db.all("SELECT id, assessment_id FROM responses")
    }
    stranger = enrol_participant(
        context, cast.actor(cast.outsider), cast.outsider,
        Enrolment("X-001", "Europe/Berlin", "en", "immediate", "none", "", "", "", ENROLLED),
    )  # fmt: skip
    invitation = invite_device(
        context, cast.actor(cast.outsider), cast.outsider, stranger, "clinic"
    )
    bound = bind_device(context, code=invitation.code, address="127.0.0.1", agent="theirs")
    with context.write(TESTER, "somebody is needed") as tx:
        ours = alerts.add(tx, cast.study_id, ada, "call-me", "please call")
        theirs = alerts.add(tx, cast.other_study_id, stranger, "call-me", "please call")
        analyst = staff.add(tx, "Ana Analyst", "ana@example.org", None)
        staff.grant(tx, analyst, cast.study_id, "analyst")
    dosing = next(
        row["id"] for row in visits.of(context.db, EVERYTHING, ada) if row["kind"] == "dosing"
    )
    their_visit = visits.of(context.db, EVERYTHING, stranger)[0]["id"]
    # A stranger's response cannot be had cheaply; one that does not exist looks the same.
    own = {
        "participant_id": ada, "visit_id": dosing, "device_id": cast.ada.device.id,
        "staff_id": cast.second.id, "response_id": found[cast.assessment(cast.ada, "wellbeing-baseline")],
        "alert_id": ours, "assessment": cast.assessment(cast.ada, "distress-baseline"),
        "digest": cast.form("who-5"), "envelope_id": new_id(), "mail_id": "nothing",
    }  # fmt: skip
    foreign = {
        "participant_id": stranger, "visit_id": their_visit, "device_id": bound.device_id,
        "staff_id": cast.outsider.id, "response_id": new_id(), "alert_id": theirs,
        "assessment": cast.assessment(cast.ben, "distress-baseline"),
    }  # fmt: skip
    roles = {
        "administrator": cast.administrator, "investigator": cast.investigator,
        "coordinator": cast.coordinator, "facilitator": cast.rated, "rater": cast.rater,
        "monitor": cast.monitor, "analyst": Staff(analyst, cast.study_id, frozenset({"analyst"})),
    }  # fmt: skip
    return House(app, cast, roles, own, foreign, {"response_id": found[about_rated]})


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


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_table_says_and_nothing_else(house: House, role: Role) -> None:
    wrong = []
    viewer = house.roles[role]
    for name, method, rule in house.routes():
        if name not in STAFF:
            continue
        before = house.state()
        status = house.ask(method, house.path(rule), house.as_(viewer)).status_code
        allowed = role in STAFF[name]
        # A rater guides nobody here, and so finds nobody.
        blank = 404 if role == "rater" and rule.arguments else None
        if allowed and status != blank and (status in {401, 403, 404} or status >= 500):
            wrong.append((name, status))
        if not allowed and (status != 403 or house.state() != before):
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
            path = house.path(rule, assessment=house.foreign["assessment"])
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
        if not 400 <= response.status_code < 500 or house.state() != before:
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
