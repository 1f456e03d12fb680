"""How a fact of a participant is read where it stands among others: as it was last recorded."""

from __future__ import annotations


def latest_fact(kind: str) -> str:
    """Return the SQL of a fact as it was last recorded: by order, for a clock may step back."""
    return (
        "(SELECT f.value FROM participant_facts f WHERE f.participant_id = p.id"
        f" AND f.kind = '{kind}' ORDER BY f.seq DESC LIMIT 1)"
    )
