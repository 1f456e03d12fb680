"""Answers as phones deliver them, over HTTP: kept, receipted, and scored as a third party scores."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from server.actions.context import Context
from server.config import ROOT
from server.ids import new_id
from server.store import envelopes, responses
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser

# The records lie outside of the project: numbers from scorers that we did not write.
SHARED = Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared"))
VECTORS = SHARED / "instruments" / "scoring_vectors.json"
ASKED = {"wai-sr": "alliance-prep", "ies-r": "distress-baseline", "who-5": "wellbeing-baseline"}


def _put(client: Browser, name: str, body: bytes, **more: Any):
    return client.put(f"/api/envelopes/{name}", data=body, content_type="application/json", **more)


@pytest.mark.skipif(not VECTORS.is_file(), reason="no scoring_vectors.json: set ATTUNE_SHARED")
@pytest.mark.parametrize("instrument", ASKED)
def test_every_record_of_a_third_party_is_stored_with_its_score(
    cast: Cast, context: Context, client: Browser, instrument: str
):
    records = json.loads(VECTORS.read_text(encoding="utf-8"))["instruments"][instrument]["records"]
    assert len(records) == 20
    about = cast.rated if instrument == "wai-sr" else None
    asked = cast.copies(cast.assessment(cast.ada, ASKED[instrument], about), len(records))
    items = [item.id for item in context.catalog.instrument(instrument).questions]
    wanted: dict[str, dict[str, float]] = {}
    client.as_phone(cast.ada)
    for record, assessment in zip(records, asked, strict=True):
        answers = {
            item: {"state": "unanswered"}
            if value is None
            else {"state": "answered", "value": value}
            for item, value in zip(items, record["answers"], strict=True)
        }
        name, body = cast.seal(cast.payload(assessment, answers))
        answer = _put(client, name, body)
        assert answer.status_code == 200
        assert answer.json["id"] == name
        wanted[name] = record["expected"]
    stored: dict[str, dict[str, float]] = {}
    for row in responses.scores(context.db, EVERYTHING, cast.ada.id):
        stored.setdefault(row["response_id"], {})[row["score"]] = row["value"]
    assert set(stored) == set(wanted)
    for name, scores in wanted.items():
        for score, expected in scores.items():
            assert stored[name][score] == pytest.approx(expected), (name, score)


def test_a23_doubled_and_reordered_deliveries_make_one_record_each(
    cast: Cast, context: Context, client: Browser
):
    asked = cast.copies(cast.assessment(cast.ada, "wellbeing-baseline"), 12)
    sealed = [cast.seal(cast.payload(each)) for each in asked]
    client.as_phone(cast.ada)
    receipts: dict[str, set[str]] = {}
    for turn in range(4):
        for name, body in sorted(sealed, key=lambda each: hash((turn, each[0]))):
            answer = _put(client, name, body)
            receipts.setdefault(name, set()).add(answer.get_data(as_text=True))
    assert all(len(each) == 1 for each in receipts.values())
    assert envelopes.last(context.db) == len(sealed)
    assert len(responses.of(context.db, EVERYTHING, cast.ada.id)) == len(sealed)


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b'{"v": NaN}', b"[" * 100_000])
def test_only_what_is_no_envelope_gets_a_4xx(
    cast: Cast, context: Context, client: Browser, body: bytes
):
    answer = _put(client.as_phone(cast.ada), new_id(), body)
    assert 400 <= answer.status_code < 500
    assert envelopes.last(context.db) == 0


def test_a24_a_huge_body_is_refused_before_it_is_read(
    cast: Cast, context: Context, client: Browser
):
    assert _put(client.as_phone(cast.ada), new_id(), b"x" * 50_000_000).status_code == 413
    assert _put(client, new_id(), b'"' + b"x" * 300_000 + b'"').status_code in {413, 422}
    assert envelopes.last(context.db) == 0


@pytest.mark.parametrize("token", ["", "stranger"])
def test_r32_a_phone_that_nobody_knows_is_receipted_and_kept_apart(
    cast: Cast, context: Context, client: Browser, token: str
):
    if token:
        client.set_cookie("__Host-device", token, domain="localhost", secure=True)
    name, body = cast.seal(cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    assert _put(client, name, body).json["id"] == name
    opening = envelopes.opening(context.db, 1)
    assert opening is not None
    assert opening["reason"] == "unknown-device"


def test_t13_months_later_no_form_token_stands_in_the_way(cast: Cast, app: Any, client: Browser):
    app.config["WTF_CSRF_ENABLED"] = True
    name, body = cast.seal(cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    assert _put(client.as_phone(cast.ada), name, body).status_code == 200


def test_a5_another_sites_page_cannot_deliver(cast: Cast, context: Context, client: Browser):
    name, body = cast.seal(cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = _put(client.as_phone(cast.ada), name, body, headers=headers)
        assert answer.status_code == 403
    assert envelopes.last(context.db) == 0
