"""The answers that an item of a FHIR Questionnaire offers → codes and labels of ours, each loss named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from server.domain import foreign
from server.domain.foreign import ForeignItem, ForeignOption
from server.inputs.fhir_nodes import Json, Tell, extensions, objects, real
from server.inputs.words import plain, without_braces

_WEIGHTS = ("ordinalValue", "itemWeight", "questionnaire-ordinalValue")
_VALUES = ("valueCoding", "valueString", "valueInteger", "valueDate", "valueTime")
# Yes and no as LOINC, SNOMED CT and HL7 code them.
_YES = {"LA33-6": 1, "LA32-8": 0, "373066001": 1, "373067005": 0, "Y": 1, "N": 0}
_YES_NO = ({"LA33-6", "LA32-8"}, {"373066001", "373067005"}, {"Y", "N"})
# What tells one answer from another; which list it is from is no answer.
_CONCEPT = {"code", "display", "system", "version", "extension", "userSelected"}


def choice(
    node: Json, bare: ForeignItem, contained: Mapping[str, Json], tell: Tell
) -> ForeignItem | None:
    """Return a question with the answers that it offers; None where it offers none."""
    if node.get("type") == "open-choice":
        tell("lets people answer in their own words too; here only the given answers")
    if node.get("repeats") is True:
        bare = replace(bare, kind="multi-choice")
    given = _answers(node, contained, tell)
    if given is None:
        return replace(bare, kind="text")
    if {code for code, _label, _weight in given} in _YES_NO and bare.kind == "choice":
        return _yes_or_no(given, bare, tell)
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


def _yes_or_no(given: _Given, bare: ForeignItem, tell: Tell) -> ForeignItem:
    found = {_YES[code]: (code, without_braces(label) or code) for code, label, _w in given}
    pairs = tuple(ForeignOption(ours, *found[ours]) for ours in (1, 0))
    _recoded(pairs, tell)
    weighed = [(label, weight, _YES[code]) for code, label, weight in given if weight is not None]
    if any(weight != ours for _label, weight, ours in weighed):
        told = ", ".join(f"{label} {weight:g}" for label, weight, _ours in weighed)
        tell(f"its answers count there: {told}; here yes counts 1 and no 0")
    return replace(bare, kind="yes-no", options=pairs)


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
        return _said([found for each in options if (found := _option(each, tell))], tell)
    address = str(node.get("answerValueSet") or "")
    if address.startswith("#") and (values := contained.get(address[1:])):
        return _said([_concept(each, tell) for each in _concepts(values, tell)], tell)
    if address:
        tell(f"takes its answers from {address}, which is not in the file; it became text")
        return None
    return []


def _said(given: _Given, tell: Tell) -> _Given:
    """Return the answers that have a code or words; one with neither is none."""
    found = [each for each in given if each[0].strip()]
    if len(found) < len(given):
        tell("has an answer with neither code nor words; left out")
    return found


def _option(option: Json, tell: Tell) -> tuple[str, str, float | None] | None:
    for extra in option.keys() - {"extension", *_VALUES}:
        tell(f"its answers' {extra!r} is not kept")
    for name in extensions(option).found.keys() - {*_WEIGHTS, "questionnaire-optionPrefix"}:
        tell(f"its answers' {name!r} is not kept")
    value = next((option[key] for key in _VALUES if key in option), None)
    _prefix(option, tell)
    if isinstance(value, dict):
        code, label, weight = _concept(value, tell)
        return code, label, _weight(option) if weight is None else weight
    if value is None:
        tell("has an answer of a kind that no form here offers; left out")
        return None
    return str(value), plain(str(value)), _weight(option)


def _prefix(option: Json, tell: Tell) -> None:
    """Tell of a numbering before an answer, unless it only repeats what the answer counts."""
    prefix, weight = extensions(option).value("questionnaire-optionPrefix"), _weight(option)
    if prefix is not None and (weight is None or str(prefix).strip() != f"{weight:g}"):
        tell(f"the {str(prefix)!r} before an answer is not kept")


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
    weights = (real(held.value(name)) for name in _WEIGHTS)
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
