"""docs/protocols.md: every example in it is read as it says, and no key of the language is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from server.catalog.build import build
from server.catalog.load import check
from server.catalog.tree import read
from server.config import ROOT
from server.domain.protocol import (
    Allocation,
    AssessmentDefinition,
    Protocol,
    ReminderPlan,
    Repeat,
    VisitKind,
    When,
    parse_anchor,
    parse_moment,
    parse_rule,
)

PAGE = (ROOT / "docs" / "protocols.md").read_text(encoding="utf-8")
EXAMPLES: list[str] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WHOLE = EXAMPLES[0]


def table(head: str) -> list[str]:
    """Return what stands in the first column of the table under this head, each code by itself."""
    rows = PAGE.partition(f"| {head} |")[2].splitlines()[2:]
    cells = [row.split("|")[1] for row in rows[: rows.index("")] if row.startswith("|")]
    return [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


def with_assessment(lines: str) -> str:
    """Return the whole example with more said of a form that it asks."""
    indented = "".join(f"    {line}\n" for line in lines.splitlines() if not line.startswith("#"))
    form = (
        "  - id: more\n    instrument: who-5\n    label: More\n    anchor: enrolment\n"
        "    target: +2 weeks\n    window: [-1 day, +3 days]\n"
    )
    return WHOLE.replace("reminders:\n", f"{form}{indented}\nreminders:\n", 1)


def problems(text: str, tmp_path: Path) -> list[str]:
    folder = tmp_path / "schedules"
    folder.mkdir(exist_ok=True)
    (folder / "two-arms.yaml").write_text(text)
    return check(ROOT / "forms", folder).problems


def test_the_whole_example_is_sound(tmp_path: Path):
    assert problems(WHOLE, tmp_path) == []


@pytest.mark.parametrize("written", table("written | means"))
def test_each_anchor_reads_as_one(written: str):
    assert parse_anchor(written).text == written


@pytest.mark.parametrize("written", table("a moment | means"))
def test_each_moment_reads_as_one(written: str):
    parse_moment(written)  # raises where it is none


def test_each_reminder_reads_as_one():
    for written in re.findall(r"`plan` lists .*?\n\n", PAGE, re.DOTALL)[0].split("`")[3:8:2]:
        parse_rule(written)  # raises where it is none


def test_each_way_of_repeating_is_sound(tmp_path: Path):
    (repeats,) = (each for each in EXAMPLES if each.startswith("repeat:"))
    for line in repeats.splitlines():
        assert problems(with_assessment(line), tmp_path) == [], line


def test_the_example_of_conditions_names_all_there_are():
    (conditions,) = (each for each in EXAMPLES if each.startswith("when:"))
    tree = read(conditions.encode())
    assert set(tree.data["when"]) == set(When.model_fields)
    built = build(When, read(conditions.partition("\n")[2].replace("\n  ", "\n").strip().encode()))
    assert built is not None
    assert built.score is not None


@pytest.mark.parametrize(
    "model",
    [Protocol, Allocation, VisitKind, AssessmentDefinition, Repeat, When, ReminderPlan],
    ids=lambda model: model.__name__,
)
def test_no_key_of_the_language_is_missing(model: type[BaseModel]):
    for name, field in model.model_fields.items():
        key = str(field.validation_alias or name)
        assert re.search(rf"`[^`\n]*\b{key}\b|^ *(- )?{key}:|\b{key}: ", PAGE, re.MULTILINE), key


def test_the_table_of_designs_has_each_that_is_shipped():
    shipped = {path.stem for path in (ROOT / "schedules").glob("*.yaml")}
    assert set(table("id | after | known | assumed by us")) == shipped
