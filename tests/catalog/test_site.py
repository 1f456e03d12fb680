"""The site's own wordings: they go before what is shipped, and a broken one changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.catalog import site
from server.catalog.catalog import Catalog
from server.catalog.site import SiteWatch
from server.config import ROOT
from tests.licensed import licensed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "wordings"


@pytest.fixture
def watch(folder: Path) -> SiteWatch:
    return SiteWatch(folder, every_seconds=0)


def test_a_wording_laid_there_is_in_force_at_the_next_look(
    catalog: Catalog, folder: Path, watch: SiteWatch
):
    assert watch.look(catalog) is None
    licensed(catalog, folder, "who-5", "en")
    found = watch.look(catalog)
    assert found is not None
    assert found.wording("who-5", "en").status == "licensed"
    assert not found.placeholder("who-5", "en")
    assert catalog.placeholder("who-5", "en"), "a catalogue that somebody holds does not change"
    assert watch.look(found) is None


def test_a_broken_file_is_told_and_what_was_good_stays(
    catalog: Catalog, folder: Path, watch: SiteWatch
):
    path = licensed(catalog, folder, "who-5", "en")
    good = watch.look(catalog)
    assert good is not None
    path.write_text("instrument: who-5\nlanguage: [", encoding="utf-8")
    assert watch.look(good) is None
    assert any("who-5/en/1.0.0-site.yaml:" in problem for problem in watch.problems)
    licensed(catalog, folder, "who-5", "en")
    watch.look(good)
    assert watch.problems == []


def test_a_folder_that_vanishes_takes_nothing_with_it(
    catalog: Catalog, folder: Path, watch: SiteWatch
):
    path = licensed(catalog, folder, "who-5", "en")
    good = watch.look(catalog)
    assert good is not None
    path.unlink()
    assert watch.look(good) is None
    assert "stay in force" in watch.problems[0]


def test_it_is_not_looked_at_more_often_than_asked(catalog: Catalog, folder: Path):
    now = [0.0]
    watch = SiteWatch(folder, every_seconds=2, watch=lambda: now[0])
    watch.look(catalog)
    licensed(catalog, folder, "who-5", "en")
    now[0] = 1.9
    assert watch.look(catalog) is None
    now[0] = 2.0
    assert watch.look(catalog) is not None


def test_a_server_starts_without_the_file_that_cannot_be_used(catalog: Catalog, folder: Path):
    licensed(catalog, folder, "who-5", "en")
    broken = licensed(catalog, folder, "wai-sr", "en")
    broken.write_text("status: licensed", encoding="utf-8")
    found = site.opened(ROOT / "forms", ROOT / "schedules", folder)
    assert not found.placeholder("who-5", "en")
    assert found.placeholder("wai-sr", "en")


def test_a_wording_is_fit_for_a_real_study_by_what_it_was(catalog: Catalog):
    assert not catalog.fit("who-5/en/1.0.0")
    assert not catalog.fit("who-5/en/0.9.0"), "shipped, and gone: it was a placeholder"
    assert catalog.fit("who-5/en/1.0.0-site"), "a site's file, and gone"
    assert catalog.fit("practice/en/1.0.0")
    assert catalog.fit("practice/en/0.1.0"), "our own, and gone"
