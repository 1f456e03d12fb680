"""A23: over a line that loses, cuts, doubles, delays and reorders, each answer is stored once."""

from __future__ import annotations

import asyncio

import pytest
from flask import Flask

from server.actions.context import Context
from tests.bench.crowd import Crowd, Sending
from tests.cast import Cast
from tests.faults.arena import kill, listen, serve

RECORDS = 120

pytestmark = pytest.mark.faults


@pytest.fixture
def sendings(cast: Cast) -> list[Sending]:
    asked = cast.copies(cast.assessment(cast.ada, "wellbeing-baseline"), RECORDS)
    return [Sending(*cast.seal(cast.payload(each))) for each in asked]


def _deliver(app: Flask, crowd: Crowd) -> None:
    """Serve from a child, which is forked before there is any thread or loop here."""
    with listen() as listening:
        child = serve(app, listening)
        try:
            asyncio.run(crowd.deliver(listening.getsockname()[1]))
        finally:
            kill(child)


def test_a23_every_answer_is_stored_once_with_the_bytes_that_were_sent(
    cast: Cast, context: Context, app: Flask, sendings: list[Sending]
):
    _deliver(app, Crowd(f"__Host-device={cast.ada.token}", 8000, sendings))
    stored = context.db.all("SELECT id, digest, body, received_at FROM envelopes")
    assert sorted((row["id"], row["body"]) for row in stored) == sorted(
        (each.id, each.body) for each in sendings
    )
    assert sum(each.tries for each in sendings) > RECORDS
    # Whoever delivered it, and how often: the receipt is the same.
    kept = {row["id"]: (row["digest"], row["received_at"], False) for row in stored}
    for each in sendings:
        told = {(it["digest"], it["received_at"], it["conflict"]) for it in each.receipts}
        assert told == {kept[each.id]}
    opened = context.db.value("SELECT COUNT(*) FROM openings WHERE outcome = 'opened'")
    assert opened == context.db.value("SELECT COUNT(*) FROM responses") == RECORDS


def test_control_without_an_id_of_its_own_the_same_line_leaves_answers_twice(
    cast: Cast, context: Context, app: Flask, sendings: list[Sending]
):
    payload = cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))

    def anew(sending: Sending) -> tuple[str, bytes]:
        return cast.seal(payload)

    _deliver(app, Crowd(f"__Host-device={cast.ada.token}", 8000, sendings[:20], anew))
    assert context.db.value("SELECT COUNT(*) FROM envelopes") > 20
