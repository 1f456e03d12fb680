"""The real application, where opening what arrived is left to the worker, as after a crash."""

from __future__ import annotations

from server.actions import receive_envelope
from server.actions.context import Context
from server.app import create_app


def _leave(context: Context, seq: int) -> None:
    pass


receive_envelope._open = _leave
app = create_app()
