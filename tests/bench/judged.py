"""Lighthouse's verdict on a page that a browser of ours has open to it: mobile, slow 4G, a slow processor."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from dataclasses import dataclass

from tests.bench import rival
from tests.browser.chromium import CHROMIUM

CATEGORIES = "performance,accessibility,best-practices"


@dataclass(frozen=True)
class Verdict:
    """Scores from 0 to 100; times in milliseconds; bytes over the wire."""

    performance: float
    accessibility: float
    best_practices: float
    lcp: float
    tbt: float
    bytes: float
    failed: tuple[str, ...]


def judge(address: str, port: int) -> Verdict:
    """Ask for one verdict, by the browser that listens on this port. Its cookies and stores are kept."""
    command = [
        "node", str(rival.install() / "lighthouse" / "cli" / "index.js"), address,
        f"--port={port}", "--disable-storage-reset", "--quiet", "--output=json",
        f"--only-categories={CATEGORIES}", "--throttling-method=simulate", "--form-factor=mobile",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": CHROMIUM, "LIGHTHOUSE_NO_ERROR_REPORTING": "1"}
    done = subprocess.run(
        command, capture_output=True, check=False, cwd=rival.PACKAGES.parent, env=environment
    )
    assert done.returncode == 0, f"Lighthouse on {address}: {done.stderr.decode()}"
    found = json.loads(done.stdout)
    scores = {name: 100 * part["score"] for name, part in found["categories"].items()}
    value = {name: audit.get("numericValue", 0.0) for name, audit in found["audits"].items()}
    return Verdict(
        performance=scores["performance"],
        accessibility=scores["accessibility"],
        best_practices=scores["best-practices"],
        lcp=value["largest-contentful-paint"],
        tbt=value["total-blocking-time"],
        bytes=value["total-byte-weight"],
        failed=_failed(found),
    )


def _failed(found: dict[str, dict[str, dict[str, object]]]) -> tuple[str, ...]:
    """Name what kept accessibility and best practices from being whole."""
    wanted = {
        ref["id"]
        for name in ("accessibility", "best-practices")
        for ref in found["categories"][name]["auditRefs"]  # type: ignore[attr-defined]
        if ref["weight"]
    }
    scored = {name: audit.get("score") for name, audit in found["audits"].items()}
    return tuple(sorted(name for name in wanted if scored[name] not in {None, 1}))


def middle(verdicts: list[Verdict], name: str) -> float:
    """Return the median of one figure."""
    return float(statistics.median(getattr(each, name) for each in verdicts))
