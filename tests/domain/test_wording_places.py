"""What a wording has to say, and sentences from elsewhere finding their places."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.catalog.catalog import Catalog
from server.domain import foreign
from server.domain.foreign import ForeignForm, ForeignItem, ForeignOption, Loss
from server.domain.matching import Match, match
from server.domain.wording_places import Place, assembled, missing, places, told_by
from tests.domain.synthetic import instrument_of_every_kind, wording_of_every_kind

EVERY = instrument_of_every_kind()
OFTEN = ((5, "Always"), (4, "Mostly"), (3, "Often"), (2, "Sometimes"), (1, "Rarely"), (0, "Never"))


def form(*items: ForeignItem, title: str = "") -> ForeignForm:
    return ForeignForm(title=title, items=items)


def who5(names: str, options: tuple[tuple[int, str], ...] = OFTEN) -> ForeignForm:
    offered = tuple(ForeignOption(code, str(code), label) for code, label in options)
    return form(
        *(ForeignItem(name, name, "choice", f"Sentence {name}", options=offered) for name in names)
    )


def test_a_wording_says_each_place_and_comes_back_the_same():
    wording = wording_of_every_kind()
    told = told_by(wording)
    assert missing(EVERY, told) == []
    again = assembled(EVERY, told)
    assert again["items"]["calm"] == {
        "text": "How calm are you?",
        "low": "not calm",
        "high": "very calm",
    }
    assert again["options"]["how"] == {"3": "good", "2": "middling", "1": "bad"}
    assert again["title"] == "One of every kind"


def test_titles_texts_ends_and_labels_must_be_said_and_hints_need_not():
    needed = {str(place) for place, must in places(EVERY) if must}
    assert {"title", "item mood", "low calm", "high calm", "option how 3"} <= needed
    assert needed.isdisjoint({"introduction", "hint mood", "unit weight", "option yes-no 1"})


def test_items_match_by_id_when_all_are_there(catalog: Catalog):
    names = ("who01", "who02", "who03", "who04", "who05")
    offered = tuple(ForeignOption(code, str(code), label) for code, label in OFTEN)
    items = [ForeignItem(name, name, "choice", name.upper(), options=offered) for name in names]
    found = match(catalog.instrument("who-5"), form(*reversed(items)))
    assert found.problems == []
    assert found.told[Place("item", "who02")] == "WHO02"
    assert found.told[Place("option", "how_often", "5")] == "Always"


def test_items_match_by_order_when_as_many_are_asked(catalog: Catalog):
    found = match(catalog.instrument("who-5"), who5("abcde"))
    assert [(row.item, row.known_as) for row in found.rows][:2] == [("who01", "a"), ("who02", "b")]
    assert found.problems == []


def test_a_name_in_place_of_words_is_no_sentence_and_what_changed_in_one_is_shown(
    catalog: Catalog,
):
    losses = (
        Loss("b", foreign.NO_TEXT),
        Loss("c", foreign.NO_LABEL.format(code=3)),
        Loss("d", foreign.FORMATTED),
        Loss("d", "must be answered there; here any question can be left empty"),
    )
    found = match(catalog.instrument("who-5"), replace(who5("abcde"), losses=losses))
    assert found.problems == [
        "item who02: b: has no text; its name stands for it",
        "item who03: c: has no label for code 3; the code stands for it",
    ]
    assert [row for row in found.rows if row.note] == [Match("who04", "d", "lost its formatting")]


def test_the_order_says_nothing_when_the_numbers_differ(catalog: Catalog):
    found = match(catalog.instrument("who-5"), who5("abcdef"))
    assert found.problems == [
        (
            "who-5 has 5 questions, the file has 6: the order says nothing; match by id, or give a map. "
            "The file has a, b, c, d, e, f"
        )
    ]


def test_a_map_wins_and_what_it_leaves_out_is_told(catalog: Catalog):
    names = {f"who0{at}": name for at, name in enumerate("bcdef", start=1)}
    found = match(catalog.instrument("who-5"), who5("abcdef"), names=names)
    assert found.problems == []
    assert found.told[Place("item", "who01")] == "Sentence b"
    assert found.unused == ["a"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"who09": "a"}, "the map names 'who09', which who-5 does not have"),
        (
            {"who01": "z"},
            "the map names 'z', which the file does not have; it has a, b, c, d, e",
        ),
        ({"who01": "a", "who02": "a"}, "the map gives 'a' to both who01 and who02"),
    ],
)
def test_a_map_that_names_what_is_not_there_is_refused(
    catalog: Catalog, names: dict[str, str], told: str
):
    assert told in match(catalog.instrument("who-5"), who5("abcde"), names=names).problems


def test_asking_for_ids_that_are_not_there_tells_each(catalog: Catalog):
    found = match(catalog.instrument("who-5"), who5("abcde"), how="id")
    assert found.problems[0] == "item who01: the file has none of that name"
    assert len(found.problems) == 5


def test_other_codes_match_by_order_and_that_is_shown(catalog: Catalog):
    letters = tuple(
        ForeignOption(at, name, label)
        for at, (name, (_code, label)) in enumerate(zip("ABCDEF", OFTEN, strict=True), start=1)
    )
    items = [ForeignItem(name, name, "choice", name, options=letters) for name in "abcde"]
    found = match(catalog.instrument("who-5"), form(*items))
    assert found.told[Place("option", "how_often", "5")] == "Always"
    assert any("answers matched by order: 5 is 'Always'" in row.note for row in found.rows)


def test_too_few_answers_are_refused(catalog: Catalog):
    found = match(catalog.instrument("who-5"), who5("abcde", OFTEN[:4]))
    assert "item who01 offers 5, 4, 3, 2, 1, 0, a offers 5, 4, 3, 2" in found.problems


def test_items_that_share_a_set_must_agree_about_its_labels(catalog: Catalog):
    good = who5("abcde")
    other = tuple(ForeignOption(code, str(code), f"{label}!") for code, label in OFTEN)
    items = (*good.items[:4], ForeignItem("e", "e", "choice", "E", options=other))
    found = match(catalog.instrument("who-5"), form(*items))
    assert any("code 5 is 'Always!', but 'Always' at who01" in each for each in found.problems)


def test_blanks_for_a_name_become_the_slot_only_where_somebody_is_rated(catalog: Catalog):
    often = tuple(ForeignOption(code, str(code), f"label {code}") for code in (1, 2, 3, 4, 5))
    wai = catalog.instrument("wai-sr")
    items = [
        ForeignItem(f"w{at}", f"w{at}", "choice", f"_____ and I, {at}", options=often)
        for at in range(len(wai.questions))
    ]
    assert match(wai, form(*items)).told[Place("item", "wai01")] == "{about} and I, 0"
    who = match(catalog.instrument("who-5"), form(*(items[:5])))
    assert who.told[Place("item", "who01")] == "_____ and I, 0"
