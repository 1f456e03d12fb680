"""An envelope is kept and receipted first; what becomes of it then never changes that."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from server.actions import receive_envelope
from server.actions.context import Context
from server.actions.open_envelope import open_waiting
from server.actions.receive_envelope import receipts, receive
from server.clock import FixedClock
from server.errors import BadInputError, TooManyTriesError
from server.ids import new_id
from server.store import envelopes, responses
from tests.cast import EVERYTHING, Cast


def _outcome(context: Context, seq: int) -> str:
    opening = envelopes.opening(context.db, seq)
    assert opening is not None
    return str(opening["outcome"])


def test_a_delivered_answer_is_receipted_stored_and_scored(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    name, body = cast.seal(cast.payload(asked, cast.answers("wai-sr", 4)))
    receipt = receive(context, cast.ada.device, name, body, "phone")

    assert receipt.digest == hashlib.sha256(body).hexdigest()
    assert receipt.as_json() == {
        "id": name, "digest": receipt.digest, "received_at": "2027-03-01T09:00:00.000Z",
        "epoch": receipt.epoch, "backed_up": False, "conflict": False,
    }  # fmt: skip
    assert receipt.epoch
    (response,) = responses.of(context.db, EVERYTHING, cast.ada.id)
    assert (response["id"], response["assessment_id"]) == (name, asked)
    assert (response["late"], response["unscheduled"], response["clock_doubtful"]) == (0, 0, 0)
    assert response["anchor"].startswith("preparation")
    assert response["anchor_on"] == "2027-02-26"
    assert response["elapsed_ms"] == 180_000
    scores = {r["score"]: r["value"] for r in responses.scores(context.db, EVERYTHING, cast.ada.id)}
    assert scores["total"] == 48.0
    kept = envelopes.one(context.db, 1)
    assert kept is not None
    assert kept["body"] == body


def test_the_same_bytes_get_the_same_receipt_and_one_record(
    cast: Cast, context: Context, clock: FixedClock
):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    name, body = cast.seal(cast.payload(asked))
    first = receive(context, cast.ada.device, name, body, "phone")
    clock.move(timedelta(days=2))
    again = receive(context, cast.ada.device, name, body, "phone")
    unknown = receive(context, None, name, body, "phone")
    assert again == first
    assert unknown == first
    assert context.db.value("SELECT COUNT(*) FROM envelopes") == 1
    assert context.db.value("SELECT COUNT(*) FROM responses") == 1


def test_the_same_id_with_other_bytes_is_kept_beside_it_and_flagged(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    name, body = cast.seal(cast.payload(asked))
    _, other = cast.seal(cast.payload(asked, cast.answers("who-5", 5)), name)
    assert not receive(context, cast.ada.device, name, body, "phone").conflict
    receipt = receive(context, cast.ada.device, name, other, "phone")
    assert receipt.conflict
    assert receipt.digest == hashlib.sha256(other).hexdigest()
    assert [_outcome(context, seq) for seq in (1, 2)] == ["opened", "quarantined"]
    # The receipt of the first stays what it was.
    assert not receive(context, cast.ada.device, name, body, "phone").conflict


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no json", b"[]", b"{}", b'{"v":1}', b"\xff\xfe", b"[" * 100_000, b"{" * 200_000,
        json.dumps({"v": 1, "id": "x", "key": "k", "epk": "", "iv": "", "ct": ""}).encode(),
    ],
)  # fmt: skip
def test_only_what_is_no_envelope_is_refused(cast: Cast, context: Context, body: bytes):
    with pytest.raises(BadInputError):
        receive(context, cast.ada.device, new_id(), body, "phone")
    assert envelopes.last(context.db) == 0


def test_an_envelope_under_another_address_is_refused(cast: Cast, context: Context):
    _, body = cast.seal(cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    with pytest.raises(BadInputError, match="another id"):
        receive(context, cast.ada.device, new_id(), body, "phone")


def test_an_opening_that_fails_leaves_the_receipt_and_the_worker_opens_it_later(
    cast: Cast, context: Context, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise RuntimeError("the opener broke")

    name, body = cast.seal(cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    with monkeypatch.context() as patch:
        patch.setattr(receive_envelope, "open_envelope", broken)
        receipt = receive(context, cast.ada.device, name, body, "phone")
    assert receipt.id == name
    assert envelopes.waiting(context.db) == [1]
    assert open_waiting(context) == 1
    assert responses.exists(context.db, name)
    assert open_waiting(context) == 0


def test_strangers_cannot_fill_the_disk_and_are_asked_to_come_back(
    cast: Cast, context: Context, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receive_envelope, "MOST_UNKNOWN_PER_HOUR", 2)
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    for _ in range(2):
        receive(context, None, *cast.seal(cast.payload(asked)), "phone")
    name, body = cast.seal(cast.payload(asked))
    with pytest.raises(TooManyTriesError) as refused:
        receive(context, None, name, body, "phone")
    assert refused.value.retry_after == 3600
    # A phone that is known is not held up by them.
    cast.send(cast.ada, cast.payload(asked))
    clock.move(timedelta(hours=1, seconds=1))
    assert receive(context, None, name, body, "phone").id == name


def test_receipts_can_be_asked_for_again_by_the_phone_that_delivered(cast: Cast, context: Context):
    receipt = cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    assert receipts(context, cast.ada.device, [receipt.id, new_id()]) == [receipt]
    assert receipts(context, cast.ben.device, [receipt.id]) == []
    assert receipts(context, cast.ada.device, []) == []
