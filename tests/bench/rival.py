"""The same 22 items as SurveyJS renders them: a page of its own, served as carefully as ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli

from server.catalog.load import load
from server.config import ROOT

NODE = Path(__file__).parent / "node"
PACKAGES = ROOT / ".cache" / "bench" / "node_modules"
PORT = 8472
ADDRESS = f"http://localhost:{PORT}/"
# Their lightest way: the renderer that needs no framework, styles without the fonts in them.
FILES = {
    "core.css": "survey-core/survey-core.fontless.min.css",
    "core.js": "survey-core/survey.core.min.js",
    "ui.js": "survey-js-ui/survey-js-ui.min.js",
}
_TYPES = {"css": "text/css", "js": "text/javascript", "": "text/html; charset=utf-8"}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="core.css"></head>
<body><div id="form"></div><script src="core.js"></script><script src="ui.js"></script>
<script>new Survey.Model({model}).render(document.getElementById("form"))</script></body></html>"""


def install() -> Path:
    """Install what we measure with, by its own lock, unless it is there; return the folder."""
    folder = PACKAGES.parent
    lock = NODE / "package-lock.json"
    mark = folder / "installed.json"
    if mark.exists() and mark.read_bytes() == lock.read_bytes():
        return PACKAGES
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NODE / name, folder / name)
    command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True)
    shutil.copy(lock, mark)
    return PACKAGES


@contextmanager
def serving() -> Iterator[str]:
    """Serve the page and what it needs, compressed ahead and kept for ever, as ours are."""
    pages = _pages(install())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = pages.get(self.path.lstrip("/"))
            self.send_response(200 if found else 404)
            body = found or b""
            if found:
                self.send_header("Content-Encoding", "br")
                kind = self.path.rpartition(".")[2] if "." in self.path else ""
                self.send_header("Content-Type", _TYPES[kind])
                self.send_header("Cache-Control", "private, max-age=31536000, immutable")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield ADDRESS
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pages(packages: Path) -> dict[str, bytes]:
    files = {name: (packages / path).read_bytes() for name, path in FILES.items()}
    files[""] = _page().encode()
    return {name: brotli.compress(data, quality=11) for name, data in files.items()}


def _page() -> str:
    """Write our IES-R as their model: the same words, one question at a time."""
    catalog = load(ROOT / "forms", ROOT / "schedules")
    instrument = catalog.instrument("ies-r")
    wording = catalog.wording("ies-r", "en")
    questions = [
        {
            "type": "radiogroup",
            "name": item.id,
            "title": wording.items[item.id].text,
            "choices": [
                {"value": code, "text": label}
                for code, label in wording.options[str(item.label_set)].items()
            ],
        }
        for item in instrument.questions
    ]
    model = {"title": wording.title, "questionsOnPageMode": "inputPerPage", "elements": questions}
    return _PAGE.format(title=wording.title, model=json.dumps(model))
