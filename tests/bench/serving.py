"""Requests over loopback: a durable PUT against a JSON-only one, a form's page against nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from server.config import ROOT
from tests.bench import load
from tests.bench import world as worlds
from tests.bench.figures import Figure, spread
from tests.bench.load import Load, always, request, shared
from tests.bench.world import World

PORT = 8471
SECONDS = 3.0
ROUNDS = 3
STOCK = 3000

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
    """Ask all kinds of question in turn, a few rounds, and compare them within each round."""
    cookie = f"__Host-device={world.token}"
    body = worlds.sealed(world, worlds.fresh_assessments(world, 1)[0])[1]
    kinds = {
        "dropped": always(request("PUT", "/bench/json", PORT, body, cookie)),
        "opened": shared(_deliveries(world, cookie, "/api/envelopes", STOCK)),
        "kept": shared(_deliveries(world, cookie, "/bench/kept", 4 * STOCK)),
        "form": always(request("GET", form_path(world), PORT, cookie=cookie)),
        "nothing": always(request("GET", "/bench/nothing", PORT, cookie=cookie)),
    }
    rounds = []
    for _ in range(ROUNDS):
        asked = {kind: load.run(PORT, maker, SECONDS) for kind, maker in kinds.items()}
        failures = sum(each.failures for each in asked.values())
        assert all(each.times for each in asked.values()), f"{name}: the stock of envelopes ran out"
        assert failures == 0, f"{name}: {failures} requests failed"
        rounds.append(asked)
    return _figures(name, rounds, chosen=chosen)


def _figures(name: str, rounds: list[dict[str, Load]], *, chosen: bool) -> list[Figure]:
    def figure(what: str, goal: str, ratio: Callable[[dict[str, Load]], float]) -> Figure:
        ratios = sorted(ratio(each) for each in rounds)
        goal = goal if chosen else ""
        return Figure(f"{name}: {what}", ratios[len(ratios) // 2], "×", spread(ratios), goal)

    def rate(kind: str, other: str) -> Callable[[dict[str, Load]], float]:
        return lambda each: each[kind].rate / each[other].rate

    last = rounds[-1]
    scale = ", ".join(f"{kind} {each.rate:.0f}/s" for kind, each in last.items())
    kept = figure("PUT of an envelope, durably kept ÷ PUT of the same JSON, dropped", "≥ 0.50",
                  rate("kept", "dropped"))  # fmt: skip
    return [
        replace(kept, detail=f"{kept.detail}; {scale}"),
        figure("the same, and opened, scored and audited in the same request", "",
               rate("opened", "dropped")),
        figure("that whole PUT, p99 ÷ p50, eight connections", "≤ 5",
               lambda each: each["opened"].percentile(0.99) / each["opened"].percentile(0.5)),
        figure("GET of the 22-item form ÷ GET of nothing", "≥ 0.75", rate("form", "nothing")),
    ]  # fmt: skip


def _deliveries(world: World, cookie: str, path: str, stock: int) -> Iterator[bytes]:
    """Seal envelopes ahead, so that the load asks and does not encrypt."""
    made = [worlds.sealed(world, each) for each in worlds.fresh_assessments(world, stock)]
    questions = [
        request("PUT", f"{path}/{envelope_id}", PORT, body, cookie) for envelope_id, body in made
    ]
    return iter(questions)


def form_path(world: World) -> str:
    """Return the address of the IES-R's page as the server published it when it started."""
    digest = world.context.db.value(
        "SELECT hash FROM forms WHERE instrument = 'ies-r' ORDER BY rowid DESC LIMIT 1"
    )
    return f"/f/{digest}.html"


@contextmanager
def serving(command: list[str], world: World) -> Iterator[subprocess.Popen[bytes]]:
    config = world.context.config
    environment = {**os.environ, "ATTUNE_DATA": str(config.data), "ATTUNE_URL": config.url,
                   "ATTUNE_PORT": str(PORT),
                   "PYTHONPATH": str(ROOT)}  # fmt: skip
    with socket.socket() as look:
        assert look.connect_ex(("127.0.0.1", PORT)), f"another server answers at port {PORT}"
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)
    try:
        _wait(process)
        yield process
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
