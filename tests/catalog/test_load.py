"""The catalogue: one edit to the shipped files at a time, and the line that tells what is wrong.

A mistake is made beside what its file refers to, not beside the whole shelf, which is looked at once.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from server.actions.check_definitions import check_definitions
from server.catalog.load import check, load
from server.config import ROOT
from server.errors import DefinitionError, NotFoundError
from tests.catalog.every_word import write_every_word
from tests.catalog.mistakes import CORE, EDITS, IES, WAI, WHO, WHO_EN
from tests.domain.synthetic import write_every_kind

Edit = Callable[[str, str, str], list[str]]


# What the two schedules ask for.
_ASKED = ("followup-open", "ies-r", "phq-9", "wai-sr", "who-5")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Some of what we ship, a form with one item of every kind, a schedule with every word."""
    (tmp_path / CORE).parent.mkdir(parents=True)
    for name in _ASKED:
        copy_form(name, tmp_path)
    shutil.copy(ROOT / CORE, tmp_path / CORE)
    write_every_kind(tmp_path / "forms")
    write_every_word(tmp_path / "schedules")
    return tmp_path


def copy_form(name: str, root: Path) -> None:
    shutil.copytree(ROOT / "forms" / name, root / "forms" / name)


@pytest.fixture
def around(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Only what a case's file lies among: its own form, or all that a schedule may ask for."""
    kind, name, *_ = request.getfixturevalue("case")[0].split("/")
    if kind == "schedules":
        return Path(request.getfixturevalue("root"))
    (tmp_path / "schedules").mkdir()
    if name == "every-kind":
        write_every_kind(tmp_path / "forms")
    else:
        copy_form(name, tmp_path)
    return tmp_path


def problems(root: Path) -> list[str]:
    return check(root / "forms", root / "schedules").problems


def edited(root: Path, file: str, old: str, new: str) -> list[str]:
    path = root / file
    text = path.read_text()
    assert old in text, f"{file} no longer has {old!r}: mend this test"
    path.write_text(text.replace(old, new, 1))
    return problems(root)


@pytest.fixture
def edit(root: Path) -> Edit:
    return partial(edited, root)


def test_what_we_ship_has_no_problem_and_the_summary_counts_it(root: Path):
    report = check_definitions(ROOT / "forms", ROOT / "schedules")
    assert report.problems == []
    assert "form      wai-sr 1.0.0: en 1.0.0 (placeholder)" in report.summary
    assert report.summary.endswith("0 problems")
    assert problems(root) == []  # so what is told below is told of the mistake alone


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


@pytest.mark.parametrize("case", EDITS, ids=lambda case: f"{case[3]}: {case[4]}")
def test_each_mistake_is_told_with_file_line_path_and_remedy(around: Path, case: tuple[str, ...]):
    file, old, new, path, words, *elsewhere = case
    position = (around / file).read_text().index(old)
    told = edited(around, file, old, new)
    text = (around / file).read_text()
    line = line_of(text, text.index(elsewhere[0]) if elsewhere else position)
    begin = f"{file}:{line} {path}: "
    assert any(each.startswith(begin) and words in each for each in told), "\n".join(told)


def test_all_mistakes_are_told_at_once_across_files(edit: Edit):
    edit(WAI, "minutes: 4", "minutes: four")
    edit(WAI, "short_title: WAI-SR", "short_titel: WAI-SR")
    edit(WHO, "maximum: 25", "maximum: 24")
    told = edit(CORE, "anchor: every dosing", "anchor: every dose")
    files = [each.partition(":")[0] for each in told]
    assert files.count(WAI) == 3
    assert files.count(WHO) == 2  # the score, and the one built on it
    assert files.count(CORE) == 1


def test_a_broken_instrument_is_not_blamed_on_what_refers_to_it(edit: Edit):
    told = edit(WAI, "minutes: 4", "minutes: four")
    assert [each.partition(" ")[0] for each in told] == [f"{WAI}:10"]


def test_load_raises_with_everything_and_applies_nothing(edit: Edit, root: Path):
    edit(WAI, "minutes: 4", "minutes: four")
    told = edit(WHO, "maximum: 25", "maximum: 24")
    with pytest.raises(DefinitionError) as caught:
        load(root / "forms", root / "schedules")
    assert caught.value.problems == told
    assert len(told) == 3
    assert str(caught.value) == "\n".join(told)


def test_every_problem_has_the_same_shape(root: Path):
    (root / WAI).write_text("a: [")
    (root / WHO_EN).unlink()
    (root / IES).write_bytes(b"\xff")
    (root / CORE).write_text("- not\n- a mapping\n")
    (root / "forms" / "loose.yaml").write_text("id: loose")
    (root / "forms" / "wai-sr" / "2.0.0.yml").write_text("id: wai-sr")
    (root / "schedules" / "a" / "b").mkdir(parents=True)
    (root / "schedules" / "a" / "b" / "c.yaml").write_text("id: c")
    told = problems(root)
    assert len(told) >= 7
    for each in told:
        assert re.match(r"(forms|schedules)/[\w./-]+:\d+ \S", each), each
    assert any("wording/en.yaml" in each for each in told)
    assert any(each.startswith("forms/wai-sr/2.0.0.yml:1 is read by nobody") for each in told)


def test_a_missing_folder_is_a_problem_not_an_empty_catalogue(tmp_path: Path):
    told = problems(tmp_path)
    assert len(told) == 2
    assert "there is no such folder" in told[0]


def test_notes_and_editors_leftovers_are_no_definitions(root: Path):
    (root / "forms" / "README.md").write_text("notes")
    (root / "forms" / "wai-sr" / ".1.0.0.yaml.swp.yaml").write_text("x: [")
    assert problems(root) == []


def test_the_newest_version_comes_when_none_is_named(edit: Edit, root: Path):
    for version in ("1.9.0", "1.10.0"):
        text = (root / WHO).read_text().replace("version: 1.0.0", f"version: {version}")
        (root / "forms" / "who-5" / f"{version}.yaml").write_text(text)
    catalog = load(root / "forms", root / "schedules")
    assert catalog.instrument("who-5").version == "1.10.0"
    assert catalog.instrument("who-5", "1.0.0").version == "1.0.0"
    with pytest.raises(
        NotFoundError, match=r"no version 3.0.0 of instrument 'who-5'; there is 1.0.0, 1.9.0"
    ):
        catalog.instrument("who-5", "3.0.0")
    with pytest.raises(NotFoundError, match="no instrument 'who-6'"):
        catalog.instrument("who-6")
    with pytest.raises(NotFoundError, match="no protocol 'x'"):
        catalog.protocol("x")


def test_a_protocol_may_keep_its_older_versions_in_a_folder(root: Path):
    folder = root / "schedules" / "alliance-core"
    text = (root / CORE).read_text()
    (folder / "0.9.0.yaml").write_text(text.replace("version: 1.0.0", "version: 0.9.0"))
    catalog = load(root / "forms", root / "schedules")
    assert catalog.protocol("alliance-core").version == "1.0.0"
    assert catalog.protocol("alliance-core", "0.9.0").version == "0.9.0"
    (folder.parent / "alliance-core.yaml").write_text(text)
    assert "the same version stands in" in " ".join(problems(root))


def test_languages_fall_back_to_the_nearest_and_then_to_english(root: Path):
    text = (root / WHO_EN).read_text()
    for language in ("pt", "de"):
        written = text.replace("language: en", f"language: {language}")
        (root / "forms" / "who-5" / "wording" / f"{language}.yaml").write_text(written)
    catalog = load(root / "forms", root / "schedules")
    assert catalog.wording("who-5", "pt-BR").language == "pt"
    assert catalog.wording("who-5", "de").language == "de"
    assert catalog.wording("who-5", "fr").language == "en"
    assert catalog.languages("who-5") == ("de", "en", "es", "pt")
    with pytest.raises(NotFoundError):
        catalog.wording("nothing", "en")
    with pytest.raises(NotFoundError):
        catalog.wording("who-5", "de", "9.0.0")


_WEIGHED = """\
import time
now = time.process_time
before = now()
import flask, weasyprint
imports = now() - before
from server.catalog.load import check, load
from server.config import ROOT
for what in (load, check):
    before = now()
    what(ROOT / "forms", ROOT / "schedules")
    print(imports / (now() - before))
"""


def test_loading_everything_costs_a_tenth_of_what_every_start_costs_and_reading_it_anew_a_third():
    load(ROOT / "forms", ROOT / "schedules")  # keeps what it read
    assert any(loading > 10 and reading > 3 for loading, reading in weighings())


def weighings() -> Iterator[tuple[float, ...]]:
    """Yield how often each would fit into the imports, in work of the processor; again if it was busy."""
    for _ in range(3):
        command = [sys.executable, "-c", _WEIGHED]
        run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        yield tuple(map(float, run.stdout.split()))
