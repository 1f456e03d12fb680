"""A calculated FHIR item that adds up ordinal weights → a score of ours; any other formula is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.domain.foreign import ForeignItem, ForeignScore
from server.inputs.fhir_nodes import Json, extensions, objects, tail

_LINK = re.compile(r"linkId\s*=\s*'([^']+)'")
_TERM = re.compile(r"iif\(\s*%(\w+)\.exists\(\)\s*,\s*%(\w+)\s*,\s*0\s*\)|%(\w+)")
_AROUND = re.compile(r"iif\(\s*%\w+\s*,(?P<sum>.*),\s*\{\s*\}\s*\)", re.DOTALL)


def read(node: Json, items: Sequence[ForeignItem]) -> ForeignScore | None:
    """Return the sum that an item's formula means, None when it means anything else.

    Understood is a sum of variables, each the weight of one item's answer: `%a + %b`, and the same
    with `iif(%a.exists(), %a, 0)`, which counts what was answered.
    """
    formula = _expression(extensions(node).value("sdc-questionnaire-calculatedExpression"))
    around = _AROUND.fullmatch(formula.strip())
    terms = [_TERM.fullmatch(part.strip()) for part in _parts(around["sum"] if around else formula)]
    if not all(terms) or len(terms) < 2:
        return None
    found = [term for term in terms if term]
    if any(term[1] != term[2] for term in found):
        return None
    tolerant = all(term[1] for term in found)
    if not tolerant and any(term[1] for term in found):
        return None
    links = [_links(node).get(term[1] or term[3], "") for term in found]
    counted = {item.known_as: item for item in items if _counts(item)}
    if len(set(links)) < len(links) or any(link not in counted for link in links):
        return None
    label = str(node.get("text") or node.get("linkId"))
    ids = tuple(counted[link].id for link in links)
    return ForeignScore(str(node.get("linkId")), label, "sum", ids, tolerant=tolerant)


def _parts(formula: str) -> list[str]:
    """Split a sum at the plus signs that stand outside all parentheses."""
    parts, depth = [""], 0
    for character in formula:
        depth += (character == "(") - (character == ")")
        if character == "+" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _expression(value: object) -> str:
    return str(value.get("expression") or "") if isinstance(value, dict) else ""


def _links(node: Json) -> dict[str, str]:
    """Return the one item that each variable looks at; a variable over several items is left out."""
    found: dict[str, str] = {}
    for each in objects(node.get("extension")):
        value = each.get("valueExpression")
        if tail(each) != "variable" or not isinstance(value, dict):
            continue
        links = set(_LINK.findall(_expression(value)))
        if len(links) == 1:
            found[str(value.get("name"))] = links.pop()
    return found


def _counts(item: ForeignItem) -> bool:
    """Whether each answer of an item counts something."""
    return item.kind == "choice" and all(each.weight is not None for each in item.options)
