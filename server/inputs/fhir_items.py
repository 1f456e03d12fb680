"""One item of a FHIR Questionnaire → an item of ours, with every loss on the way named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.domain import foreign
from server.domain.foreign import ForeignItem, ForeignOption
from server.domain.instrument import ItemKind
from server.inputs.words import has_markup, plain, without_braces

Tell = Callable[[str], None]
Json = Mapping[str, Any]

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
_WEIGHTS = ("ordinalValue", "itemWeight", "questionnaire-ordinalValue")
_VALUES = ("valueCoding", "valueString", "valueInteger", "valueDate", "valueTime")
# Yes and no as LOINC, SNOMED CT and HL7 code them.
_YES = {"LA33-6": 1, "LA32-8": 0, "373066001": 1, "373067005": 0, "Y": 1, "N": 0}
_YES_NO = ({"LA33-6", "LA32-8"}, {"373066001", "373067005"}, {"Y", "N"})
# What tells one answer from another; which list it is from is no answer.
_CONCEPT = {"code", "display", "system", "version", "extension", "userSelected"}
_TAIL = re.compile(r"[^/]*$")


@dataclass(frozen=True, slots=True)
class Extensions:
    """What stands in `extension`, by the last part of its address; the first of a name counts."""

    found: Mapping[str, Json]

    def value(self, name: str) -> Any:
        """Return the value of an extension, whatever its type; None without one."""
        held = self.found.get(name, {})
        return next((held[key] for key in held if key.startswith("value")), None)


def extensions(node: Json) -> Extensions:
    """Return the extensions of anything."""
    found: dict[str, Json] = {}
    for each in objects(node.get("extension")):
        found.setdefault(tail(each), each)
    return Extensions(found)


def objects(value: Any) -> list[Json]:
    """Return the objects of a list; a file may hold anything there."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def tail(extension: Json) -> str:
    """Return the last part of an extension's address."""
    found = _TAIL.search(str(extension.get("url", "")))
    return found[0] if found else ""


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
    step = _real(held.value("questionnaire-sliderStepValue"))
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
    limit = _real(given)
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


def _real(value: Any) -> float | None:
    # Definitions hold ten digits at most.
    sound = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if sound and abs(value) < 1e9 else None


def _choice(
    node: Json, bare: ForeignItem, contained: Mapping[str, Json], tell: Tell
) -> ForeignItem | None:
    if node.get("type") == "open-choice":
        tell("lets people answer in their own words too; here only the given answers")
    if node.get("repeats") is True:
        bare = replace(bare, kind="multi-choice")
    given = _answers(node, contained, tell)
    if given is None:
        return replace(bare, kind="text")
    if {code for code, _label, _weight in given} in _YES_NO and bare.kind == "choice":
        labels = {_YES[code]: (code, label) for code, label, _weight in given}
        pairs = tuple(ForeignOption(ours, *labels[ours]) for ours in (1, 0))
        _recoded(pairs, tell)
        return replace(bare, kind="yes-no", options=pairs)
    options = _coded(given, tell)
    if not options:
        tell("offers no answers; left out")
        return None
    if len(options) == 1:
        (only,) = options
        tell(f"has one answer only ({only.label}); it became yes (1) or no (0)")
        text = f"{bare.text}: {only.label}"
        return replace(bare, kind="yes-no", text=text, options=(replace(only, code=1),))
    return replace(bare, options=options)


def _recoded(options: Iterable[ForeignOption], tell: Tell) -> None:
    """Name the codes that answers had there, where they were not what they are here."""
    other = [each for each in options if each.known_as not in {str(each.code), each.label}]
    if other:
        told = ", ".join(f"{each.known_as} became {each.code}" for each in other)
        tell(f"its answers have codes of their own there: {told}")


_Given = list[tuple[str, str, float | None]]


