"""Answers that say nothing in particular, for forms that somebody must answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.instrument import Instrument


def answers(instrument: Instrument, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an answer to every question: what is given, nothing alarming, else somewhere in the middle."""
    return {
        item.id: {
            "state": "answered",
            "value": (given or {}).get(item.id, _middle(instrument, item.id)),
        }
        for item in instrument.questions
    }


def _middle(instrument: Instrument, item_id: str) -> Any:
    item = instrument.item(item_id)
    codes = sorted(code for code in instrument.codes(item) if code >= 0)
    if any(rule.item == item_id for rule in instrument.safety):
        return codes[0]
    if codes:
        return codes[len(codes) // 2]
    if item.minimum is not None:
        return item.minimum
    return {"text": "the night at the lake", "date": "2027-03-01"}.get(item.kind, 0)
