"""REDCap dictionaries into forms: what comes along, and each loss by its name."""

from __future__ import annotations

import csv
import io

import pytest

from server.domain.foreign import ForeignForm, ForeignItem
from server.errors import BadInputError
from server.inputs import redcap
from server.inputs.redcap import _API, _COLUMNS

SHORT = {"name": "field_name", "type": "field_type", "label": "field_label", "form": "form_name"}


def dictionary(*fields: dict[str, str], api: bool = False) -> bytes:
    """A dictionary of these fields after a record id; keys are the API's column names, or shorter."""
    columns = list(_API) if api else list(_COLUMNS)
    rows = []
    for field in ({"name": "record_id", "type": "text", "label": "Record"}, *fields):
        named = {"form_name": "one", "field_label": "A label"} | {
            SHORT.get(key, key): value for key, value in field.items()
        }
        rows.append(named if api else {_API[key]: value for key, value in named.items()})
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read(*fields: dict[str, str]) -> ForeignForm:
    return redcap.read(dictionary(*fields))


def one(**field: str) -> tuple[ForeignItem, list[str]]:
    """The item that one field becomes, and what got lost of it."""
    form = read({"name": "x", **field}, {"name": "other", "type": "yesno"})
    item = next(each for each in form.items if each.known_as == "x")
    return item, [loss.what for loss in form.losses if loss.where == "x"]


VALIDATION = "text_validation_type_or_show_slider_number"
CHOICES = "select_choices_or_calculations"


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"type": "text"}, "text"),
        ({"type": "notes"}, "text"),
        ({"type": "text", VALIDATION: "integer"}, "number"),
        ({"type": "text", VALIDATION: "number_2dp"}, "number"),
        ({"type": "text", VALIDATION: "date_ymd"}, "date"),
        ({"type": "radio", CHOICES: "1, a | 2, b"}, "choice"),
        ({"type": "dropdown", CHOICES: "1, a | 2, b"}, "choice"),
        ({"type": "checkbox", CHOICES: "1, a | 2, b"}, "multi-choice"),
        ({"type": "yesno"}, "yes-no"),
        ({"type": "descriptive"}, "information"),
        ({"type": "slider", CHOICES: "no | yes"}, "scale"),
    ],
)
def test_each_type_of_field_becomes_a_kind_of_item_without_loss(field: dict[str, str], kind: str):
    item, losses = one(**field)
    assert item.kind == kind
    assert losses == []


def test_limits_and_steps_of_numbers_come_along():
    item, _ = one(
        type="text",
        text_validation_type_or_show_slider_number="integer",
        text_validation_min="35",
        text_validation_max="200",
    )
    assert (item.minimum, item.maximum, item.step) == (35, 200, 1)
    item, _ = one(type="text", text_validation_type_or_show_slider_number="number_2dp")
    assert item.step == pytest.approx(0.01)


