"""`show_if` in definition files: what it may look at, and the line and remedy when it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.catalog import condition_checks
from server.catalog.build import build
from server.catalog.load import check
from server.catalog.tree import read
from server.config import ROOT
from server.domain.instrument import Instrument
from tests.domain.synthetic import STRUCTURE, instrument_of_every_kind, write_every_kind

DATE = "- {id: since, kind: date"


def problems(folder: Path, old: str, new: str) -> list[str]:
    """What the check tells when one thing of the form of every kind is written differently."""
    path = write_every_kind(folder / "forms")
    (folder / "schedules").mkdir()
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return check(folder / "forms", folder / "schedules").problems


def on_last(show_if: str) -> str:
    return f'{DATE}, show_if: "{show_if}"'


@pytest.mark.parametrize(
    "show_if",
    [
        "mood = 3",
        "mood >= 2 and drove = 1",
        "helped includes 2 or helped is not answered",
        "weight > 80.5",
        "calm < weight",
        "words is answered",
        "words != 'none'",
        "not (mood = 1 or drove = 0)",
    ],
)
def test_a_condition_may_look_at_every_kind_of_question_above(tmp_path: Path, show_if: str):
    assert problems(tmp_path, DATE, on_last(show_if)) == []


def test_dates_compare_with_dates_and_sections_may_hide(tmp_path: Path):
    later = f"{DATE}}}\n  - {{id: until, kind: date, show_if: since <= 2027-03-01}}"
    more = "\n  - {id: over, kind: section, show_if: until > since}"
    told = problems(tmp_path, DATE + "}", later + more)
    assert [each.partition(": ")[2] for each in told] == [
        "'until' has no sentence; add it",
        "'over' has no sentence; add it",
    ]


@pytest.mark.parametrize(
    ("show_if", "remedy"),
    [
        ("mod = 3", "there is no 'mod'; did you mean 'mood'?"),
        ("since = 2027-01-01", "'since' cannot hang on its own answer; name an item above it"),
        ("hello is answered", "'hello' is of kind 'information' and has no answer; name a question"),
        ("mood = 4", "4 is no answer of 'mood'; it offers 3, 2, 1"),
        ("drove != 2", "2 is no answer of 'drove'; it offers 1, 0"),
        ("helped includes 9", "9 is no answer of 'helped'; it offers 1, 2, 3"),
        ("helped = 2", "'helped' may have several answers; write `helped includes 1`"),
        ("mood includes 2", "'mood' has one answer at most; write `mood = 2`"),
        ("mood = '3'", "compares 'mood' (a number) with '3' (a text), which never holds; write numbers and dates without quotes"),
        ("words = 3", "compares 'words' (a text) with 3 (a number), which never holds; compare like with like"),
        ("mood = words", "compares 'mood' (a number) with 'words' (a text), which never holds; compare like with like"),
        ("words < 'b'", "'words' is a text, which is neither more nor less; write = or !="),
        ("words = ''", "no answer is an empty text; write `words is not answered`"),
        ("words != ' '", "no answer is an empty text; write `words is answered`"),
        ("1 = 1", "compares nothing that anybody answered; name an item"),
        ("mood == 3", "expected an item, a number, a date or a text, found '=' (at character 7)"),
        ("", "expected an item, a number, a date, a text, `not` or `(`, found the end (at character 1)"),
    ],
)  # fmt: skip
def test_a_condition_that_could_never_be_meant_is_told_with_its_line(
    tmp_path: Path, show_if: str, remedy: str
):
    line = STRUCTURE.decode().splitlines().index(f"  {DATE}}}") + 1
    expected = f"forms/every-kind/1.0.0.yaml:{line} items[8].show_if: {remedy}"
    assert problems(tmp_path, DATE, on_last(show_if)) == [expected]


def test_only_items_above_decide(tmp_path: Path):
    told = problems(
        tmp_path, "id: mood, kind: choice", "id: mood, show_if: drove = 1, kind: choice"
    )
    remedy = "'drove' stands below; only items above decide, so move it up"
    assert [each.partition(": ")[2] for each in told] == [remedy]


def test_a_list_is_no_condition(tmp_path: Path):
    (told,) = problems(tmp_path, DATE, f"{DATE}, show_if: [mood = 3]")
    assert told.endswith("items[8].show_if: must be text, `mood >= 3`; it is a list")


def test_an_item_named_like_a_word_of_the_language_could_not_be_looked_at(tmp_path: Path):
    told = problems(tmp_path, "id: since", "id: answered")
    assert any("'answered' is a word of show_if; choose another id" in each for each in told)


def test_an_instrument_knows_whether_it_branches():
    assert not instrument_of_every_kind().branches
    assert read_back(STRUCTURE.replace(b"id: since,", b"id: since, show_if: mood = 3,")).branches


def test_the_example_in_the_documentation_is_one(tmp_path: Path):
    page = (ROOT / "docs" / "show-if.md").read_text(encoding="utf-8")
    items = page.partition("```yaml\n")[2].partition("```")[0]
    options = "options: {how_well: {values: [0, 1, 2]}, medicines: {values: [1, 2, 3]}}\n"
    head = STRUCTURE.decode().partition("options:")[0]
    licence = "licence: {status: own, holder: us}\n"
    assert (
        list(condition_checks.problems(read_back(f"{head}{options}{items}{licence}".encode())))
        == []
    )


def read_back(content: bytes) -> Instrument:
    built = build(Instrument, read(content))
    assert built is not None
    return built
