"""Reads forms/ and schedules/ and tells everything that is wrong with them at once; changes nothing."""

from __future__ import annotations

from pathlib import Path

from server.catalog.load import Check, check


def check_definitions(forms: Path, schedules: Path) -> Check:
    """Return what there is and every problem, each `file:line path: what is wrong, what to do`."""
    return check(forms, schedules)
