"""One item of a FHIR Questionnaire → an item of ours, with every loss on the way named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from server.domain import foreign
from server.domain.foreign import ForeignItem
from server.domain.instrument import ItemKind
from server.inputs import fhir_answers
from server.inputs.fhir_nodes import Extensions, Json, Tell, extensions, objects, real
from server.inputs.words import has_markup, plain, without_braces

_KINDS: dict[str, ItemKind] = {
    "group": "section",
    "display": "information",
    "boolean": "yes-no",
    "decimal": "number",
    "integer": "number",
    "quantity": "number",
    "date": "date",
    "string": "text",
    "text": "text",
    "dateTime": "text",
    "time": "text",
    "url": "text",
    "choice": "choice",
    "coding": "choice",
    "open-choice": "choice",
}
_UNCHECKED = {"dateTime", "time", "url"}
# Handled here or by the reader around; whatever else stands in an item is told.
HANDLED = {
    "linkId", "type", "text", "_text", "prefix", "required", "repeats", "readOnly", "maxLength",
    "answerOption", "answerValueSet", "enableWhen", "enableBehavior", "item", "extension", "code",
    "initial",
}  # fmt: skip


def item(node: Json, item_id: str, contained: Mapping[str, Json], tell: Tell) -> ForeignItem | None:
    """Return the item itself, without its condition and its children; None where there can be none."""
    kind = _KINDS.get(str(node.get("type")))
    link = str(node.get("linkId"))
    if kind is None:
        tell(f"is of type {node.get('type')!r}, which no form here asks; left out")
        return None
    text = sentence(node, tell)
    if not text and kind == "section":
        return None
    if not text:
        tell(foreign.NO_TEXT)
    bare = ForeignItem(item_id, link, kind, text or link)
    return _SPECIAL.get(kind, _plain_kind)(node, bare, contained, tell)


def sentence(node: Json, tell: Tell) -> str:
    """Return an item's text, from its formatted version where there is no other."""
    text = str(node.get("text") or "")
    beside = node.get("_text")
    rich = extensions(beside).found if isinstance(beside, dict) else {}
    for name, held in rich.items():
        if name == "rendering-xhtml" and not text:
            text = str(held.get("valueString") or "")
        else:
            tell(f"its text's {name!r} is not kept")
    if has_markup(text):
        tell(foreign.FORMATTED)
    if "{" in text or "}" in text:
        tell(foreign.BRACED)
    prefix = str(node.get("prefix") or "")
    return without_braces(plain(f"{prefix} {text}" if prefix else text))


def _plain_kind(
    node: Json, bare: ForeignItem, _known: Mapping[str, Json], tell: Tell
) -> ForeignItem:
    kind = str(node.get("type"))
    if kind in _UNCHECKED:
        tell(f"is a {kind} there; here it is text, unchecked")
    limit = node.get("maxLength")
    if bare.kind == "text" and isinstance(limit, int) and limit > 0:
        tell(f"ends at {limit} characters there; here more may be written")
        return replace(bare, soft_limit=limit)
    return bare


def _number(node: Json, bare: ForeignItem, _known: Mapping[str, Json], tell: Tell) -> ForeignItem:
    held = extensions(node)
    low, high = _limit(held, "minValue", tell), _limit(held, "maxValue", tell)
    if low is not None and high is not None and low >= high:
        tell(f"its limits {low:g} and {high:g} leave nothing between them; not kept")
        low = high = None
    slides = _slider(held) and low is not None and high is not None
    found = replace(bare, minimum=low, maximum=high, unit=_unit(held, tell, kept=not slides))
    step = real(held.value("questionnaire-sliderStepValue"))
    if step and not slides:
        tell(f"its steps of {step:g} are not kept")
    if slides:
        tell(foreign.NO_ENDS)
        return replace(
            found, kind="scale", low=f"{low:g}", high=f"{high:g}", step=step or None, unit=""
        )
    if node.get("type") == "quantity":
        tell("is an amount with a unit to choose there; here it is a number")
    return replace(found, step=1.0 if node.get("type") == "integer" else None)


def _slider(held: Extensions) -> bool:
    control = held.value("questionnaire-itemControl")
    codings = objects(control.get("coding")) if isinstance(control, dict) else []
    return any(each.get("code") == "slider" for each in codings)


def _limit(held: Extensions, name: str, tell: Tell) -> float | None:
    given = held.value(name)
    limit = real(given)
    if given is not None and limit is None:
        tell(f"its limit {given} is not kept: no number here is as large, or it is none")
    return limit


def _unit(held: Extensions, tell: Tell, *, kept: bool) -> str:
    unit = held.value("questionnaire-unit")
    if not isinstance(unit, dict):
        return ""
    text = str(unit.get("display") or unit.get("code") or "")
    # UCUM writes what is no unit in braces: {score}.
    if kept and not text.startswith("{"):
        return plain(text)
    tell(f"its unit {text!r} is not kept")
    return ""


_SPECIAL: dict[str, Callable[[Json, ForeignItem, Mapping[str, Json], Tell], ForeignItem | None]] = {
    "number": _number,
    "choice": fhir_answers.choice,
}
