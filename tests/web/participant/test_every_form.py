"""Every form that the shipped designs ask participants, without any script: half filled, kept, sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from server.config import ROOT
from server.domain.instrument import Instrument
from server.store import assessments, drafts, responses
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import Browser

_ASKED = re.compile(r"^\s+instrument: ([a-z0-9-]+)$", re.MULTILINE)


def _participants_forms() -> list[str]:
    """Return what the six designs ask, as far as participants answer it: the files are read as text."""
    named = {
        name
        for file in (ROOT / "schedules").glob("*.yaml")
        for name in _ASKED.findall(file.read_text(encoding="utf-8"))
    }
    return sorted(name for name in named if _is_theirs(name))


def _is_theirs(name: str) -> bool:
    files = (ROOT / "forms" / name).glob("[0-9]*.yaml")
    return any("\nrespondent: participant\n" in file.read_text(encoding="utf-8") for file in files)


FORMS = _participants_forms()


def test_the_designs_ask_participants_for_forms():
    assert {"who-5", "wai-sr", "ies-r", "safety-check", "followup-open"} <= set(FORMS)


def _row(cast: Cast, instrument: Instrument) -> str:
    """Let Ada be asked for this form in the place of another that is open."""
    about = instrument.about == "facilitator"
    row = cast.assessment(
        cast.ada, *("alliance-prep", cast.rated) if about else ("wellbeing-baseline",)
    )
    with cast.context.write(TESTER, "another form in its place") as tx:
        # Some are asked here already: a form is changed all the same, so that the trail has an entry.
        tx.change("assessments", row, {"instrument": instrument.id, "label": instrument.title})
    return row


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="((?:the|asked)-[a-z]+)"[^>]*value="([^"]*)"', page)
    return dict(found)


def _fields(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'<(?:input|textarea)[^>]*name="(\w+)"', page)))


def _posted(given: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return what a browser would send of these fields."""
    found = {name: given[name]["value"] for name in names if name in given}
    return {
        name: [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in found.items()
    }


def _walked(client: Browser, row: str, page: str, given: dict[str, Any]) -> Iterator[list[str]]:
    """Answer part after part and send; yield the questions of each."""
    for _ in range(60):
        names = _fields(page)
        yield names
        does = re.findall(r'name="to-do" value="(send|next)"', page)[0]
        data = _hidden(page) | _posted(given, names) | {"to-do": does}
        answer = client.post(f"/a/{row}", data=data)
        if answer.status_code == 303 and answer.location.startswith("/done/"):
            return
        assert answer.status_code in {200, 303}, answer.text
        page = client.get(answer.location).text if answer.status_code == 303 else answer.text
    raise AssertionError("it never ends")


@pytest.mark.parametrize("name", FORMS)
def test_it_is_opened_half_filled_kept_gone_on_with_and_sent(
    client: Browser, cast: Cast, name: str
):
    instrument = cast.context.catalog.instrument(name)
    given, row = cast.answers(name), _row(cast, instrument)
    page = client.as_phone(cast.ada).get(f"/a/{row}").text
    names = [each for each in _fields(page) if each in given]
    half = names[: (len(names) + 1) // 2]
    assert half, page
    if not instrument.giving:
        saved = client.post(
            f"/a/{row}", data=_hidden(page) | _posted(given, half) | {"to-do": "save"}
        )
        assert (saved.status_code, saved.location) == (303, "/today"), saved.text
        assert "begun" in client.get("/today").text
        draft = drafts.one(cast.context.db, cast.ada.device, row)
        assert draft is not None
        kept = {item for item, each in draft["answers"].items() if each["state"] == "answered"}
        assert kept >= set(half)
        page = client.get(f"/a/{row}").text
    passed = [item for names in _walked(client, row, page, given) for item in names]
    stored = assessments.one(cast.context.db, EVERYTHING, row)
    found = {
        each["item"]: each["state"]
        for each in responses.answers(cast.context.db, EVERYTHING, stored["response_id"])
    }
    asked = set(passed) & set(given) | set(half)
    assert {item for item, state in found.items() if state == "answered"} == asked
    assert "Sent. We have it." in client.get(f"/done/{row}").text


def test_a_call_is_asked_for_from_today_and_from_the_middle_of_a_form(client: Browser, cast: Cast):
    row = cast.assessment(cast.ada, "wellbeing-baseline")
    assert 'href="/call"' in client.as_phone(cast.ada).get("/today").text
    page = client.get(f"/a/{row}").text
    went = client.post(f"/a/{row}", data=_hidden(page) | {"who01": "3", "to-do": "call"})
    assert went.location == "/call"
    draft = drafts.one(cast.context.db, cast.ada.device, row)
    assert draft is not None
    assert draft["answers"]["who01"]["value"] == 3, "what was answered is kept"
    page = client.get("/call").text
    assert "Monday to Friday, 9 to 17" in page
    assert "You asked for a call" not in page
    assert client.post("/call").location == "/call"
    assert "You asked for a call. We have it" in client.get("/call").text
    raised = cast.context.db.all("SELECT kind, participant_id FROM alerts")
    assert raised == [{"kind": "call-me", "participant_id": cast.ada.id}]
    assert "You asked for a call" not in client.as_phone(cast.ben).get("/call").text
