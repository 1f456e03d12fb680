"""gunicorn's settings (`gunicorn -c python:server.web_server wsgi:app`): chosen by measuring, ADR 0008."""

from __future__ import annotations

from typing import Any

from server.config import load
from server.outputs import pdf

_config = load()

bind = f"{_config.bind}:{_config.port}"
worker_class = "gthread"
workers = 2
threads = 4
# Built once, then forked: both workers together start as fast as one.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 30
limit_request_line = 2000
limit_request_fields = 60
loglevel = "warning"
# Its own control socket would lie in the home directory of whoever starts this.
control_socket_disable = True


def post_worker_init(_worker: Any) -> None:
    """Start this worker's press now, so that nobody's first page waits for it."""
    pdf.warm()
