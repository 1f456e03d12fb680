"""A rated facilitator sees no trace of what was said about them: no answer, count, date or name (A25, A26)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader

from server.clock import FixedClock
from server.domain.people import Staff
from server.store import alerts, responses, staff
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import Browser

pytestmark = pytest.mark.slow


@pytest.fixture
def told(cast: Cast) -> dict[str, str]:
    """Ada says something about both guides and about herself; return the responses' ids."""
    found = {}
    for name, definition, about in (
        ("about robin", "alliance-prep", cast.rated),
        ("about sam", "alliance-prep", cast.second),
        ("well-being", "wellbeing-baseline", None),
    ):
        cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, definition, about)))
        rows = responses.of(cast.context.db, EVERYTHING, cast.ada.id)
        found[name] = str(rows[-1]["id"])
    with cast.context.write(TESTER, "something is kept aside") as tx:
        alerts.add(tx, cast.study_id, cast.ada.id, "quarantined", "canary-alert", alliance=True)
    return found


_SHARED = {"/staff/", "/staff/participants", "/staff/export/answers.csv"}


def _pages(app: Flask, cast: Cast, told: dict[str, str]) -> Iterator[str]:
    one = f"/staff/participants/{cast.ada.id}"
    yield from (
        "/staff/",
        "/staff/participants",
        one,
        f"{one}/summary.pdf",
        "/staff/export/answers.csv",
    )
    yield from (f"/staff/responses/{response_id}" for response_id in told.values())
    yield from ("/staff/settings", "/staff/study/people")
    assert (
        len(list(app.url_map.iter_rules())) > 50
    )  # the matrix in tests/conventions walks the rest


def _read(client: Browser, page: str) -> str:
    response = client.get(page)
    if response.mimetype == "application/pdf":
        return _pdf_text(response.data)
    return response.text


def _pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def _canaries(cast: Cast, told: dict[str, str]) -> dict[str, str]:
    """Return what must never show: ids, forms' labels, scores' names, an alert's words."""
    return {
        "the form's label": "Alliance before dosing",
        "the response about Robin": told["about robin"],
        "the response about Sam": told["about sam"],
        "the assessment": cast.assessment(cast.ada, "alliance-prep", cast.rated),
        "an alert about it": "canary-alert",
        "an item": "wai01",
        "a score": "Alliance, total",
        "the definition": "alliance-prep",
    }


@pytest.mark.parametrize("who", ["rated", "second"])
def test_no_page_tells_a_facilitator_what_was_said_about_any_of_them(
    app: Flask, client: Browser, cast: Cast, told: dict[str, str], who: str
) -> None:
    client.as_staff(cast, getattr(cast, who))
    traces = [
        (page, name)
        for page in _pages(app, cast, told)
        for name, canary in _canaries(cast, told).items()
        if canary in _read(client, page)
    ]

    assert traces == []


def test_the_canaries_do_sing_for_whoever_may_hear_them(
    app: Flask, client: Browser, cast: Cast, told: dict[str, str]
) -> None:
    """Calibration: without hiding, every canary would be found."""
    client.as_staff(cast, cast.coordinator)
    heard = "".join(_read(client, page) for page in _pages(app, cast, told))

    missing = [name for name, canary in _canaries(cast, told).items() if canary not in heard]
    assert missing in ([], ["the assessment"])


def test_hiding_beats_seeing_for_a_coordinator_who_also_guides(
    app: Flask, client: Browser, cast: Cast, told: dict[str, str]
) -> None:
    """Keyed to the pair: with every role there is, the one who is rated still sees nothing."""
    with cast.context.write(TESTER, "many hats") as tx:
        for role in ("administrator", "coordinator", "investigator", "monitor", "analyst"):
            staff.grant(tx, cast.rated.id, cast.study_id, role)
    client.as_staff(cast, cast.rated)
    # Ben is guided by somebody else: what he says, this coordinator may see.
    about_ada = {
        page: _read(client, page) for page in _pages(app, cast, told) if page not in _SHARED
    }
    about_ada["export"] = "\n".join(
        line
        for line in _read(client, "/staff/export/answers.csv").splitlines()
        if "SYN-001" in line
    )

    assert "who-5" in about_ada["export"]
    for name, canary in _canaries(cast, told).items():
        assert [page for page, text in about_ada.items() if canary in text] == [], name


