"""The demo's clock: move it on, and watch reminders come."""

from __future__ import annotations
