"""A form from another system → a draft of ours: structure, sentences, and notes on what got lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.domain.foreign import ForeignForm, ForeignItem, ForeignScore, Loss
from server.domain.instrument import YES_NO

_SECONDS_PER_QUESTION = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """Two definitions as their files will hold them, in plain values."""

    structure: dict[str, Any]
    wording: dict[str, Any]
    losses: tuple[Loss, ...]


def drafted(form: ForeignForm, instrument_id: str, *, own: bool, language: str = "en") -> Draft:
    """Return a draft of an instrument: everything the form says, and what a person must still say."""
    sets = _sets(form.items)
    recodes = _recodes(form.items)
    scores, uncounted = _scores(form)
    open_questions = _open_questions(form, scores, own=own)
    losses = (*form.losses, *uncounted, *_yes_no_losses(form), *open_questions)
    structure = {
        "id": instrument_id,
        "version": "1.0.0",
        "title": form.title,
        "short_title": instrument_id,
        "respondent": "participant",
        "recall": "not said in the imported file",
        "minutes": str(max(1, round(_asked(form) * _SECONDS_PER_QUESTION / 60))),
        "options": {
            name: {"values": [str(code) for code in codes]} for name, codes in sets.codes.items()
        },
        "items": [_item(item, sets, recodes) for item in form.items],
        "recodes": {
            name: {str(code): _plain(weight) for code, weight in table.items()}
            for name, table in recodes.items()
        },
        "scores": scores,
        "licence": _licence(form, own=own),
        "sources": ["imported; name the paper"],
        "notes": list(grouped(losses)),
    }
    kept = {key: value for key, value in structure.items() if value not in ({}, [])}
    return Draft(kept, _wording(form, instrument_id, sets, own=own, language=language), losses)


def grouped(losses: Iterable[Loss], most_named: int | None = None) -> Iterable[str]:
    """Yield each kind of loss once, with all that it happened to, or with the first and how many more."""
    kinds: dict[str, dict[str, None]] = {}
    for loss in losses:
        kinds.setdefault(loss.what, {})[loss.where] = None
    for what, places in kinds.items():
        where = list(places)
        named = ", ".join(where[:most_named])
        more = len(where) - len(where[:most_named])
        yield f"{named}{f' and {more} more' if more else ''}: {what}"


@dataclass(frozen=True, slots=True)
class _Sets:
    """Sets of answers: items that offer the same codes and labels share one."""

    codes: Mapping[str, tuple[int, ...]]
    labels: Mapping[str, Mapping[int, str]]
    of_item: Mapping[str, str]


def _sets(items: Iterable[ForeignItem]) -> _Sets:
    names: dict[tuple[tuple[int, str], ...], str] = {}
    of_item: dict[str, str] = {}
    for item in items:
        if item.kind in {"choice", "multi-choice"}:
            offered = tuple((option.code, option.label) for option in item.options)
            of_item[item.id] = names.setdefault(offered, item.id)
    return _Sets(
        codes={name: tuple(code for code, _label in offered) for offered, name in names.items()},
        labels={name: dict(offered) for offered, name in names.items()},
        of_item=of_item,
    )


_Recodes = Mapping[str, Mapping[int, float]]


def _recodes(items: Iterable[ForeignItem]) -> _Recodes:
    """Return tables for items whose answers count something else than their codes, by item."""
    found: dict[str, dict[int, float]] = {}
    for item in items:
        weights = {each.code: each.weight for each in item.options if each.weight is not None}
        differ = any(code != weight for code, weight in weights.items())
        if item.kind == "choice" and len(weights) == len(item.options) and differ:
            found[item.id] = weights
    return found


def _item(item: ForeignItem, sets: _Sets, recodes: _Recodes) -> dict[str, Any]:
    return _filled(
        {
            "id": item.id,
            "kind": item.kind,
            "options": sets.of_item.get(item.id),
            "recode": item.id if item.id in recodes else None,
            "minimum": _plain(item.minimum),
            "maximum": _plain(item.maximum),
            "step": _plain(item.step),
            "soft_limit": str(item.soft_limit) if item.soft_limit else None,
            "show_if": item.show_if,
            "topic": item.known_as if item.known_as != item.id else None,
        }
    )


def _plain(number: float | None) -> str | None:
    """Write a number as definitions do: no exponent, no needless point."""
    if number is None:
        return None
    return f"{number:.9f}".rstrip("0").rstrip(".") if number % 1 else f"{number:.0f}"


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "")}


def _asked(form: ForeignForm) -> int:
    return sum(item.asks for item in form.items)


def _scores(form: ForeignForm) -> tuple[list[dict[str, Any]], list[Loss]]:
    """Write the scores whose range is known; the first is the headline until a person decides."""
    found: list[dict[str, Any]] = []
    losses: list[Loss] = []
    for score in form.scores:
        ends = _ends(score, {item.id: item for item in form.items})
        if ends is None:
            told = f"its {score.method} over {', '.join(score.items)} has no known range; left out"
            losses.append(Loss(score.id, told))
            continue
        if score.tolerant and score.method == "sum":
            losses.append(Loss(score.id, "added up what was answered; here each answer is needed"))
        low, high = ends
        found.append(
            {
                "id": score.id,
                "label": score.label,
                "method": score.method,
                "items": list(score.items),
                "missing": _missing(score),
                "minimum": _plain(low),
                "maximum": _plain(high),
                "higher_is": "not said in the imported file",
                **({"headline": "true"} if not found else {}),
            }
        )
    return found, losses


def _missing(score: ForeignScore) -> dict[str, str]:
    """A mean of what was answered is one; a sum of what was answered is not the sum."""
    if not score.tolerant or score.method == "sum" or len(score.items) < 2:
        return {"allow": "0", "rule": "local"}
    return {"allow": str(len(score.items) - 1), "fill": "mean of answered", "rule": "local"}


def _ends(score: ForeignScore, items: Mapping[str, ForeignItem]) -> tuple[float, float] | None:
    spans = [_span(items[name]) for name in score.items]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans) or not known:
        return None
    low, high = sum(low for low, _high in known), sum(high for _low, high in known)
    return (low, high) if score.method == "sum" else (low / len(known), high / len(known))


def _span(item: ForeignItem) -> tuple[float, float] | None:
    if item.kind == "yes-no":
        return 0.0, 1.0
    if item.kind == "choice":
        counted = [each.code if each.weight is None else each.weight for each in item.options]
        return min(counted), max(counted)
    if item.minimum is None or item.maximum is None:
        return None
    return item.minimum, item.maximum


def _open_questions(form: ForeignForm, scores: list[dict[str, Any]], *, own: bool) -> list[Loss]:
    """Return what the file did not say and a person must: it stands in the draft as not said."""
    asked = [("recall", "say what time it looks back on")]
    if not own and not form.rights:
        asked.append(("licence", "say who holds its sentences, and on what terms"))
    if scores:
        asked.append(("scores", "say what higher values mean, and which score is the headline"))
    else:
        asked.append(("scores", "none came along; write them, and compare with another scorer"))
    return [Loss(where, what) for where, what in asked]


def _licence(form: ForeignForm, *, own: bool) -> dict[str, str]:
    if own:
        return {"status": "own", "holder": form.rights or "this site"}
    return {"status": "permission", "holder": form.rights or "not said in the imported file"}


def _wording(
    form: ForeignForm, instrument_id: str, sets: _Sets, *, own: bool, language: str
) -> dict[str, Any]:
    options = {
        name: {str(code): label for code, label in labels.items()}
        for name, labels in sets.labels.items()
    }
    if yes_no := next(_yes_no_labels(form), None):
        options[YES_NO] = {"1": yes_no[1], "0": yes_no[2]}
    return {
        "instrument": instrument_id,
        "version": "1.0.0",
        "language": language,
        "status": "own" if own else "placeholder",
        "title": form.title,
        "items": {item.id: _sentence(item) for item in form.items},
        **({"options": options} if options else {}),
    }


def _yes_no_labels(form: ForeignForm) -> Iterator[tuple[str, str, str]]:
    """Yield each yes-no question that words its own answers, with its yes and its no."""
    for item in form.items:
        labels = {each.code: each.label for each in item.options}
        if item.kind == YES_NO and len(labels) == 2:
            yield item.known_as, labels[1], labels[0]


def _yes_no_losses(form: ForeignForm) -> list[Loss]:
    """One form says yes and no in one way."""
    said = list(_yes_no_labels(form))
    return [
        Loss(where, f"says {yes!r} and {no!r} there; here {said[0][1]!r} and {said[0][2]!r}")
        for where, yes, no in said
        if (yes, no) != said[0][1:]
    ]


def placeholder(wording: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a wording of the same shape that says nothing yet, for a language the file lacks."""
    items = {
        name: {key: f"The sentence of {name} goes here ({key})." for key in sentence}
        for name, sentence in wording["items"].items()
    }
    options = {
        name: {code: f"Answer {code}" for code in labels}
        for name, labels in wording.get("options", {}).items()
    }
    return {
        **wording,
        "language": language,
        "items": items,
        **({"options": options} if options else {}),
    }


def _sentence(item: ForeignItem) -> dict[str, str]:
    said = {"text": item.text, "hint": item.hint, "low": item.low, "high": item.high}
    return _filled({**said, "unit": item.unit if item.kind == "number" else ""})
