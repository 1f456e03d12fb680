"""What the oracle writes down of a form, and what a condition on earlier answers means by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from server.domain.facts import Result, Visit

Raw = Mapping[str, Any]


@dataclass
class Form:
    """One form that is asked, as the oracle sees it."""

    id: str
    raw: Raw
    course: int
    path: tuple[str, ...]
    number: int
    label: str
    day: date
    visit: Visit | None
    about: str | None
    rank: int
    opens: datetime
    target: datetime
    closes: datetime
    occasion: int = 0
    pieces: set[tuple[datetime, datetime]] = field(default_factory=set)


@dataclass(frozen=True)
class Row:
    """What must agree with the planner's row."""

    id: str
    definition: str
    course: int
    about: str | None
    visit_id: str | None
    anchor: str
    anchor_on: date
    opens_at: datetime
    target_at: datetime
    closes_at: datetime
    occasion: int
    respondent: str
    awaits: str | None
    late: str
    minutes: int


def alike(form: Form, other: str, forms: list[Form]) -> list[Form]:
    """Return the forms that a condition means."""
    if form.raw["anchor"] == f"completion of {other}":
        near = [
            each
            for each in forms
            if (*each.path, *([f"#{each.number}"] if each.number > 1 else []), other) == form.path
        ]
    else:
        near = [each for each in forms if each.visit == form.visit]
        if "repeat" in form.raw and any("repeat" in each.raw for each in near):
            near = [each for each in near if each.number == form.number] or near
    near = near or forms
    mine = [each for each in near if form.about and each.about == form.about]
    return mine or near


def one_says(key: str, look: Raw, forms: list[Form], given: Mapping[str, Result]) -> bool | None:
    said: dict[str | None, bool | None] = {}
    for about in {form.about for form in forms}:
        results = [given[f.id] for f in forms if f.about == about and f.id in given]
        newest = max(results, key=lambda r: (r.answered_at, r.assessment_id), default=None)
        said[about] = None if newest is None else result_says(key, look, newest)
    if True in said.values():
        return True
    return None if None in said.values() or not said else False


def result_says(key: str, look: Raw, result: Result) -> bool:
    if key == "score":
        score = result.scores.get(look["score"])
        if score is None or score < float(look.get("at_least", "-1e9")):
            return False
        return score < float(look.get("below", "1e9"))
    value = result.answers.get(look["item"])
    chosen = value if isinstance(value, list) else [value]
    return any(str(each) in look["is"] for each in chosen)


def told(form: Form, raw: Raw, forms: Raw) -> Row:
    """Return what is said of a form."""
    sheet = forms[form.raw["instrument"]]
    kind = form.visit.kind if form.visit and form.raw["anchor"].split()[0] != "completion" else ""
    session = raw["visits"].get(kind, {}).get("session") == "true"
    waits = form.raw["waits"] == "true" if "waits" in form.raw else session
    held = form.visit is None or not kind or form.visit.status == "held"
    return Row(
        form.id, form.raw["id"], form.course, form.about, form.visit.id if form.visit else None,
        form.label, form.day, form.opens, form.target, form.closes, form.occasion,
        sheet.get("respondent", "participant"),
        form.visit.id if form.visit and waits and not held else None,
        form.raw.get("late") or raw.get("late", "stop opening"),
        int(form.raw.get("minutes") or sheet["minutes"]),
    )  # fmt: skip
