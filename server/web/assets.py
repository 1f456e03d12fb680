"""Static files: published once per version of the tree, precompressed, never changed, never removed.

Every address holds the version of the whole tree, so a page and its parts always fit together. Older
versions stay, because a form that somebody began keeps the address of the scripts it began with.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import brotli
import rcssmin
import rjsmin
from flask import Flask
from whitenoise import WhiteNoise

from server.config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TEXT = frozenset({".css", ".js", ".svg", ".html", ".json", ".txt", ".webmanifest"})
TEN_YEARS = 315_360_000
# What a file gets that is checked again later; ours never is, and each costs a phone bytes.
_NEEDLESS = frozenset({"Last-Modified", "ETag"})
_SMALLER = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}
_IMPORT = re.compile(r'^@import "([\w-]+\.css)";\n', re.MULTILINE)


class _Shelf(WhiteNoise):
    """Static files without the headers by which others are asked for again."""

    @staticmethod
    def serve(
        static_file: Any, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [(name, value) for name, value in headers if name not in _NEEDLESS]
            return start_response(status, kept, *rest)

        return cast("Iterable[bytes]", WhiteNoise.serve(static_file, environ, begin))


def install(app: Flask, config: Config) -> None:
    """Publish the tree as it is now, serve it and all earlier ones, and tell templates where it is."""
    root = _shelf(config)
    _publish(config.static, root / version(config))
    app.wsgi_app = _Shelf(  # type: ignore[method-assign]  # Flask's documented place for it
        app.wsgi_app,
        root=str(root),
        prefix="static/",
        max_age=TEN_YEARS,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_headers,
    )
    app.jinja_env.globals["static"] = lambda path: url(version(config), path)


def version(config: Config) -> str:
    """Return the name of the tree as it is on disk: the same files give the same name."""
    return _version(config.static)


def url(tree: str, path: str) -> str:
    """Return the address of one file of a version of the tree."""
    return f"/static/{tree}/{path}"


def files(config: Config, *folders: str) -> list[str]:
    """Return the addresses of all files below these folders: what a phone keeps for offline."""
    tree = version(config)
    return [
        url(tree, path.relative_to(config.static).as_posix())
        for path in _sources(config.static)
        if path.relative_to(config.static).parts[0] in folders
    ]


@lru_cache
def _version(source: Path) -> str:
    digest = hashlib.sha256()
    for path in _sources(source):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(source).as_posix()}\x00{len(data)}\x00".encode() + data)
    return digest.hexdigest()[:16]


def _sources(source: Path) -> list[Path]:
    return sorted(path for path in source.rglob("*") if path.is_file())


def _shelf(config: Config) -> Path:
    return config.data / "cache" / "static"


def _publish(source: Path, target: Path) -> None:
    """Lay a copy with compressed siblings at `target`, whole or not at all."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent.parent, prefix="static-"))
    for path in _sources(source):
        _write(draft / path.relative_to(source), _served(path))
    try:
        os.rename(draft, target)  # noqa: PTH104 - Path.rename would replace; another worker may win
    except OSError:
        shutil.rmtree(draft)
        if not target.exists():
            raise


def _served(path: Path) -> bytes:
    """Return a file as it is served: without comments and layout, which its readers here need.

    A style sheet's imports are put in place: a request less each.
    """
    if path.suffix not in _SMALLER or "vendor" in path.parts:
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    text = _IMPORT.sub(lambda match: (path.parent / match[1]).read_text(encoding="utf-8"), text)
    return str(_SMALLER[path.suffix](text)).encode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if path.suffix in TEXT:
        path.with_name(path.name + ".br").write_bytes(brotli.compress(data, quality=11))
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))


def _headers(headers: dict[str, str], _path: str, _url: str) -> None:
    # Each word here is sent with each file of a phone's first questionnaire. A script of ours is always
    # UTF-8, and a style sheet is read as its page is: neither needs to say so.
    headers["Content-Type"] = headers["Content-Type"].partition(";")[0]
    headers["Cache-Control"] = f"max-age={TEN_YEARS}, immutable"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
