"""`./attune bench [storing] [planning] [serving] [phone] [printing]`: measure, print, and write docs/performance.md."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable

from server.config import ROOT
from tests.bench import phone, planning, printing, serving, storing
from tests.bench.figures import Figure

BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "storing": storing.measure,
    "planning": planning.measure,
    "serving": serving.measure,
    "phone": phone.measure,
    "printing": printing.measure,
}
TABLE = ROOT / "docs" / "performance.md"
HEAD = """# What it costs

Written by `./attune bench`; each figure is a ratio of two things measured in turn within one run, so
that a slow or busy machine slows both. Figures a second are there to give an idea of scale, no more.

{machine}

| what | measured | goal | in detail |
|---|---:|---|---|
"""


def main(names: list[str]) -> int:
    """Run the named benches (all when none is named); write the table when all ran."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.stderr.write(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}\n")
        return 2
    figures = []
    for name in names or BENCHES:
        for figure in BENCHES[name]():
            print(_line(figure), flush=True)
            figures.append(figure)
    if not names:
        TABLE.write_text(HEAD.format(machine=_machine()) + "".join(map(_line, figures)) + NOTES)
        print(f"written: {TABLE.relative_to(ROOT)}")
    return 0


def _line(figure: Figure) -> str:
    value = f"{figure.value:.2f}".rstrip("0").rstrip(".")
    return f"| {figure.name} | {value} {figure.unit} | {figure.goal} | {figure.detail} |\n"


def _machine() -> str:
    return (
        f"Measured with {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, load and server on the same machine."
    )


NOTES = """
## Choosing the web server

gunicorn with threads is the one we run: [why](adr/0008-web-server.md).
"""

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
