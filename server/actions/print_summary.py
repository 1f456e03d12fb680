"""Prints a participant's summary for a named reader, and notes in the audit trail that it was printed."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Staff


def print_summary(
    context: Context,
    viewer: Staff,
    participant_id: str,
    research_copy: bool = False,  # noqa: FBT001, FBT002 - the contract's signature
    reader: Staff | None = None,
) -> bytes:
    """Return the summary as a PDF."""
    raise NotImplementedError
