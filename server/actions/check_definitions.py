"""Reads all definitions and tells everything that is wrong with them at once; changes nothing."""

from __future__ import annotations

from pathlib import Path

from server.catalog import site
from server.catalog.load import Check, check


def check_definitions(forms: Path, schedules: Path, wordings: Path | None = None) -> Check:
    """Return what there is, every problem and every warning, each `file:line path: what, what to do`.

    `wordings` is the folder of the site's own; without it only what is shipped is looked at.
    """
    return site.check(forms, schedules, wordings) if wordings else check(forms, schedules)