def test_codes_and_labels_come_along_and_labels_may_hold_commas():
    item, _ = one(type="radio", select_choices_or_calculations="0, No | -1, Yes, often | 777, Else")
    assert [(each.code, each.label) for each in item.options] == [
        (0, "No"),
        (-1, "Yes, often"),
        (777, "Else"),
    ]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"type": "radio", CHOICES: "M, Male | F, Female"}, "its codes are no whole numbers; M became 1, F became 2"),
        ({"type": "radio", CHOICES: "1, a | 1, b | 2, c"}, "has the code 1 twice; the second, 'b', is left out"),
        ({"type": "radio", CHOICES: "1, a | 2, a"}, "has the label 'a' twice; its code was put behind the second"),
        ({"type": "radio", CHOICES: "1, a | 2"}, "has no label for code 2; the code stands for it"),
        ({"type": "checkbox", CHOICES: "999, Don't know"}, "has one answer only (999, Don't know); it became yes (1) or no (0)"),
        ({"type": "truefalse"}, "says true and false there; here it says yes and no"),
        ({"type": "slider", CHOICES: "no | so so | yes"}, "its middle label 'so so' is not kept"),
        ({"type": "slider"}, "has no words for its ends; numbers stand for them"),
        ({"type": "text", VALIDATION: "email"}, "is checked to be 'email' there; here it is text, unchecked"),
        ({"type": "text", VALIDATION: "datetime_mdy"}, "is checked to be 'datetime_mdy' there; here it is text, unchecked"),
        ({"type": "text", VALIDATION: "date_mdy"}, "is typed in the order mdy there; here in the phone's own"),
        ({"type": "text", VALIDATION: "date_ymd", "text_validation_max": "today"}, "its limit today is not kept: days have none here"),
        ({"type": "text", VALIDATION: "number", "text_validation_max": "[y]"}, "its limit [y] is not kept: only numbers are limits here"),
        ({"type": "text", VALIDATION: "number", "text_validation_min": "9", "text_validation_max": "3"}, "its limits 9 and 3 leave nothing between them; not kept"),
        ({"type": "text", CHOICES: "BIOPORTAL:ICD10"}, "its choices are not kept: BIOPORTAL:ICD10"),
        ({"type": "notes", VALIDATION: "number"}, "its check 'number' is not kept"),
        ({"type": "text", "required_field": "y"}, "must be answered there; here any question can be left empty"),
        ({"type": "text", "identifier": "y"}, "is marked as identifying there; a name or address belongs in the contact data"),
        ({"type": "text", "custom_alignment": "RH"}, "its layout (RH) is not kept"),
        ({"type": "text", "question_number": "3b"}, "its question number 3b is not kept"),
        ({"type": "text", "matrix_group_name": "m"}, "stands in a matrix there; here each question stands by itself"),
        ({"type": "text", "matrix_ranking": "y"}, "lets nobody choose the same column twice there; here nothing prevents it"),
        ({"type": "text", "field_annotation": "@CHARLIMIT=3"}, "its annotation is not kept: @CHARLIMIT=3"),
        ({"type": "text", "label": "<b>Bold</b>"}, "lost its formatting"),
        ({"type": "text", "label": "Since [day]?"}, "fills in another answer there (piping); its name stands in the text now"),
        ({"type": "text", "label": "Here: {field_x}"}, "shows another field inside its text there; its name stands in the text now"),
        ({"type": "text", "label": "A } brace"}, "had braces, which became parentheses"),
        ({"type": "text", "label": ""}, "has no text; its name stands for it"),
        ({"type": "text", "branching_logic": "[event-name] = 'a'"}, "always shows: of its condition \"[event-name] = 'a'\" this could not be said: [event-name] is of another event, or REDCap's own"),
        ({"type": "text", "branching_logic": "[other] = '1'"}, "always shows: of its condition \"[other] = '1'\" this could not be said: other stands below"),
        ({"type": "text", "branching_logic": "[x] = ''"}, "always shows: of its condition \"[x] = ''\" this could not be said: x is this very field"),
        ({"type": "text", "section_header": "Part", "branching_logic": "[nothing] = 1"}, "its section's heading hides with it there; here the heading always shows"),
    ],
)  # fmt: skip
def test_what_does_not_come_along_is_named(field: dict[str, str], told: str):
    _, losses = one(**field)
    assert told in losses


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"type": "file"}, "asks for a file or a signature; left out"),
        ({"type": "sql", CHOICES: "SELECT 1"}, "takes its choices from a database query; left out"),
        ({"type": "hologram"}, "is of the unknown type 'hologram'; left out"),
        ({"type": "radio"}, "offers no answers; left out"),
        ({"type": "text", "field_annotation": " @HIDDEN"}, "is hidden from respondents by an action tag; left out"),
        ({"type": "calc", CHOICES: "round([a]/2, 1)"}, "calculates 'round([a]/2, 1)', which became no score (a is no question above it); left out"),
    ],
)  # fmt: skip
def test_what_no_form_can_ask_is_left_out_by_name(field: dict[str, str], told: str):
    form = read({"name": "x", **field}, {"name": "other", "type": "yesno"})
    assert [each.known_as for each in form.items] == ["other"]
    assert told in [loss.what for loss in form.losses if loss.where == "x"]


