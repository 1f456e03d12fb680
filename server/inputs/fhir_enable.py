"""FHIR's `enableWhen` → one test of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from server.domain.grammar import Node, Sign
from server.inputs.conditions import UntranslatableError, opposite
from server.inputs.fhir_nodes import Json
from server.inputs.single_tests import Known, among, answered, compared

_SIGNS = {"=", "!=", ">", "<", ">=", "<="}
_PLAIN = ("answerInteger", "answerDecimal", "answerDate", "answerString")


def enabled(test: Json, look: Callable[[str], Known]) -> Node:
    """Return what one `enableWhen` asks.

    Raises:
        UntranslatableError: it looks at what is not there, or compares with what ours cannot name.

    """
    known = look(str(test.get("question")))
    operator = str(test.get("operator"))
    if operator == "exists":
        found = answered(known)
        return found if test.get("answerBoolean") is not False else opposite(found)
    if operator not in _SIGNS:
        raise UntranslatableError(f"the operator {operator!r} is unknown")
    text = _value(test)
    if operator in {"=", "!="} and known.kind == "multi-choice":
        chosen = among(known, text)
        return chosen if operator == "=" else opposite(chosen)
    return compared(known, cast(Sign, operator), text)


def _value(test: Json) -> str:
    if isinstance(test.get("answerBoolean"), bool):
        return "true" if test["answerBoolean"] else "false"
    coding = test.get("answerCoding")
    if isinstance(coding, dict) and coding.get("code"):
        return str(coding["code"])
    for key in _PLAIN:
        if key in test:
            return str(test[key])
    kinds = [key for key in test if key.startswith("answer")]
    raise UntranslatableError(f"it compares with {', '.join(kinds) or 'nothing'}")
