"""The demo's mailbox: every message that would have gone out, readable in the browser."""

from __future__ import annotations
