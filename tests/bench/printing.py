"""One summary against an empty document, and against the same scores as a plain WeasyPrint table."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from server.outputs import pdf
from tests.bench.figures import Figure, paired, spread
from tests.outputs import sample

ROUNDS = 7
EMPTY = "<!doctype html><html lang=en><title>Empty</title><p></html>"
ROWS = 104


def measure() -> list[Figure]:
    """Print each through the warm press, which forks a child a document."""
    html, css = sample.four_pages()
    table = _plain_table()

    def timed(document: str, style: str) -> Callable[[], float]:
        def run() -> float:
            began = time.perf_counter()
            pdf.to_pdf(document, style)
            return time.perf_counter() - began

        return run

    summary, empty, plain = timed(html, css), timed(EMPTY, ""), timed(table, "")
    summary()
    ratio, ratios = paired(summary, empty, ROUNDS)
    against, tables = paired(summary, plain, ROUNDS)
    once = sorted(summary() for _ in range(3))[1]
    return [
        Figure("One four-page summary ÷ an empty WeasyPrint document, both warm", ratio, "×",
               f"{spread(ratios)}; {once:.2f} s"),
        Figure(f"One four-page summary ÷ a plain document with a {ROWS}-row table, both warm",
               against, "×", spread(tables), "≤ 0.40"),
        Figure("Largest memory of the press or a child of it", _peak(html, css), "MB",
               "shared pages counted in each", "≤ 120"),
    ]  # fmt: skip


def _peak(html: str, css: str) -> float:
    """Return the megabytes of the largest process that one summary takes, in a run with no other children."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(_print_once, html, css).result()


def _print_once(html: str, css: str) -> float:
    press = pdf.Press()
    press.print(html, css)
    press.close()
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _plain_table() -> str:
    """Return what one writes without a second thought: a bordered table of 104 rows, six columns."""
    row = "<tr>" + "".join(f"<td>cell {number}</td>" for number in range(6)) + "</tr>"
    return (
        "<!doctype html><html lang=en><title>Table</title>"
        f"<style>td {{ border: 1px solid }}</style><table>{row * ROWS}</table></html>"
    )