def _answers(node: Json, contained: Mapping[str, Json], tell: Tell) -> _Given | None:
    """Return each answer's code, label and weight; None when they lie in another place."""
    if options := objects(node.get("answerOption")):
        return [found for each in options if (found := _option(each, tell))]
    address = str(node.get("answerValueSet") or "")
    if address.startswith("#") and (values := contained.get(address[1:])):
        return [_concept(each, tell) for each in _concepts(values, tell)]
    if address:
        tell(f"takes its answers from {address}, which is not in the file; it became text")
        return None
    return []


def _option(option: Json, tell: Tell) -> tuple[str, str, float | None] | None:
    for extra in option.keys() - {"extension", *_VALUES}:
        tell(f"its answers' {extra!r} is not kept")
    for name in extensions(option).found.keys() - {*_WEIGHTS, "questionnaire-optionPrefix"}:
        tell(f"its answers' {name!r} is not kept")
    value = next((option[key] for key in _VALUES if key in option), None)
    if isinstance(value, dict):
        code, label, weight = _concept(value, tell)
        return code, label, _weight(option) if weight is None else weight
    if value is None:
        tell("has an answer of a kind that no form here offers; left out")
        return None
    return str(value), plain(str(value)), _weight(option)


def _concepts(values: Json, tell: Tell) -> list[Json]:
    """Return the concepts of a value set that lies in the file: expanded, or as composed."""
    expansion = values.get("expansion")
    if isinstance(expansion, dict) and (found := objects(expansion.get("contains"))):
        return found
    compose = values.get("compose")
    composed: Json = compose if isinstance(compose, dict) else {}
    included = objects(composed.get("include"))
    if composed.get("exclude") or any(part.keys() & {"filter", "valueSet"} for part in included):
        tell("takes answers by a rule (filter, exclude); only those that stand there were read")
    return [concept for part in included for concept in objects(part.get("concept"))]


def _concept(concept: Json, tell: Tell) -> tuple[str, str, float | None]:
    for extra in sorted(concept.keys() - _CONCEPT):
        tell(f"its answers' {extra!r} is not kept")
    code = str(concept.get("code") or concept.get("display") or "")
    if not concept.get("display"):
        tell(foreign.NO_LABEL.format(code=code))
    return code, plain(str(concept.get("display") or code)), _weight(concept)


def _weight(node: Json) -> float | None:
    held = extensions(node)
    weights = (_real(held.value(name)) for name in _WEIGHTS)
    return next((weight for weight in weights if weight is not None), None)


def _coded(given: _Given, tell: Tell) -> tuple[ForeignOption, ...]:
    """Give each answer a code: what it counts, if each counts a whole number of its own."""
    unique = {code: (code, label, weight) for code, label, weight in reversed(given)}
    if len(unique) < len(given):
        tell("has the same code for two answers; the second is left out")
    answers = list(reversed(unique.values()))
    codes = _codes(answers, tell)
    options: list[ForeignOption] = []
    for code, (known_as, label, weight) in zip(codes, answers, strict=True):
        said = without_braces(label) or known_as
        if said in {option.label for option in options}:
            tell(f"has the label {said!r} twice; its code was put behind the second")
            said = f"{said} ({known_as})"
        options.append(ForeignOption(code, known_as, said, weight))
    _recoded(options, tell)
    return tuple(options)


def _codes(answers: _Given, tell: Tell) -> list[int]:
    weights = [weight for _code, _label, weight in answers if weight is not None]
    whole = [int(weight) for weight in weights if weight == int(weight)]
    if len(whole) == len(answers) == len(set(whole)):
        return whole
    codes = list(range(1, len(answers) + 1))
    told = ", ".join(f"{at} {label}" for at, (_c, label, _w) in enumerate(answers, start=1))
    if len(weights) == len(answers):
        tell(f"its answers count fractions or the same; as codes they are {told}")
    else:
        tell(f"its answers count nothing there; as codes they are {told}")
    return codes


_SPECIAL: dict[str, Callable[[Json, ForeignItem, Mapping[str, Json], Tell], ForeignItem | None]] = {
    "number": _number,
    "choice": _choice,
}
