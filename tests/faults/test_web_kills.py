"""F1: no acknowledged envelope is lost, none is doubled, none is opened without its trail."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from server.actions.context import Context
from server.actions.open_envelope import open_waiting
from server.actions.receive_envelope import Receipt, receive
from server.actions.verify_store import verify_store
from server.domain.people import Device
from server.store import settings
from server.store.database import Database
from server.web.api import envelopes as view
from tests.cast import Cast
from tests.faults.arena import Delivery, Report, campaign, kill, listen, send_raw, serve

KILLS = int(os.environ.get("ATTUNE_KILLS", "500"))
FORMS = 3000

pytestmark = pytest.mark.faults


@pytest.fixture
def make(cast: Cast) -> Callable[[int, int], Delivery]:
    """Seal the next envelope of a phone: short forms, and long ones about a guide."""
    short = cast.copies(cast.assessment(cast.ada, "wellbeing-baseline"), FORMS)
    long = cast.copies(cast.assessment(cast.ada, "alliance-prep", cast.rated), FORMS)
    payloads = {"who-5": cast.payload(short[0]), "wai-sr": cast.payload(long[0])}

    def sealed(phone: int, number: int) -> Delivery:
        forms, instrument = ((short, "who-5"), (long, "wai-sr"))[phone % 2]
        # When all are answered, a second answer comes: it is kept apart, and counts all the same.
        payload = {**payloads[instrument], "assessment": forms[number % len(forms)]}
        name, body = cast.seal(payload)
        return Delivery(name, hashlib.sha256(body).hexdigest(), body)

    return sealed


@pytest.fixture
def cookie(cast: Cast) -> str:
    return f"__Host-device={cast.ada.token}"


def _lost(db: Database, report: Report) -> list[str]:
    """Return what was acknowledged and is not there, once, with the very bytes."""
    there: dict[str, list[str]] = {}
    for row in db.all("SELECT id, digest FROM envelopes"):
        there.setdefault(row["id"], []).append(row["digest"])
    return [name for name, digest in report.acked.items() if there.get(name) != [digest]]


def test_f1_no_acknowledged_answer_is_lost_doubled_or_opened_without_trail(
    cast: Cast,
    context: Context,
    app: Flask,
    make: Callable[[int, int], Delivery],
    cookie: str,
    tmp_path: Path,
):
    report = campaign(app, cookie, make, tmp_path, KILLS)
    db = context.db
    assert _lost(db, report) == []
    # A busy machine acknowledges less between two kills; but there must be much to lose.
    assert len(report.acked) > KILLS // 4
    # As a killed server left it: whatever is opened is opened wholly.
    torn = db.value(
        "SELECT COUNT(*) FROM responses r LEFT JOIN openings o ON o.envelope_seq = r.envelope_seq"
        " WHERE o.outcome IS NOT 'opened'"
    )
    assert torn == 0
    waiting = open_waiting(context)
    outcomes = {
        row["why"]: row["n"]
        for row in db.all("SELECT outcome || reason AS why, COUNT(*) AS n FROM openings GROUP BY 1")
    }
    assert set(outcomes) <= {"opened", "quarantinedsecond-response"}
    assert outcomes["opened"] == db.value("SELECT COUNT(*) FROM responses")
    assert sum(outcomes.values()) == db.value("SELECT COUNT(*) FROM envelopes")
    untold = db.value(
        "SELECT COUNT(*) FROM openings o WHERE NOT EXISTS (SELECT 1 FROM audit a"
        " WHERE a.table_name = 'openings' AND a.row_id = CAST(o.envelope_seq AS TEXT))"
    )
    assert untold == 0
    verify_store(context)
    print(f"\n{report}, {waiting} left to the worker, outcomes {outcomes}: 0 lost, 0 doubled")


def test_control_a_receipt_before_the_commit_is_caught_by_the_same_harness(
    cast: Cast,
    context: Context,
    app: Flask,
    make: Callable[[int, int], Delivery],
    cookie: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    def hasty(here: Context, device: Device | None, name: str, body: bytes, via: str) -> Receipt:
        def later() -> None:
            time.sleep(0.002)
            receive(here, device, name, body, "phone")

        threading.Thread(target=later).start()
        digest, now = hashlib.sha256(body).hexdigest(), "2027-03-01T09:00:00.000Z"
        return Receipt(name, digest, now, settings.epoch(here.db), backed_up=False, conflict=False)

    monkeypatch.setattr(view, "receive", hasty)
    report = campaign(app, cookie, make, tmp_path, min(KILLS, 60))
    lost = _lost(context.db, report)
    assert lost, "the harness must be able to see an answer lost"
    print(f"\n{report}: {len(lost)} lost, as planted")


def test_f12_a_line_that_breaks_anywhere_leaves_one_record(
    cast: Cast, context: Context, app: Flask, make: Callable[[int, int], Delivery], cookie: str
):
    delivery = make(0, 0)
    head = (
        f"PUT /api/envelopes/{delivery.id} HTTP/1.1\r\nHost: localhost:8000\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(delivery.body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()
    with listen() as listening:
        port = listening.getsockname()[1]
        child = serve(app, listening)
        try:
            for cut in (0, 10, len(head) - 3, len(head)):
                send_raw(port, [head[:cut]])
            for cut in (1, len(delivery.body) // 2, len(delivery.body) - 1):
                send_raw(port, [head, delivery.body[:cut]])
            assert send_raw(port, [b""], read=False) == b""
            # Whole, but the line breaks before the receipt comes back.
            send_raw(port, [head, delivery.body])
            first = send_raw(port, [head, delivery.body], read=True)
            again = send_raw(port, [head, delivery.body], read=True)
        finally:
            kill(child)
    assert b" 200 OK" in first.splitlines()[0]
    assert first.rpartition(b"\r\n\r\n")[2] == again.rpartition(b"\r\n\r\n")[2]
    assert context.db.value("SELECT COUNT(*) FROM envelopes") == 1
    assert context.db.value("SELECT COUNT(*) FROM responses") == 1
