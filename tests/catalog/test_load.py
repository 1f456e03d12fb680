"""The catalogue: one edit to the shipped files at a time, and the line that tells what is wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
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


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what we ship, a form with one item of every kind, a schedule with every word."""
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    shutil.copytree(ROOT / "schedules", tmp_path / "schedules")
    write_every_kind(tmp_path / "forms")
    write_every_word(tmp_path / "schedules")
    return tmp_path


def problems(root: Path) -> list[str]:
    return check(root / "forms", root / "schedules").problems


@pytest.fixture
def edit(root: Path) -> Edit:
    def edited(file: str, old: str, new: str) -> list[str]:
        path = root / file
        text = path.read_text()
        assert old in text, f"{file} no longer has {old!r}: mend this test"
        path.write_text(text.replace(old, new, 1))
        return problems(root)

    return edited


def test_what_we_ship_has_no_problem_and_the_summary_counts_it(root: Path):
    report = check_definitions(ROOT / "forms", ROOT / "schedules")
    assert report.problems == []
    assert "form      wai-sr 1.0.0: en 1.0.0 (placeholder)" in report.summary
    assert report.summary.endswith("0 problems")
    assert problems(root) == []


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


@pytest.mark.parametrize("case", EDITS, ids=lambda case: f"{case[3]}: {case[4]}")
def test_each_mistake_is_told_with_file_line_path_and_remedy(
    edit: Edit, root: Path, case: tuple[str, ...]
):
    file, old, new, path, words, *elsewhere = case
    position = (root / file).read_text().index(old)
    told = edit(file, old, new)
    text = (root / file).read_text()
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
    assert catalog.protocol("alliance-core").version == "1.2.0"
    assert catalog.protocol("alliance-core", "1.0.0").version == "1.0.0"
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


def test_reading_everything_is_fast():
    load(ROOT / "forms", ROOT / "schedules")
    times = []
    for _ in range(3):
        began = time.perf_counter()
        load(ROOT / "forms", ROOT / "schedules")
        times.append(time.perf_counter() - began)
    assert min(times) < 0.25


_WEIGHED = """\
import time
before = time.process_time()
import flask, weasyprint
imported = time.process_time()
from server.catalog.load import check, load
from server.config import ROOT
ready = time.process_time()
{what}(ROOT / "forms", ROOT / "schedules")
print((imported - before) / (time.process_time() - ready))
"""


def test_loading_everything_costs_less_than_a_tenth_of_what_every_start_costs_anyway():
    load(ROOT / "forms", ROOT / "schedules")
    assert max(_weighed("load"), _weighed("load")) > 10


def test_reading_and_checking_every_file_anew_costs_less_than_a_third_of_it():
    assert max(_weighed("check"), _weighed("check")) > 3


def _weighed(what: str) -> float:
    """Return how often this would fit into the imports; work of the processor, for a machine is busy."""
    command = [sys.executable, "-c", _WEIGHED.replace("{what}", what)]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(run.stdout)
