"""A25: whoever may not know the arm cannot tell it from anything: swap two arms, and every byte stays.

The everyday design is made blind for this: some forms are asked in one arm only, another follows the
answer to one of them, and only administrators may know.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from server.actions.allocate_participant import allocate_participant
from server.actions.assign_rater import assign_rater
from server.actions.reconcile import reconcile
from server.catalog.load import load
from server.clock import FixedClock
from server.config import ROOT
from server.store import assessments
from tests.cast import EVERYTHING, TESTER, Cast, Person
from tests.conftest import Browser
from tests.conventions.routes import NARROWED, STAFF, House, furnish
from tests.stock import Stock

pytestmark = pytest.mark.slow

BLIND = """
allocation: {known_to: [administrator], after_enrolment: true}

visits:
"""
ARMS_ONLY = """
assessments:
  - id: only-delayed
    instrument: phq-9
    label: Canary of the delayed
    anchor: enrolment
    opens: same day
    closes: +12 days
    order: 5
    when: {arm: [delayed]}
  - id: only-immediate
    instrument: gad-7
    label: Canary of the immediate
    anchor: dosing-1
    opens: +1 day
    closes: +4 days
    order: 5
    when: {arm: [immediate]}
  - id: after-delayed
    instrument: followup-open
    label: Canary of whoever answered
    anchor: completion of only-delayed
    opens: +1 day
    closes: +9 days
    order: 6
"""
CANARIES = ("Canary of", "only-delayed", "only-immediate", "phq-9", "gad-7")
# The design itself is no secret: it says what each arm is asked, and of nobody which arm is theirs.
DESIGN = ("/staff/study", "/staff/forms")


@pytest.fixture
def blind(app: Flask, cast: Cast, tmp_path: Path, stock: Stock) -> House:
    """Return the house with everybody's plan made anew from the blind design; nobody is allocated twice."""
    house = furnish(app, cast)
    schedules = tmp_path / "schedules"
    source = ROOT / "schedules" / "alliance-core" / "1.0.0.yaml"
    (schedules / "alliance-core").mkdir(parents=True)
    text = source.read_text("utf-8").replace("\nvisits:\n", BLIND, 1)
    text = text.replace("\nassessments:\n", ARMS_ONLY, 1)
    (schedules / "alliance-core" / "1.0.0.yaml").write_text(text, "utf-8")
    amended = text.replace("version: 1.0.0", "version: 1.1.0", 1).replace("+12 days", "+11 days")
    (schedules / "alliance-core" / "1.1.0.yaml").write_text(amended, "utf-8")
    context = replace(cast.context, catalog=load(ROOT / "forms", schedules))
    cast = replace(cast, context=context)
    fresh = stock.app(context)
    fresh.testing = True
    fresh.config["WTF_CSRF_ENABLED"] = False
    for person in (cast.ada, cast.ben):
        assign_rater(
            context, cast.actor(cast.coordinator), cast.coordinator, person.id, cast.rater.id
        )
        with context.write(TESTER, "the design is blind now") as tx:
            reconcile(tx, context, person.id)
    return replace(house, app=fresh, cast=cast)


def _allocate(house: House, ada: str, ben: str) -> None:
    cast = house.cast
    for person, arm in ((cast.ada, ada), (cast.ben, ben)):
        allocate_participant(
            cast.context, cast.actor(cast.administrator), cast.administrator, person.id, arm, "a test"
        )  # fmt: skip


def _everything(house: House, role: str, keys: dict[str, str]) -> dict[str, bytes]:
    """Return all that a role may open by GET, of both participants, headers that name files included.

    `keys` is one session for all of it: Settings tells how many there are.
    """
    client = house.app.test_client()
    for name, value in keys.items():
        client.set_cookie(name, value, domain="localhost", secure=True)
    found: dict[str, bytes] = {}
    for name, method, rule in house.routes():
        # Who is sent away from entering the arm has a test of its own.
        if method != "GET" or name in NARROWED or role not in STAFF.get(name, frozenset()):
            continue
        people = (house.cast.ada, house.cast.ben)
        for person in people if "participant_id" in rule.arguments else people[:1]:
            path = house.path(rule, participant_id=person.id)
            answer = client.get(path, base_url="http://localhost:8000")
            # Nobody was sent away: two refusals are alike and prove nothing.
            assert answer.status_code in {200, 404, 409, 422}, (path, answer.status_code)
            name_of_file = answer.headers.get("Content-Disposition", "")
            found[path] = _stable(answer.data, answer.mimetype or "") + name_of_file.encode()
    return found


def _stable(data: bytes, mimetype: str) -> bytes:
    """Return what a page says without what is drawn anew each time: a form's token, an answer's id to be."""
    if mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).encode()
    data = re.sub(rb'name="the-response"[^>]*value="[^"]*"', b"", data)
    return re.sub(rb"I[jm][\w-]{30,}\.[\w-]{6}\.[\w-]{20,}", b"", data)