def test_a_facilitators_pages_are_the_same_bytes_whether_or_not_they_were_rated(
    client: Browser, cast: Cast
) -> None:
    """A25: nothing to compare, not a count, a date, an order or a message."""
    one = f"/staff/participants/{cast.ada.id}"
    pages = ("/staff/", "/staff/participants", one, "/staff/export/answers.csv")
    client.as_staff(cast, cast.rated)
    before = {page: _bare(client.get(page).text) for page in pages}
    for about in (cast.rated, cast.second):
        cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", about)))

    assert {page: _bare(client.get(page).text) for page in pages} == before


def _bare(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


@pytest.mark.parametrize("who", ["rated", "second", "rater", "monitor", "investigator"])
def test_names_and_addresses_are_for_those_who_call_participants(
    client: Browser, cast: Cast, who: str
) -> None:
    viewer: Staff = getattr(cast, who)
    client.as_staff(cast, viewer)
    one = f"/staff/participants/{cast.ada.id}"

    assert client.post(f"{one}/contact").status_code == 403
    for page in (
        "/staff/",
        "/staff/participants",
        one,
        f"{one}/change",
        "/staff/export/answers.csv",
    ):
        text = client.get(page).text
        assert "Synthetic SYN-001" not in text
        assert "syn-001@example.org" not in text


def test_each_look_at_a_name_is_noted_and_not_what_it_says(client: Browser, cast: Cast) -> None:
    page = client.as_staff(cast, cast.coordinator).post(
        f"/staff/participants/{cast.ada.id}/contact"
    )

    assert "Synthetic SYN-001" in page.text
    rows = cast.context.db.all("SELECT actor, row_id FROM audit WHERE reason = 'Read contact data'")
    assert rows == [{"actor": f"staff:{cast.coordinator.id}", "row_id": cast.ada.id}]
    trail = "".join(str(row) for row in cast.context.db.all("SELECT * FROM audit_values"))
    assert "syn-001@example.org" not in trail


def test_a_facilitator_sees_only_whom_they_guide(client: Browser, cast: Cast) -> None:
    page = client.as_staff(cast, cast.rated).get("/staff/participants").text

    assert "SYN-001" in page
    assert "SYN-002" not in page


def test_a_facilitator_gets_no_research_copy(
    client: Browser, cast: Cast, told: dict[str, str]
) -> None:
    client.as_staff(cast, cast.rated)
    one = f"/staff/participants/{cast.ada.id}"

    assert client.get(f"{one}/summary.pdf?research=1").status_code == 403
    assert "research copy" not in client.get(one).text


@pytest.mark.parametrize("who", ["rated", "second", "rater"])
def test_when_a_phone_was_last_in_touch_tells_a_facilitator_nothing(
    client: Browser, cast: Cast, clock: FixedClock, who: str
) -> None:
    """A contact an hour ago, with nothing else open, would say that somebody was just rated."""
    one = f"/staff/participants/{cast.ada.id}"
    pages = ("/staff/", "/staff/participants", *((one,) if who != "rater" else ()))
    client.as_staff(cast, getattr(cast, who))
    before = {page: _bare(client.get(page).text) for page in pages}
    with cast.context.write(TESTER, "the phone came by") as tx:
        tx.change("devices", cast.ada.device.id, {"seen_at": "2027-03-01T08:59:00.000Z"})

    assert {page: _bare(client.get(page).text) for page in pages} == before
    assert "Phone last seen" not in before["/staff/participants"]
    clock.move(timedelta(minutes=1))
    assert "Phone last seen" in client.as_staff(cast, cast.coordinator).get(pages[1]).text
