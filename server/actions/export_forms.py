"""Export every form of the plan with what became of it; that it was done is in the trail."""

from __future__ import annotations

from collections.abc import Iterator

from server.actions.context import Context
from server.clock import to_text
from server.domain.assessment import rule, state
from server.domain.people import Actor, Staff
from server.outputs import csv
from server.store import assessments
from server.store.database import Row


def export_forms(context: Context, actor: Actor, viewer: Staff) -> Iterator[str]:
    """Return the CSV's lines, one per form that this viewer may see, each with its state as of now."""
    rows = [_line(row, context) for row in assessments.every(context.db, viewer)]
    with context.write(actor, "Exported forms and what became of them") as tx:
        tx.note("studies", viewer.study_id, "exported", {"forms": len(rows)})
    return csv.lines(rows, csv.FORM_COLUMNS)


def _line(row: Row, context: Context) -> Row:
    now = context.clock.now()
    shown = state(row, now)
    return {
        **row,
        "participant": row["code"],
        "assessment": row["id"],
        "state": shown,
        "in_words": rule(shown).word,
        "reason": row["became_reason"] if shown == "excused" else "",
        "on_day": row["became_on"] if row["became"] == "on paper" else "",
        "response": row["response_id"],
        "late": row["answered_late"],
        "told_at": to_text(now),
    }
