"""Export every answer and score that a viewer may see; that it was done is in the trail (R10)."""

from __future__ import annotations

from collections.abc import Iterator

from server.actions.context import Context
from server.domain.people import Actor, Staff
from server.outputs import csv
from server.store import responses


def export_answers(context: Context, actor: Actor, viewer: Staff) -> Iterator[str]:
    """Return the CSV's lines. The trail notes how many rows left, and for whom."""
    rows = responses.export(context.db, viewer)
    with context.write(actor, "Exported answers and scores") as tx:
        tx.note("studies", viewer.study_id, "exported", {"rows": len(rows)})
    return csv.lines(rows)
