"""Requests over loopback: a durable PUT against a JSON-only one, a form's page against nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.config import ROOT
from tests.bench import load
from tests.bench import world as worlds
from tests.bench.figures import Figure, spread
from tests.bench.load import always, request, shared
from tests.bench.world import World

PORT = 8471
SECONDS = 3.0
ROUNDS = 3
STOCK = 4000

SERVERS = {
    "gunicorn, 2 × 4 threads": [
        "gunicorn", "-c", "python:server.web_server", "tests.bench.site:app",
    ],
    "granian, 1 × 8 threads": [
        "granian", "--interface", "wsgi", "tests.bench.site:app", "--host", "127.0.0.1",
        "--port", str(PORT), "--workers", "1", "--blocking-threads", "8", "--log-level", "error",
    ],
    "waitress, 8 threads": [
        "waitress", "--listen", f"127.0.0.1:{PORT}", "--threads", "8", "tests.bench.site:app",
    ],
}  # fmt: skip


def measure() -> list[Figure]:
    """Serve the same world with each server and ask it the same questions."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.make(Path(folder) / "data", PORT)
        for name, command in SERVERS.items():
            with serving(command, world):
                figures += _asked(name, world, chosen=name.startswith("gunicorn"))
    return figures


def _asked(name: str, world: World, *, chosen: bool) -> list[Figure]:
    cookie = f"__Host-device={world.token}"
    body = worlds.sealed(world, worlds.fresh_assessments(world, 1)[0])[1]
    json_only = always(request("PUT", "/bench/json", PORT, body, cookie))
    durable = shared(_deliveries(world, cookie))
    form = always(request("GET", form_path(world), PORT, cookie=cookie))
    nothing = always(request("GET", "/bench/nothing", PORT, cookie=cookie))
    posts, gets, slowest, rates = [], [], [], []
    for _ in range(ROUNDS):
        plain = load.run(PORT, json_only, SECONDS)
        stored = load.run(PORT, durable, SECONDS)
        page = load.run(PORT, form, SECONDS)
        bare = load.run(PORT, nothing, SECONDS)
        failures = sum(each.failures for each in (plain, stored, page, bare))
        assert failures == 0, f"{name}: {failures} requests failed"
        posts.append(stored.rate / plain.rate)
        gets.append(page.rate / bare.rate)
        slowest.append(stored.percentile(0.99) / stored.percentile(0.5))
        rates.append((stored.rate, page.rate, bare.rate))
    middle = [sorted(each)[len(each) // 2] for each in (posts, gets, slowest)]
    stored_rate, page_rate, bare_rate = sorted(rates)[len(rates) // 2]
    absolute = f"{stored_rate:.0f} stored, {page_rate:.0f} forms, {bare_rate:.0f} nothings a second"
    goal = (lambda text: text) if chosen else (lambda _text: "")
    return [
        Figure(f"{name}: PUT of an envelope, stored and opened ÷ PUT of the same JSON, dropped",
               middle[0], "×", f"{spread(posts)}; {absolute}", goal("≥ 0.50")),
        Figure(f"{name}: that PUT, p99 ÷ p50, eight connections", middle[2], "×",
               spread(slowest), goal("≤ 5")),
        Figure(f"{name}: GET of the 22-item form ÷ GET of nothing", middle[1], "×",
               spread(gets), goal("≥ 0.75")),
    ]  # fmt: skip


def _deliveries(world: World, cookie: str) -> Iterator[bytes]:
    """Seal envelopes ahead, so that the load asks and does not encrypt."""
    made = [worlds.sealed(world, each) for each in worlds.fresh_assessments(world, STOCK)]
    questions = [
        request("PUT", f"/api/envelopes/{envelope_id}", PORT, body, cookie)
        for envelope_id, body in made
    ]
    return iter(questions)


def form_path(world: World) -> str:
    """Return the address of the IES-R's page as the server published it when it started."""
    digest = world.context.db.value(
        "SELECT hash FROM forms WHERE instrument = 'ies-r' ORDER BY rowid DESC LIMIT 1"
    )
    return f"/f/{digest}.html"


@contextmanager
def serving(command: list[str], world: World) -> Iterator[None]:
    config = world.context.config
    environment = {**os.environ, "ATTUNE_DATA": str(config.data), "ATTUNE_URL": config.url,
                   "ATTUNE_PORT": str(PORT),
                   "PYTHONPATH": str(ROOT)}  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)
    try:
        _wait(process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes]) -> None:
    question = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/healthz", headers={"Host": f"localhost:{PORT}"}
    )
    for _ in range(200):
        try:
            with urllib.request.urlopen(question, timeout=1):
                return
        except OSError:
            assert process.poll() is None, "the server ended before it answered"
            time.sleep(0.1)
    raise TimeoutError("the server did not answer")