def test_what_lay_in_a_field_that_is_left_out_is_named_too():
    form = read(
        {"name": "x", "type": "sql", CHOICES: "SELECT 1", "branching_logic": "[a] = 1"},
        {"name": "other", "type": "yesno"},
    )
    told = [loss.what for loss in form.losses if loss.where == "x"]
    assert "with it goes what it offered or calculated: SELECT 1" in told
    assert "with it goes its sentence: A label" in told
    assert "with it goes its condition: [a] = 1" in told


def test_sections_stand_before_their_first_field():
    form = read({"name": "x", "type": "text", "section_header": "<h2>Part one</h2>"})
    assert [(each.kind, each.text) for each in form.items] == [
        ("section", "Part one"),
        ("text", "A label"),
    ]


def test_branching_looks_at_what_became_of_the_codes():
    form = read(
        {"name": "sex", "type": "radio", CHOICES: "M, Male | F, Female"},
        {"name": "born", "type": "yesno", "branching_logic": "[sex] = 'F'"},
        {"name": "dk", "type": "checkbox", CHOICES: "999, Unknown"},
        {"name": "age", "type": "text", "branching_logic": "[dk(999)] = '0' and [born] <> ''"},
    )
    conditions = {each.id: each.show_if for each in form.items}
    assert conditions["born"] == "sex = 2"
    assert conditions["age"] == "(dk is not answered or dk != 1) and born is answered"


def test_sums_and_means_of_questions_become_scores():
    asked = [{"name": name, "type": "radio", CHOICES: "0, a | 3, b"} for name in ("q1", "q2")]
    form = read(
        *asked,
        {"name": "total", "type": "calc", "label": "Total", CHOICES: "[q1] + [q2]"},
        {"name": "mean", "type": "calc", CHOICES: "mean([q1],[q2])"},
        {"name": "odd", "type": "calc", CHOICES: "[q1] * 2"},
    )
    assert [(each.id, each.method, each.items, each.tolerant) for each in form.scores] == [
        ("total", "sum", ("q1", "q2"), False),
        ("mean", "mean", ("q1", "q2"), True),
    ]
    assert "calculates '[q1] * 2', which became no score; left out" in [
        loss.what for loss in form.losses
    ]


def test_one_form_of_several_can_be_taken_and_all_together_are_told():
    fields = [{"name": "a", "type": "text", "form": "first"}, {"name": "b", "type": "yesno", "form": "second"}]  # fmt: skip
    data = dictionary(*fields)
    alone = redcap.read(data, "second")
    assert [each.id for each in alone.items] == ["b"]
    together = redcap.read(data)
    assert any("holds 3 forms, which became one" in loss.what for loss in together.losses)
    with pytest.raises(
        BadInputError, match="there is no form 'third'; there is one, first, second"
    ):
        redcap.read(data, "third")


def test_the_column_names_of_the_api_are_read_alike():
    field = {"name": "x", "type": "radio", CHOICES: "1, a | 2, b"}
    assert redcap.read(dictionary(field, api=True)).items == redcap.read(dictionary(field)).items


def test_a_field_named_like_a_word_of_the_language_gets_another_id():
    form = read({"name": "answered", "type": "yesno"}, {"name": "x", "type": "text", "branching_logic": "[answered] = '1'"})  # fmt: skip
    assert [(each.id, each.show_if) for each in form.items] == [
        ("q_answered", ""),
        ("x", "q_answered = 1"),
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the table is empty"),
        (b"a,b\n1,2\n", "no REDCap dictionary"),
        (dictionary(), "asks nothing"),
        (dictionary({"name": "x", "type": "descriptive"}), "asks nothing"),
        (dictionary({"name": "x", "type": "text"}, {"name": "x", "type": "text"}), "same name"),
    ],
)
def test_what_is_no_dictionary_is_refused(data: bytes, told: str):
    with pytest.raises(BadInputError, match=told):
        redcap.read(data)
