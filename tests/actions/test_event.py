"""The event is told once, kept sealed, named where it is asked about, and printed nowhere."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from server.actions.context import Context
from server.actions.export_answers import export_answers
from server.actions.print_summary import gather
from server.actions.reconcile import waits_for
from server.actions.record_event import record_event
from server.errors import BadInputError, ForbiddenError, NotFoundError
from server.outputs import page
from server.outputs.summary import summary
from server.store import assessments, events, participants, responses, verification
from tests.actions.test_raise_alerts import safety_check
from tests.cast import EVENT, EVERYTHING, Cast

SECRET = "the heron on the ice"


def told(cast: Cast, words: str = SECRET, when: str = "May 2021") -> dict[str, Any]:
    """Return the event's form as a phone sends it."""
    return cast.payload(
        safety_check(cast, "index-event"),
        {
            "event": {"state": "answered", "value": words},
            "when": {"state": "answered", "value": when},
        },
        process={"changes": [{"item": "event", "at": "", "was": words}], "times": {"event": 3}},
    )


def test_what_is_about_it_waits_until_it_is_told(cast: Cast, context: Context):
    db = context.db
    with context.write(cast.actor(cast.coordinator), "somebody new") as tx:
        tx.insert("participants", {
            "id": "new", "study_id": cast.study_id, "code": "NEW", "enrolled_on": "2027-03-01",
            "created_at": tx.at_text,
        })  # fmt: skip
        facts: dict[participants.Kind, str] = {
            "zone": "Europe/Berlin", "language": "en", "arm": "immediate", "channel": "none",
            "status": "active",
        }  # fmt: skip
        for kind, value in facts.items():
            participants.record(tx, "new", kind, value, date(2027, 3, 1))
    reasons = {each.definition: each.reason for each in waits_for(context, db, "new")}
    assert reasons["distress-baseline"] == "waits for the event that it is about"
    record_event(context, cast.actor(cast.coordinator), cast.coordinator, "new", "the fire", "")
    planned = {row["definition"] for row in assessments.of(db, EVERYTHING, "new")}
    assert "distress-baseline" in planned


def test_told_on_the_phone_it_is_sealed_and_stands_nowhere_in_the_open(
    cast: Cast, context: Context
):
    cast.send(cast.ada, told(cast))
    found = events.latest(context.db, context.keys, cast.ada.id)
    assert found is not None
    assert found.text == f"{SECRET} (May 2021)"
    for table in context.db.all("SELECT name FROM sqlite_schema WHERE type = 'table'"):
        for row in context.db.connection.execute(f"SELECT * FROM {table['name']}"):
            assert SECRET not in repr(tuple(row)), table["name"]
    verification.verify(context.db)


def test_it_is_neither_exported_nor_printed(cast: Cast, context: Context):
    cast.send(cast.ada, told(cast))
    actor = cast.actor(cast.coordinator)
    export = "".join(export_answers(context, actor, cast.coordinator))
    record = gather(context, cast.coordinator, cast.coordinator, cast.ada.id, research_copy=True)
    for text in (export, page.html(summary(record))):
        for words in (SECRET, EVENT, "May 2021"):
            assert words not in text


def test_an_answered_form_keeps_the_event_it_named(cast: Cast, context: Context):
    first = events.latest(context.db, context.keys, cast.ada.id)
    assert first is not None
    asked = cast.assessment(cast.ada, "distress-baseline")
    cast.send(cast.ada, cast.payload(asked, event=first.id))
    cast.send(cast.ada, told(cast))
    rows = {row["instrument"]: row for row in responses.of(context.db, EVERYTHING, cast.ada.id)}
    assert rows["ies-r"]["event_id"] == first.id
    later = events.latest(context.db, context.keys, cast.ada.id)
    assert later is not None
    assert later.id != first.id


def test_somebody_elses_event_is_not_taken_for_theirs(cast: Cast, context: Context):
    bens = events.latest(context.db, context.keys, cast.ben.id)
    assert bens is not None
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "distress-baseline"), event=bens.id))
    (row,) = responses.of(context.db, EVERYTHING, cast.ada.id)
    assert row["event_id"] is None


def test_left_empty_it_is_answered_and_nothing_is_known(cast: Cast, context: Context):
    before = events.history(context.db, cast.ada.id)
    asked = safety_check(cast, "index-event")
    skipped = {name: {"state": "skipped"} for name in ("event", "when")}
    cast.send(cast.ada, cast.payload(asked, skipped))
    (row,) = responses.of(context.db, EVERYTHING, cast.ada.id)
    answers = responses.answers(context.db, EVERYTHING, row["id"])
    assert [each["state"] for each in answers] == ["skipped", "skipped"]
    assert events.history(context.db, cast.ada.id) == before


def test_staff_enter_it_only_for_their_own_and_in_few_words(cast: Cast, context: Context):
    def enter(viewer: Any, words: str) -> None:
        record_event(context, cast.actor(viewer), viewer, cast.ada.id, words, "")

    with pytest.raises(ForbiddenError):
        enter(cast.rated, "x")
    with pytest.raises(NotFoundError):
        enter(cast.outsider, "x")
    for words in ("  ", "x" * 301):
        with pytest.raises(BadInputError):
            enter(cast.coordinator, words)


def test_the_phones_own_list_names_it_and_only_where_it_is_asked_about(cast: Cast, app: Any):
    client = app.test_client()
    client.set_cookie("__Host-device", cast.ada.token, domain="localhost", secure=True)
    got = client.get("/api/list", base_url="http://localhost:8000")
    listed = json.loads(got.text)["assessments"]
    named = {each["title"]: each["event"] and each["event"]["text"] for each in listed}
    assert [text for text in named.values() if text] == [f"{EVENT} (2019)"]
    plain = client.get(
        f"/a/{cast.assessment(cast.ada, 'distress-baseline')}", base_url="http://localhost:8000"
    )
    assert f"{EVENT} (2019)" in plain.text