BLINDED = ("investigator", "coordinator", "facilitator", "rater", "monitor", "analyst")


@pytest.mark.parametrize("role", BLINDED)
def test_a_blinded_role_sees_the_same_bytes_whoever_is_in_which_arm(
    blind: House, role: str, clock: FixedClock
) -> None:
    clock.move(timedelta(days=4))  # forms of both arms are open, and some have closed
    keys = blind.as_(blind.roles[role])
    _allocate(blind, "immediate", "delayed")
    before = _everything(blind, role, keys)
    _allocate(blind, "delayed", "immediate")
    swapped = _everything(blind, role, keys)
    _answer(blind.cast, blind.cast.ada, "only-delayed")
    answered = _everything(blind, role, keys)

    assert len(before) > 10
    assert _differing(before, swapped) == []
    assert _differing(swapped, answered) == [], "an answer that only one arm can give left a trace"
    assert [
        (path, canary)
        for path, page in answered.items()
        for canary in CANARIES
        if canary.encode() in page and not path.startswith(DESIGN)
    ] == []


def _differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Return the pages that differ, each with the first line that does."""
    found = []
    for path, page in other.items():
        lines = zip(one[path].splitlines(), page.splitlines(), strict=False)
        told = next((f"{a!r} ≠ {b!r}" for a, b in lines if a != b), "length")
        found += [f"{path}: {told}"] if page != one[path] else []
    return found


def test_the_canaries_do_sing_for_whoever_may_know(blind: House, clock: FixedClock) -> None:
    """Calibration: the test above would find them."""
    _allocate(blind, "delayed", "immediate")
    _answer(blind.cast, blind.cast.ada, "only-delayed")
    clock.move(timedelta(days=4))
    keys = blind.as_(blind.cast.administrator)
    heard = b"".join(_everything(blind, "administrator", keys).values()).decode()

    assert [canary for canary in CANARIES if canary not in heard] == []
    assert "Canary of the delayed" in heard
    assert "Delayed start" in heard


@pytest.mark.parametrize("role", BLINDED)
def test_the_arm_is_neither_shown_to_nor_taken_from_a_blinded_role(blind: House, role: str) -> None:
    _allocate(blind, "delayed", "immediate")
    viewer = blind.roles[role]
    one = f"/staff/participants/{blind.cast.ada.id}"
    answers = [
        blind.ask("GET", f"{one}/allocation", blind.as_(viewer)),
        blind.ask("POST", f"{one}/allocation", blind.as_(viewer), data={"arm": "immediate"}),
    ]

    page = blind.ask("GET", one, blind.as_(viewer)).text
    assert [answer.status_code for answer in answers] == [403, 403]
    assert "concealed from you" in page
    assert "Delayed start" not in page


def test_who_may_know_it_enters_it_and_a_change_wants_a_reason(blind: House) -> None:
    cast = blind.cast
    one = f"/staff/participants/{cast.ada.id}"
    keys = blind.as_(cast.administrator)
    bare = blind.ask("POST", f"{one}/allocation", keys, data={"arm": "delayed"})
    given = blind.ask(
        "POST", f"{one}/allocation", keys, data={"arm": "delayed", "reason": "read from the list"}
    )
    page = blind.ask("GET", f"{one}/allocation", keys).text

    assert (bare.status_code, given.status_code) == (422, 303)
    assert "Say why it is changed." in bare.text
    assert "read from the list" in page
    assert "administrator" in page
    labels = {row["label"] for row in assessments.of(cast.context.db, EVERYTHING, cast.ada.id)
              if row["retired_at"] is None}  # fmt: skip
    assert "Canary of the delayed" in labels
    assert "Canary of the immediate" not in labels


def test_a_blinded_coordinator_enrols_without_an_arm(client: Browser, blind: House) -> None:
    keys = blind.as_(blind.cast.coordinator)
    page = blind.ask("GET", "/staff/participants/enrol", keys).text
    data = {
        "code": "SYN-009", "enrolled_on": "2027-03-01", "language": "en", "zone": "Europe/Berlin",
        "channel": "none", "name": "", "email": "", "phone": "",
    }  # fmt: skip
    sneaked = blind.ask("POST", "/staff/participants/enrol", keys, data={**data, "arm": "delayed"})
    plain = blind.ask("POST", "/staff/participants/enrol", keys, data=data)

    assert 'name="arm"' not in page
    assert (sneaked.status_code, plain.status_code) == (422, 303)


def _answer(cast: Cast, person: Person, definition: str) -> None:
    cast.send(person, cast.payload(cast.assessment(person, definition)))
