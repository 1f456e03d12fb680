"""A FHIR R4 Questionnaire (JSON): bytes in, a form in our terms out, every loss named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from server.domain.foreign import ForeignForm, ForeignItem, ForeignScore, Loss
from server.domain.grammar import Node
from server.errors import BadInputError
from server.inputs import fhir_items, fhir_score, strict_json
from server.inputs.conditions import UntranslatableError, as_far_as_possible, both, said, some
from server.inputs.fhir_enable import enabled
from server.inputs.fhir_items import HANDLED
from server.inputs.fhir_nodes import Json, extensions, objects, tail
from server.inputs.single_tests import Known
from server.inputs.words import as_id, plain, without_braces

LARGEST = 4 * 1024 * 1024
MOST_ITEMS = 2_000
_LONGEST_TOLD = 2_000
_ROOT = {"resourceType", "title", "name", "item", "contained", "language", "copyright", "publisher"}
_SILENT = {"resourceType", "id"}


def read(data: bytes) -> ForeignForm:
    """Read a Questionnaire.

    Raises:
        BadInputError: no JSON, no Questionnaire, or one that asks nothing.

    """
    found = strict_json.read(data, largest=LARGEST, deepest=40)
    if not isinstance(found, dict) or found.get("resourceType") != "Questionnaire":
        raise BadInputError("this is no FHIR Questionnaire: resourceType must say so")
    return _Reader(found).read()


@dataclass
class _Reader:
    root: Json
    losses: list[Loss] = field(default_factory=list)
    items: list[ForeignItem] = field(default_factory=list)
    scores: list[ForeignScore] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)

    def read(self) -> ForeignForm:
        everything = list(_all(self.root))
        if len(everything) > MOST_ITEMS:
            raise BadInputError(f"it has {len(everything):,} items; {MOST_ITEMS:,} is the most")
        links = Counter(str(node.get("linkId")) for node in everything)
        self.links = set(links)
        if twice := [link for link, times in links.items() if times > 1]:
            raise BadInputError(f"two items have the same linkId: {_short(', '.join(twice))}")
        for key in sorted(self.root.keys() - _ROOT - _SILENT):
            self._lose("the file", f"its {key} is not kept: {_short(self.root[key])}")
        for each in objects(self.root.get("contained")):
            if each.get("resourceType") != "ValueSet":
                self._lose("the file", f"its contained {each.get('resourceType')} is not kept")
        if self.root.get("title") and self.root.get("name") not in (None, self.root["title"]):
            self._lose("the file", f"its name is not kept: {_short(self.root['name'])}")
        contained = {
            str(each.get("id")): each
            for each in objects(self.root.get("contained"))
            if each.get("resourceType") == "ValueSet"
        }
        sought = {str(node.get("answerValueSet")) for node in everything}
        for name in contained.keys() - {address.removeprefix("#") for address in sought}:
            self._lose("the file", f"its value set {name}, which no question offers, is not kept")
        self._walk(self.root, contained, None)
        if not any(item.asks for item in self.items):
            raise BadInputError("the questionnaire asks nothing that a form here can ask")
        title = str(self.root.get("title") or self.root.get("name") or "Imported form")
        rights = [str(self.root[key]) for key in ("copyright", "publisher") if self.root.get(key)]
        return ForeignForm(
            title=without_braces(plain(title)),
            items=tuple(self.items),
            scores=tuple(self.scores),
            losses=tuple(self.losses),
            language=str(self.root.get("language") or ""),
            rights=plain("; ".join(rights)),
        )

    def _lose(self, where: str, what: str) -> None:
        self.losses.append(Loss(where, what))

    def _walk(self, parent: Json, contained: dict[str, Json], around: Node | None) -> None:
        for node in objects(parent.get("item")):
            if extensions(node).value("questionnaire-hidden") is True:
                for each in (node, *_all(node)):
                    self._hidden(each)
            else:
                condition = self._item(node, contained, around)
                self._walk(node, contained, condition)

    def _hidden(self, node: Json) -> None:
        link = str(node.get("linkId"))
        self._lose(link, "is hidden from respondents there; left out")
        _with_it(node, lambda what: self._lose(link, what))

    def _item(self, node: Json, contained: dict[str, Json], around: Node | None) -> Node | None:
        """Take over one item; return what its children hang on."""
        link = str(node.get("linkId"))

        def tell(what: str) -> None:
            self._lose(link, what)

        condition = self._condition(node, around, tell)
        if self._left_out(node, tell):
            self._remaining(node, tell, _CARRIED)
            return condition
        item = fhir_items.item(node, as_id(link, self.taken), contained, tell)
        if item is not None:
            shown = said(condition) if condition else ""
            self.items.append(replace(item, show_if=shown))
            self.known[link] = _known(item)
        numeric = item is not None and item.kind in {"number", "scale"}
        self._remaining(node, tell, _CARRIED | _NUMERIC if numeric else _CARRIED)
        return condition

    def _left_out(self, node: Json, tell: Callable[[str], None]) -> bool:
        held = extensions(node)
        formula = held.value("sdc-questionnaire-calculatedExpression")
        score = fhir_score.read(node, self.items) if formula else None
        if score is not None:
            self.scores.append(replace(score, id=as_id(score.id, self.taken)))
            return True
        if formula:
            tell(f"is calculated there, which became no score; left out: {_short(formula)}")
        elif node.get("readOnly") is True:
            tell("cannot be answered there (readOnly); left out")
        else:
            return False
        _with_it(node, tell)
        return True

    def _condition(
        self, node: Json, around: Node | None, tell: Callable[[str], None]
    ) -> Node | None:
        tests = objects(node.get("enableWhen"))
        if not tests:
            return around
        own, why = self._own_condition(tests, every=node.get("enableBehavior") != "any")
        if why:
            shown = "shows more often than there" if own else "shows as if it had no condition"
            tell(f"{shown}: of its enableWhen this could not be said: {'; '.join(why)}")
        parts = [part for part in (around, own) if part is not None]
        return both(parts) if parts else None

    def _own_condition(self, tests: list[Json], *, every: bool) -> tuple[Node | None, list[str]]:
        if every:
            return as_far_as_possible([self._later(test) for test in tests])
        try:
            return some(enabled(test, self._look) for test in tests), []
        except UntranslatableError as error:
            return None, [str(error)]

    def _later(self, test: Json) -> Callable[[], Node]:
        return lambda: enabled(test, self._look)

    def _look(self, link: str) -> Known:
        if link in self.known:
            return self.known[link]
        why = "is left out or stands below" if link in self.links else "is not in the file"
        raise UntranslatableError(f"{link} {why}")

    def _remaining(self, node: Json, tell: Callable[[str], None], carried: set[str]) -> None:
        """Tell what an item says beside the question itself and has no counterpart here."""
        if node.get("required") is True:
            tell("must be answered there; here any question can be left empty")
        if node.get("repeats") is True and node.get("type") not in {
            "choice",
            "coding",
            "open-choice",
        }:
            tell("may be answered several times there; here once")
        for code in objects(node.get("code")):
            tell(f"its code is not kept: {code.get('code')} ({code.get('system')})")
        if node.get("initial"):
            tell("has an answer filled in beforehand there; here nothing is")
        for key in sorted(node.keys() - HANDLED):
            tell(f"its {key} is not kept: {_short(node[key])}")
        for extension in objects(node.get("extension")):
            if tail(extension) not in carried:
                tell(f"its {tail(extension)!r} is not kept: {_short(extension)}")


# Extensions that are read where they belong, or told there.
_CARRIED = {"questionnaire-hidden", "sdc-questionnaire-calculatedExpression"}
_NUMERIC = {"minValue", "maxValue", "questionnaire-unit", "questionnaire-sliderStepValue"}


def _with_it(node: Json, tell: Callable[[str], None]) -> None:
    """Name the sentence of what did not come along, so that a person can judge it."""
    if text := fhir_items.sentence(node, lambda _what: None):
        tell(f"with it goes its sentence: {_short(text)}")


def _all(node: Json) -> Iterator[Json]:
    for each in objects(node.get("item")):
        yield each
        yield from _all(each)


def _known(item: ForeignItem) -> Known:
    only = item.kind == "yes-no" and len(item.options) == 1
    codes = {option.known_as: option.code for option in item.options}
    if item.kind == "yes-no" and not codes:
        codes = {"true": 1, "false": 0}
    return Known(item.id, item.kind, codes, same_codes=item.kind in {"number", "scale"}, only=only)


def _short(value: Any) -> str:
    """Return what stood there, cut where it would fill the report."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(plain(text).split())
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"
