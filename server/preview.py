"""`./attune instrument preview`: one form on this machine only, fillable, scored live, storing nothing."""

from __future__ import annotations

import json
import mimetypes
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.domain.instrument import Instrument, Wording
from server.errors import BadInputError, ConfigError
from server.inputs import strict_json
from server.outputs import preview

_LARGEST = 4 * 1024 * 1024
_DIGITS = 12
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class PreviewServer(ThreadingHTTPServer):
    """Serves one form to this machine; `address` is where."""

    daemon_threads = True

    def __init__(
        self, instrument: Instrument, wording: Wording, static: Path, port: int = 0
    ) -> None:
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            told = f"port {port} cannot be used ({error.strerror}); choose another, or leave --port out"
            raise ConfigError(told) from error
        self.instrument = instrument
        self.wording = wording
        self.static = static.resolve()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away meanwhile; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.server_port}/"

    def answer(self, target: str) -> tuple[HTTPStatus, str, bytes]:
        """Return status, type and body for what a browser asks."""
        asked = urlsplit(target)
        if asked.path == "/":
            body = preview.page(self.instrument, self.wording, lambda path: f"/static/{path}")
            return HTTPStatus.OK, "text/html; charset=utf-8", body
        if asked.path.startswith("/static/"):
            return self._file(asked.path.removeprefix("/static/"))
        return _plain(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def score(self, answers: bytes) -> tuple[HTTPStatus, str, bytes]:
        """Return status, type and body for answers so far, a JSON object."""
        try:
            raw = strict_json.read(answers, largest=_LARGEST)
        except BadInputError as error:
            return _plain(HTTPStatus.BAD_REQUEST, str(error))
        if not isinstance(raw, dict):
            return _plain(HTTPStatus.BAD_REQUEST, "answers must be an object")
        told: dict[str, Any] = preview.scored(self.instrument, raw)
        return HTTPStatus.OK, "application/json", json.dumps(told).encode()

    def _file(self, name: str) -> tuple[HTTPStatus, str, bytes]:
        path = (self.static / name).resolve()
        if not path.is_relative_to(self.static) or not path.is_file():
            return _plain(HTTPStatus.NOT_FOUND, "There is no such file.")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return HTTPStatus.OK, "text/javascript" if path.suffix == ".js" else kind, path.read_bytes()


def _plain(status: HTTPStatus, text: str) -> tuple[HTTPStatus, str, bytes]:
    return status, "text/plain; charset=utf-8", text.encode()


_ELSEWHERE = _plain(HTTPStatus.FORBIDDEN, "Open the address that was printed.")


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer

    def do_GET(self) -> None:
        self._send(*(self.server.answer(self.path) if self._ours() else _ELSEWHERE))

    def do_POST(self) -> None:
        said = self.headers.get("Content-Length", "")
        length = int(said) if said.isdecimal() and len(said) < _DIGITS else 0
        body = self.rfile.read(min(length, _LARGEST + 1))
        if self.path != "/score":
            self._send(*_plain(HTTPStatus.NOT_FOUND, "There is nothing here."))
        else:
            self._send(*(self.server.score(body) if self._ours() else _ELSEWHERE))

    def _ours(self) -> bool:
        """Another site's page may point a name of its own at this machine; only ours is answered."""
        return self.headers.get("Host", "").rpartition(":")[0] in {"127.0.0.1", "localhost"}

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: what is asked holds answers."""
