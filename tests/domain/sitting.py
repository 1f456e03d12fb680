"""Shared by the tests of scoring: the shipped catalogue, third parties' scores, answers from plain lists."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from server.catalog.build import build
from server.catalog.catalog import Catalog
from server.catalog.load import load
from server.catalog.reading_checks import problems as reading_problems
from server.catalog.score_checks import problems as score_problems
from server.catalog.tree import read
from server.config import ROOT
from server.domain.answers import Answer, Answers
from server.domain.instrument import Instrument, Item
from server.domain.scoring import ScoreResult, score

CATALOG: Catalog = load(ROOT / "forms", ROOT / "schedules")
# The newest of each, as a study would begin with it.
NEWEST = [CATALOG.instrument(name) for name in sorted({each.id for each in CATALOG.instruments})]
SCORED = [each for each in NEWEST if each.scores]

Value = int | float | None


def _vectors() -> dict[str, Any]:
    folder = Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared"))
    file = folder / "instruments" / "scoring_vectors.json"
    if not file.is_file():
        return {}
    found: dict[str, Any] = json.loads(file.read_text())["instruments"]
    return found


VECTORS = _vectors()


def answered(instrument: Instrument, values: Sequence[Value]) -> Answers:
    pairs = zip(instrument.questions, values, strict=True)
    return {
        item.id: Answer(item.id, "unanswered")
        if value is None
        else Answer(item.id, "answered", value)
        for item, value in pairs
    }


def scored(
    instrument: Instrument, values: Sequence[Value], settings: Mapping[str, str] | None = None
) -> dict[str, ScoreResult]:
    results = score(instrument, answered(instrument, values), settings)
    return {each.score_id: each for each in results}


def built(text: str) -> Instrument:
    """Build an instrument from the part of a file that matters here; it must be free of problems."""
    head = (
        "id: x\nversion: 1.0.0\ntitle: X\nshort_title: X\nrespondent: participant\n"
        "recall: today\nminutes: 1\nlicence: {status: own, holder: us}\n"
    )
    tree = read((head + text).encode())
    instrument = build(Instrument, tree)
    assert instrument is not None, [str(each) for each in tree.problems]
    assert [*score_problems(instrument), *reading_problems(instrument)] == []
    return instrument


def values_of(instrument: Instrument, item: Item) -> st.SearchStrategy[Value]:
    """Everything that one question can be answered with, of those that count."""
    if item.kind in {"number", "scale"}:
        low, high = instrument.ends(item) or (0, 100)
        return st.integers(round(low), round(high))
    codes = instrument.codes(item)
    return st.sampled_from(codes) if codes else st.none()


@st.composite
def filled(draw: st.DrawFn, *, gaps: bool) -> tuple[Instrument, list[Value]]:
    instrument = draw(st.sampled_from(SCORED))
    values = [values_of(instrument, item) for item in instrument.questions]
    return instrument, [draw(st.none() | each if gaps else each) for each in values]
