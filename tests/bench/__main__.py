"""`./attune bench [storing] [planning] [serving] [phone] [chaos] [kills] [printing]`: measure, print, write docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable

from server.config import ROOT
from tests.bench import chaos, kills, phone, planning, printing, serving, storing
from tests.bench.figures import Figure

BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "storing": storing.measure,
    "planning": planning.measure,
    "serving": serving.measure,
    "phone": phone.measure,
    "chaos": chaos.measure,
    "kills": kills.measure,
    "printing": printing.measure,
}
PAGE = ROOT / "docs" / "performance.md"
HEAD = """# What it costs

Written by `./attune bench`, a part at a time (`./attune bench phone` writes only that one); each figure
is a ratio of two things measured in turn within one run, so that a slow or busy machine slows both.
Figures a second are there to give an idea of scale, no more.
"""
TITLES = {
    "storing": "Storing", "planning": "Planning", "serving": "Serving", "phone": "The phone",
    "chaos": "A bad line", "kills": "Killed browsers", "printing": "Printing",
}  # fmt: skip
NOTES = """
## Choosing the web server

gunicorn with threads is the one we run: [why](adr/0008-web-server.md).
"""
_COLUMNS = "| what | measured | goal | in detail |\n|---|---:|---|---|\n"
_PART = re.compile(r"\n## (?P<title>[^\n]+)\n(?P<text>.*?)(?=\n## |\Z)", re.DOTALL)


def main(names: list[str]) -> int:
    """Run the named benches (all when none is named); each writes its own part of the page."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.stderr.write(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}\n")
        return 2
    for name in names or BENCHES:
        lines = []
        for figure in BENCHES[name]():
            lines.append(_line(figure))
            sys.stdout.write(lines[-1])
            sys.stdout.flush()
        _write(name, lines)
    sys.stdout.write(f"written: {PAGE.relative_to(ROOT)}\n")
    return 0


def _write(name: str, lines: list[str]) -> None:
    """Put one part into the page and leave the others as they stand."""
    stands = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    parts = {each["title"]: each["text"] for each in _PART.finditer(stands)}
    parts[TITLES[name]] = f"\n{_machine()}\n\n{_COLUMNS}{''.join(lines)}"
    told = [f"\n## {title}\n{parts[title]}" for title in TITLES.values() if title in parts]
    PAGE.write_text(HEAD + "".join(told) + NOTES, encoding="utf-8")


def _line(figure: Figure) -> str:
    return f"| {figure.name} | {figure.shown} {figure.unit} | {figure.goal} | {figure.detail} |\n"


def _machine() -> str:
    return (
        f"Measured with {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, load and server on the same machine."
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
