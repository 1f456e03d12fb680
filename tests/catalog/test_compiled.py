"""What was found sound is not read twice, and counts only while every file is what it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from server.catalog import compiled
from server.catalog import load as loading
from server.catalog.catalog import Catalog
from server.catalog.load import load
from server.config import ROOT
from server.errors import DefinitionError


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own: a few forms, no code that changes, its own folder for what is kept."""
    for name in ("who-5", "wai-sr", "practice"):
        shutil.copytree(ROOT / "forms" / name, tmp_path / "forms" / name)
    (tmp_path / "schedules").mkdir()
    monkeypatch.setattr(compiled, "ROOT", tmp_path)
    monkeypatch.setattr(compiled, "FOLDER", tmp_path / "kept")
    return tmp_path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really read."""
    seen: list[str] = []
    real = loading._source

    def source(path: Path, *rest: object) -> object:
        seen.append(path.as_posix())
        return real(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "_source", source)
    return seen


def loaded(place: Path) -> Catalog:
    return load(place / "forms", place / "schedules")


def test_the_second_time_no_file_is_read_through_and_all_is_the_same(place: Path, read: list[str]):
    first = loaded(place)
    assert read
    read.clear()
    second = loaded(place)
    assert read == []
    assert (second.instruments, second.wordings) == (first.instruments, first.wordings)
    who5 = second.instrument("who-5")
    assert who5.headline is not None
    assert who5.headline.id == "percent"


@pytest.mark.parametrize("how", ["changed", "added", "removed", "moved"])
def test_whatever_changes_is_read(place: Path, read: list[str], how: str):
    loaded(place)
    read.clear()
    file = place / "forms" / "who-5" / "wording" / "de.yaml"
    if how == "changed":
        file.write_text(file.read_text().replace("title: ", "title: Neu "))
    elif how == "added":
        shutil.copytree(ROOT / "forms" / "ebi", place / "forms" / "ebi")
    elif how == "removed":
        file.unlink()
    else:
        (place / "forms" / "who-5" / "wording" / "fr.yaml").write_text(
            file.read_text().replace("language: de", "language: fr")
        )
        file.unlink()
    found = loaded(place)
    assert read
    assert ("de" in found.languages("who-5")) == (how in {"changed", "added"})


def test_code_that_changed_may_read_differently(place: Path, read: list[str]):
    loaded(place)
    read.clear()
    code = place / "server" / "domain"
    code.mkdir(parents=True)
    (code / "score.py").write_text("something = 'else'")
    loaded(place)
    assert read


def test_a_mistake_is_told_every_time_and_never_kept(place: Path):
    loaded(place)
    file = place / "forms" / "who-5" / "1.0.0.yaml"
    file.write_text(file.read_text().replace("respondent:", "respondents:"))
    for _ in range(2):
        with pytest.raises(DefinitionError, match="respondents"):
            loaded(place)


@pytest.mark.parametrize("spoilt", [b"", b"x" * 40, None])
def test_what_is_damaged_is_passed_over(place: Path, read: list[str], spoilt: bytes | None):
    loaded(place)
    (kept,) = (place / "kept").glob("*.pickle")
    kept.write_bytes(kept.read_bytes()[:-9] if spoilt is None else kept.read_bytes()[:32] + spoilt)
    read.clear()
    assert loaded(place).instrument("who-5").version == "1.0.0"
    assert read


def test_where_nothing_can_be_kept_everything_works_as_before(
    place: Path, monkeypatch: pytest.MonkeyPatch
):
    (place / "file").write_text("no folder")
    monkeypatch.setattr(compiled, "FOLDER", place / "file")
    assert loaded(place).instrument("who-5").version == "1.0.0"


def test_definitions_that_lie_elsewhere_are_always_read(
    place: Path, tmp_path: Path, read: list[str]
):
    shutil.copytree(place / "forms", tmp_path / "other" / "forms")
    (tmp_path / "other" / "schedules").mkdir()
    for _ in range(2):
        read.clear()
        load(tmp_path / "other" / "forms", tmp_path / "other" / "schedules")
        assert read
