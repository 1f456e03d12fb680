"""FHIR Questionnaires into forms: what comes along, and each loss by its name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.domain.foreign import ForeignForm, ForeignItem
from server.errors import BadInputError
from server.inputs import fhir

FHIR = "http://hl7.org/fhir/StructureDefinition"


def questionnaire(*items: dict[str, Any], **root: Any) -> bytes:
    found = {"resourceType": "Questionnaire", "title": "A form", "item": list(items), **root}
    return json.dumps(found).encode()


def asked(link: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"linkId": link, "type": kind, "text": f"Question {link}?", **more}


def read(*items: dict[str, Any], **root: Any) -> ForeignForm:
    return fhir.read(questionnaire(*items, **root))


def one(**item: Any) -> tuple[ForeignItem, list[str]]:
    form = read(asked("x", **item), asked("other"))
    return form.items[0], [loss.what for loss in form.losses if loss.where == "x"]


def extension(name: str, **value: Any) -> dict[str, Any]:
    return {"url": f"{FHIR}/{name}", **value}


def coding(code: str, label: str, weight: float | None = None) -> dict[str, Any]:
    option: dict[str, Any] = {"valueCoding": {"code": code, "display": label}}
    if weight is not None:
        option["extension"] = [extension("ordinalValue", valueDecimal=weight)]
    return option


HOW = [coding("LA1", "Never", 0), coding("LA2", "Often", 2)]
TWO = [coding("a", "One"), coding("b", "Two")]


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("boolean", "yes-no"), ("decimal", "number"), ("integer", "number"), ("date", "date"),
        ("string", "text"), ("text", "text"), ("display", "information"), ("group", "section"),
    ],
)  # fmt: skip
def test_each_type_becomes_a_kind_without_loss(kind: str, ours: str):
    item, losses = one(kind=kind)
    assert item.kind == ours
    assert losses == []


def test_ordinal_weights_are_the_codes():
    item, losses = one(kind="choice", answerOption=HOW)
    assert [(each.code, each.known_as, each.label) for each in item.options] == [
        (0, "LA1", "Never"),
        (2, "LA2", "Often"),
    ]
    assert losses == ["its answers have codes of their own there: LA1 became 0, LA2 became 2"]


def test_weights_that_are_no_codes_are_kept_beside_them():
    options = [coding("a", "One", 0.5), coding("b", "Two", 1), coding("c", "Three", 1)]
    item, losses = one(kind="choice", answerOption=options)
    assert [(each.code, each.weight) for each in item.options] == [(1, 0.5), (2, 1), (3, 1)]
    assert losses == [
        "its answers count fractions or the same; as codes they are 1 One, 2 Two, 3 Three",
        "its answers have codes of their own there: a became 1, b became 2, c became 3",
    ]


def test_yes_and_no_are_known_by_their_codes():
    item, losses = one(kind="choice", answerOption=[coding("LA32-8", "Nein"), coding("LA33-6", "Ja")])  # fmt: skip
    assert item.kind == "yes-no"
    assert [(each.code, each.label) for each in item.options] == [(1, "Ja"), (0, "Nein")]
    assert losses == ["its answers have codes of their own there: LA33-6 became 1, LA32-8 became 0"]


def test_what_a_yes_and_a_no_count_there_is_named_where_it_is_not_one_and_nothing():
    options = [coding("LA33-6", "Yes", 2), coding("LA32-8", "No", 0)]
    assert "its answers count there: Yes 2, No 0; here yes counts 1 and no 0" in one(kind="choice", answerOption=options)[1]  # fmt: skip
    plain = [coding("LA33-6", "Yes", 1), coding("LA32-8", "No", 0)]
    assert not any("count" in loss for loss in one(kind="choice", answerOption=plain)[1])


def test_yes_and_no_may_be_said_in_braces_or_not_at_all():
    item, _losses = one(kind="choice", answerOption=[coding("Y", "{Ja}"), coding("N", "<b></b>")])
    assert [each.label for each in item.options] == ["(Ja)", "N"]


def test_an_answer_with_neither_code_nor_words_is_left_out_by_name():
    blank = {"valueCoding": {"system": "here"}}
    item, losses = one(kind="choice", answerOption=[*TWO, blank, {"valueString": " "}])
    assert [each.label for each in item.options] == ["One", "Two"]
    assert "has an answer with neither code nor words; left out" in losses


def test_answers_may_lie_in_a_value_set_of_the_file():
    concept = [{"code": "1", "display": "Low"}, {"code": "2", "display": "High"}]
    composed = {"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"concept": concept}]}}  # fmt: skip
    expanded = {"resourceType": "ValueSet", "id": "w", "expansion": {"contains": concept}}
    form = read(
        asked("x", "choice", answerValueSet="#v"),
        asked("y", "choice", answerValueSet="#w"),
        asked("z", "choice", answerValueSet="http://loinc.org/vs/LL1"),
        contained=[composed, expanded],
    )
    assert [[each.label for each in item.options] for item in form.items] == [
        ["Low", "High"],
        ["Low", "High"],
        [],
    ]
    assert form.items[2].kind == "text"
    told = (
        "takes its answers from http://loinc.org/vs/LL1, which is not in the file; it became text"
    )
    assert told in [loss.what for loss in form.losses if loss.where == "z"]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"kind": "open-choice", "answerOption": HOW}, "lets people answer in their own words too; here only the given answers"),
        ({"kind": "choice", "answerOption": TWO}, "its answers count nothing there; as codes they are 1 One, 2 Two"),
        ({"kind": "choice", "answerOption": [coding("a", "One")]}, "has one answer only (One); it became yes (1) or no (0)"),
        ({"kind": "choice", "answerOption": [coding("a", "One"), coding("b", "One")]}, "has the label 'One' twice; its code was put behind the second"),
        ({"kind": "choice", "answerOption": [*TWO, {"valueReference": {}}]}, "has an answer of a kind that no form here offers; left out"),
        ({"kind": "choice", "answerOption": [{**TWO[0], "initialSelected": True}, TWO[1]]}, "its answers' 'initialSelected' is not kept"),
        ({"kind": "choice", "answerOption": [{"valueCoding": {**TWO[0]["valueCoding"], "designation": []}}, TWO[1]]}, "its answers' 'designation' is not kept"),
        ({"kind": "decimal", "extension": [extension("questionnaire-unit", valueCoding={"code": "{score}"})]}, "its unit '{score}' is not kept"),
        ({"kind": "decimal", "extension": [extension("maxValue", valueDecimal=1e12)]}, "its limit 1000000000000.0 is not kept: no number here is as large, or it is none"),
        ({"kind": "integer", "extension": [extension("questionnaire-sliderStepValue", valueInteger=5)]}, "its steps of 5 are not kept"),
        ({"kind": "date", "extension": [extension("minValue", valueDate="2020-01-01")]}, "its 'minValue' is not kept: " + json.dumps(extension("minValue", valueDate="2020-01-01"))),
        ({"kind": "choice", "answerOption": [{"valueCoding": {"code": "a"}}, TWO[1]]}, "has no label for code a; the code stands for it"),
        ({"kind": "dateTime"}, "is a dateTime there; here it is text, unchecked"),
        ({"kind": "quantity"}, "is an amount with a unit to choose there; here it is a number"),
        ({"maxLength": 20}, "ends at 20 characters there; here more may be written"),
        ({"required": True}, "must be answered there; here any question can be left empty"),
        ({"repeats": True}, "may be answered several times there; here once"),
        ({"initial": [{"valueString": "x"}]}, "has an answer filled in beforehand there; here nothing is"),
        ({"definition": "http://x"}, "its definition is not kept: http://x"),
        ({"code": [{"system": "s", "code": "c"}]}, "its code is not kept: c (s)"),
        ({"text": "<b>x</b>"}, "lost its formatting"),
        ({"text": "{x}"}, "had braces, which became parentheses"),
        ({"text": ""}, "has no text; its name stands for it"),
        ({"extension": [extension("unusual", valueString="v")]}, "its 'unusual' is not kept: " + json.dumps(extension("unusual", valueString="v"))),
    ],
)  # fmt: skip
def test_what_does_not_come_along_is_named(item: dict[str, Any], told: str):
    _, losses = one(**item)
    assert told in losses


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (asked("x", "attachment"), "is of type 'attachment', which no form here asks; left out"),
        (asked("x", readOnly=True), "cannot be answered there (readOnly); left out"),
        (asked("x", "choice"), "offers no answers; left out"),
        (asked("x", extension=[extension("questionnaire-hidden", valueBoolean=True)]), "is hidden from respondents there; left out"),
    ],
)  # fmt: skip
def test_what_no_form_can_ask_is_left_out_by_name(item: dict[str, Any], told: str):
    form = read(item, asked("other"))
    assert [each.known_as for each in form.items] == ["other"]
    assert told in [loss.what for loss in form.losses]


def test_a_hidden_group_hides_what_lies_in_it():
    hidden = extension("questionnaire-hidden", valueBoolean=True)
    group = {**asked("g", "group", extension=[hidden]), "item": [asked("inside")]}
    form = read(group, asked("other"))
    assert [each.known_as for each in form.items] == ["other"]
    assert {loss.where for loss in form.losses} == {"g", "inside"}


def test_the_sentence_of_what_is_left_out_is_named_with_it():
    hidden = asked("h", "group", extension=[extension("questionnaire-hidden", valueBoolean=True)], item=[asked("inner")])  # fmt: skip
    form = read(hidden, asked("r", readOnly=True), asked("x"))
    lost = {(loss.where, loss.what) for loss in form.losses}
    for link in ("h", "inner", "r"):
        assert (link, f"with it goes its sentence: Question {link}?") in lost


def test_a_numbering_before_answers_is_named_unless_it_says_what_they_count():
    def numbered(prefix: str) -> list[str]:
        options = [coding("a", "One", 1), coding("b", "Two", 2)]
        options[0]["extension"].append(extension("questionnaire-optionPrefix", valueString=prefix))
        return [loss for loss in one(kind="choice", answerOption=options)[1] if "before" in loss]

    assert numbered("1") == []
    assert numbered("A.") == ["the 'A.' before an answer is not kept"]


def test_what_stands_at_the_head_is_kept_or_named():
    form = read(asked("x"), language="de", copyright="Somebody", status="draft", url="http://x")
    assert (form.language, form.rights, form.title) == ("de", "Somebody", "A form")
    assert [str(loss) for loss in form.losses] == [
        "the file: its status is not kept: draft",
        "the file: its url is not kept: http://x",
    ]


def test_what_a_value_set_says_by_a_rule_and_what_nobody_asks_for_is_named():
    concept = [{"code": "1", "display": "Low"}, {"code": "2", "display": "High"}]
    include = [{"concept": concept}, {"system": "http://loinc.org", "filter": []}]
    ruled = {"resourceType": "ValueSet", "id": "v", "compose": {"include": include}}
    spare = {"resourceType": "ValueSet", "id": "spare"}
    form = read(asked("x", "choice", answerValueSet="#v"), contained=[ruled, spare], name="form-1")
    assert {str(loss) for loss in form.losses} >= {
        "the file: its name is not kept: form-1",
        "the file: its value set spare, which no question offers, is not kept",
        "x: takes answers by a rule (filter, exclude); only those that stand there were read",
    }


def test_numbers_keep_limits_and_units_and_sliders_are_scales():
    limits = [extension("minValue", valueInteger=1), extension("maxValue", valueDecimal=9.5)]
    unit = extension("questionnaire-unit", valueCoding={"code": "kg", "display": "kg"})
    item, losses = one(kind="decimal", extension=[*limits, unit])
    assert (item.minimum, item.maximum, item.unit) == (1, 9.5, "kg")
    assert losses == []
    slider = extension("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "slider"}]})  # fmt: skip
    item, _ = one(kind="integer", extension=[*limits, slider])
    assert (item.kind, item.low, item.high) == ("scale", "1", "9.5")


def when(question: str, operator: str, **answer: Any) -> dict[str, Any]:
    return {"question": question, "operator": operator, **answer}


ABOVE = (
    asked("b", "boolean"),
    asked("c", "choice", answerOption=HOW),
    asked("m", "choice", answerOption=HOW, repeats=True),
    asked("n", "integer"),
    asked("d", "date"),
    asked("t"),
)


@pytest.mark.parametrize(
    ("tests", "behaviour", "text"),
    [
        ([when("b", "=", answerBoolean=True)], "all", "b = 1"),
        ([when("b", "!=", answerBoolean=True)], "all", "b is not answered or b != 1"),
        ([when("c", "=", answerCoding={"code": "LA2"})], "all", "c = 2"),
        ([when("m", "=", answerCoding={"code": "LA2"})], "all", "m includes 2"),
        ([when("n", ">", answerInteger=3), when("t", "exists", answerBoolean=True)], "all", "n > 3 and t is answered"),
        ([when("n", "<=", answerDecimal=3.5), when("t", "exists", answerBoolean=False)], "any", "n <= 3.5 or t is not answered"),
        ([when("d", ">=", answerDate="2027-03-01")], "all", "d >= 2027-03-01"),
        ([when("t", "=", answerString="yes")], "all", "t = 'yes'"),
    ],
)  # fmt: skip
def test_enable_when_becomes_show_if(tests: list[dict[str, Any]], behaviour: str, text: str):
    form = read(*ABOVE, asked("x", enableWhen=tests, enableBehavior=behaviour))
    assert form.items[-1].show_if == text
    assert not [loss for loss in form.losses if loss.where == "x"]


def test_a_group_hides_its_children_with_it():
    inner = asked("x", enableWhen=[when("n", ">", answerInteger=3)])
    group = {
        **asked("g", "group", enableWhen=[when("b", "=", answerBoolean=True)]),
        "item": [inner],
    }
    form = read(*ABOVE, group)
    assert [(each.id, each.show_if) for each in form.items[-2:]] == [
        ("g", "b = 1"),
        ("x", "b = 1 and n > 3"),
    ]


@pytest.mark.parametrize(
    ("test", "why"),
    [
        (when("z", "=", answerString="a"), "z is left out or stands below"),
        (when("nowhere", "=", answerString="a"), "nowhere is not in the file"),
        (when("t", "~", answerString="a"), "the operator '~' is unknown"),
        (when("n", "=", answerQuantity={"value": 3}), "it compares with answerQuantity"),
        (when("c", "=", answerCoding={"code": "LA9"}), "'LA9' is no answer of c"),
    ],
)
def test_what_enable_when_cannot_say_here_shows_more_and_is_named(test: dict[str, Any], why: str):
    both = [when("b", "=", answerBoolean=True), test]
    form = read(*ABOVE, asked("x", enableWhen=both), asked("z"))
    assert next(each for each in form.items if each.id == "x").show_if == "b = 1"
    told = f"shows more often than there: of its enableWhen this could not be said: {why}"
    assert told in [loss.what for loss in form.losses if loss.where == "x"]
    either = read(*ABOVE, asked("x", enableWhen=both, enableBehavior="any"), asked("z"))
    assert next(each for each in either.items if each.id == "x").show_if == ""


def variable(name: str, link: str) -> dict[str, Any]:
    formula = f"%resource.item.where(linkId = '{link}').answer.value.ordinal()"
    return extension("variable", valueExpression={"name": name, "expression": formula})


def calculated(formula: str, *variables: dict[str, Any]) -> dict[str, Any]:
    total = extension("sdc-questionnaire-calculatedExpression", valueExpression={"expression": formula})  # fmt: skip
    return asked("s", "decimal", extension=[*variables, total])


@pytest.mark.parametrize(
    ("formula", "tolerant"),
    [
        ("%a + %b", False),
        ("iif(%a.exists(), %a, 0) + iif(%b.exists(), %b, 0)", True),
        ("iif(%any, iif(%a.exists(), %a, 0) + iif(%b.exists(), %b, 0), {})", True),
    ],
)
def test_a_sum_of_weights_becomes_a_score(formula: str, tolerant: bool):
    asks = [asked(link, "choice", answerOption=HOW) for link in ("p", "q")]
    form = read(*asks, calculated(formula, variable("a", "p"), variable("b", "q")))
    (score,) = form.scores
    assert (score.method, score.items, score.tolerant) == ("sum", ("p", "q"), tolerant)


@pytest.mark.parametrize("formula", ["%a * %b", "%a", "%a + %a", "%a + %c", "iif(%a.exists(), %b, 0) + %b", ""])  # fmt: skip
def test_any_other_formula_is_named_and_left_out(formula: str):
    asks = [asked(link, "choice", answerOption=HOW) for link in ("p", "q")]
    form = read(*asks, calculated(formula, variable("a", "p"), variable("b", "q")))
    assert form.scores == ()
    assert any("became no score; left out" in loss.what for loss in form.losses)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{}", "no FHIR Questionnaire"),
        (b"[]", "no FHIR Questionnaire"),
        (b"{", "not the JSON"),
        (b'{"resourceType": "Questionnaire", "resourceType": "x"}', "twice"),
        (questionnaire(), "asks nothing"),
        (questionnaire(asked("x", "display")), "asks nothing"),
        (questionnaire(asked("x"), asked("x")), "same linkId: x"),
        (questionnaire(*(asked(str(at)) for at in range(2_001))), "2,000 is the most"),
        (b" " * (fhir.LARGEST + 1), "at most"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "deep"),
    ],
)
def test_what_is_no_questionnaire_is_refused(data: bytes, told: str):
    with pytest.raises(BadInputError, match=told):
        fhir.read(data)


@pytest.mark.parametrize("name", [[], {"a": 1}, [[1]], 7])
def test_a_name_of_any_shape_is_named_as_lost(name: object):
    form = read(asked("x"), name=name)
    assert any(loss.what.startswith("its name is not kept") for loss in form.losses)


def test_strange_shapes_inside_stumble_nothing():
    odd = {"linkId": "x", "type": "choice", "text": 7, "answerOption": "none", "enableWhen": {}, "code": 3, "extension": [1]}  # fmt: skip
    form = read(odd, asked("other"))
    assert [each.known_as for each in form.items] == ["other"]
