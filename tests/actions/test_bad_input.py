"""What does not fit is kept apart whole, and staff read which item broke which rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.actions.context import Context
from server.actions.receive_envelope import receive
from server.ids import new_id
from server.inputs.envelope import seal_text
from server.store import alerts, assessments, envelopes, responses
from tests.cast import EVERYTHING, Cast

PLACE = '"who01": {"state": "answered", "value": 3}'


def _told(cast: Cast, text: str) -> tuple[str, str]:
    """Deliver this text sealed; return the reason it was kept apart for, and what staff read."""
    context, name = cast.context, new_id()
    body = seal_text(context.keys.public_key, context.keys.current, name, text.encode())
    receipt = receive(context, cast.ada.device, name, body, "phone")
    assert receipt.id == name, "the phone may let go of it: it lies here"
    row = envelopes.one(context.db, envelopes.last(context.db))
    assert row is not None
    assert row["body"] == body, "verbatim"
    opening = envelopes.opening(context.db, row["seq"])
    assert opening is not None
    assert opening["outcome"] == "quarantined"
    assert responses.of(context.db, EVERYTHING, cast.ada.id) == []
    (alert,) = [
        each for each in alerts.standing(context.db, cast.coordinator) if each["kind"] == "quarantined"
    ]  # fmt: skip
    return opening["reason"], alert["detail"]


@pytest.fixture
def asked(cast: Cast) -> str:
    return cast.assessment(cast.ada, "wellbeing-baseline")


def _payload(cast: Cast, asked: str, **changes: Any) -> str:
    return json.dumps(cast.payload(asked, **changes))


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ('"who01": {"state": "answered", "value": 17}', "who01: the answer must be one of 5, 4, 3, 2, 1, 0"),
        ('"who01": {"state": "answered", "value": true}', "who01: the answer must be one of"),
        ('"who01": {"state": "answered", "value": 3.0}', "who01: the answer must be one of"),
        ('"who01": {"state": "answered", "value": "3"}', "who01: the answer must be one of"),
        ('"who01": {"state": "answered", "value": [3]}', "who01: the answer must be one of"),
        ('"who01": {"state": "maybe"}', "who01: the state must be one of"),
        ('"who01": 3', "who01: an answer is an object"),
        ('"who99": {"state": "skipped"}', "who99: no such question in this form"),
        (f'"who01": {{"state": "answered", "value": "{"x" * 1_000_000}"}}', "who01: the answer must be"),
    ],
    ids=["unknown option", "truth", "fraction", "text", "list", "unknown state", "wrong shape",
         "unknown item", "a megabyte"],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_named_with_its_rule(
    cast: Cast, asked: str, raw: str, told: str
):
    text = _payload(cast, asked)
    assert PLACE in text
    reason, detail = _told(cast, text.replace(PLACE, raw))
    assert reason == "invalid-answers"
    assert detail.startswith("Well-being at baseline: An answer was kept apart")
    assert told in detail


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (f"{PLACE}, {PLACE}", "answers.who01: stands twice"),
        ('"who01": {"state": "answered", "value": 1, "value": 2}', "answers.who01.value: stands twice"),
        ('"who01": {"state": "answered", "value": NaN}', "answers.who01.value: NaN is no number"),
        ('"who01": {"state": "answered", "value": 1e999}', "answers.who01.value: 1e999 is no number"),
    ],
    ids=["an item twice", "a value twice", "NaN", "infinity"],
)  # fmt: skip
def test_json_that_means_two_things_or_nothing_is_named_with_its_place(
    cast: Cast, asked: str, raw: str, told: str
):
    reason, detail = _told(cast, _payload(cast, asked).replace(PLACE, raw))
    assert reason == "unreadable"
    assert told in detail


def test_a_wrong_shape_and_a_wrong_version_are_named_too(cast: Cast, asked: str):
    reason, detail = _told(cast, _payload(cast, asked, answers=[1, 2]))
    assert (reason, "answers must be an object" in detail) == ("unreadable", True)


def test_a_form_that_was_never_published_is_kept_apart_as_well(cast: Cast, asked: str):
    assert _told(cast, _payload(cast, asked, form="0" * 64))[0] == "unknown-form"


def test_a_version_that_is_gone_from_disk_is_named(cast: Cast, asked: str, context: Context):
    form = cast.form("who-5")
    context.db.connection.execute("DROP TRIGGER forms_no_update")
    context.db.connection.execute(
        "UPDATE forms SET instrument_version = '9.9.9' WHERE hash = ?", [form]
    )
    reason, detail = _told(cast, _payload(cast, asked))
    assert reason == "unknown-form"
    assert "9.9.9" in detail


def test_what_staff_read_is_short_and_printable_whatever_the_items_were_called(
    cast: Cast, asked: str
):
    odd = {f"\n{'i' * 300}{n}": {"state": "skipped"} for n in range(40)}
    answers = cast.answers("who-5") | odd
    _reason, detail = _told(cast, json.dumps(cast.payload(asked, answers)))
    assert len(detail) < 600
    assert detail.isprintable()
    assert "and 35 more" in detail


def test_a_colleague_who_is_rated_is_told_nothing_of_it(cast: Cast):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    text = json.dumps(cast.payload(asked)).replace('"value": 3', '"value": 17', 1)
    _told(cast, text)
    assert alerts.standing(cast.context.db, cast.rated) == []
    row = assessments.one(cast.context.db, EVERYTHING, asked)
    assert row["response_id"] is None
