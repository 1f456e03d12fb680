"""The site's own wordings: before those shipped, checked as they are, taken up while running."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.catalog.catalog import Catalog
from server.catalog.site import SiteWatch, check, load, with_site
from server.config import ROOT
from server.errors import DefinitionError
from server.outputs.definition import written

SAID = {
    "instrument": "who-5",
    "version": "1.0.0-site",
    "language": "en",
    "status": "licensed",
    "holder": "The holder",
    "proof": "A letter",
    "proof_on": "2027-03-01",
    "proof_by": "Ada",
    "title": "Five statements",
    "items": {f"who0{at}": {"text": f"Licensed sentence {at}"} for at in range(1, 6)},
    "options": {"how_often": {str(code): f"Label {code}" for code in range(6)}},
}


def put(folder: Path, place: str = "who-5/en/1.0.0-site.yaml", **changes: object) -> Path:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written({**SAID, **changes}))
    return path


def test_a_sites_own_wording_goes_before_the_shipped_one(catalog: Catalog, tmp_path: Path):
    put(tmp_path)
    found = with_site(catalog, tmp_path)
    assert found.problems == []
    assert found.catalog.wording("who-5", "en").title == "Five statements"
    # What was answered on the shipped one still finds it.
    assert found.catalog.wording("who-5", "en", "1.0.0").status == "placeholder"
    assert found.catalog.wording("wai-sr", "en") == catalog.wording("wai-sr", "en")


def test_it_goes_before_shipped_ones_of_any_number(catalog: Catalog, tmp_path: Path):
    shipped = catalog.wording("who-5", "en").model_copy(update={"version": "9.9.9"})
    put(tmp_path)
    newer = Catalog(catalog.instruments, (*catalog.wordings, shipped), catalog.protocols)
    assert with_site(newer, tmp_path).catalog.wording("who-5", "en").version == "1.0.0-site"


def test_a_new_language_is_offered(catalog: Catalog, tmp_path: Path):
    put(tmp_path, "who-5/pt-BR/1.0.0-site.yaml", language="pt-BR")
    found = with_site(catalog, tmp_path).catalog
    assert "pt-BR" in found.languages("who-5")


def test_taking_a_file_away_brings_the_shipped_one_back(catalog: Catalog, tmp_path: Path):
    path = put(tmp_path)
    added = with_site(catalog, tmp_path).catalog
    path.unlink()
    assert with_site(added, tmp_path).catalog.wording("who-5", "en") == catalog.wording("who-5", "en")  # fmt: skip


def test_no_folder_is_no_wording(catalog: Catalog, tmp_path: Path):
    found = with_site(catalog, tmp_path / "nowhere")
    assert (found.problems, found.catalog.wordings) == ([], catalog.wordings)


@pytest.mark.parametrize(
    ("place", "changes", "told"),
    [
        ("who-5/en/1.0.0.yaml", {"version": "1.0.0"}, "the file belongs at <instrument>/<language>/1.0.0-site.yaml"),
        ("who-5/en/1.1.0-site.yaml", {}, "'1.0.0-site' in '1.1.0-site.yaml'"),
        ("who-5/de/1.0.0-site.yaml", {}, "language: 'en', but the folder is 'de'"),
        ("wai-sr/en/1.0.0-site.yaml", {}, "instrument: 'who-5'"),
        ("loose-site.yaml", {}, "the file belongs at"),
        ("who-5/en/1.0.0-site.yaml", {"status": "placeholder"}, "status: a site's own wording is `licensed`"),
        ("who-5/en/1.0.0-site.yaml", {"status": "own"}, "`own` is for instruments of one's own"),
        ("who-5/en/1.0.0-site.yaml", {"proof": ""}, "names its `holder` and the `proof`"),
        ("who-5/en/1.0.0-site.yaml", {"proof_by": ""}, "who recorded the permission (`proof_by`)"),
        ("who-5/en/1.0.0-site.yaml", {"proof_on": "soon"}, "'soon' is no day"),
        ("who-5/en/1.0.0-site.yaml", {"items": {"who01": {"text": "only one"}}}, "'who02' has no sentence"),
        ("none/en/1.0.0-site.yaml", {"instrument": "none"}, "there is no 'none'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_line(
    catalog: Catalog, tmp_path: Path, place: str, changes: dict[str, object], told: str
):
    put(tmp_path, place, **changes)
    problems = with_site(catalog, tmp_path).problems
    assert any(told in each for each in problems), problems
    assert all(each.startswith(f"{tmp_path.name}/{place}:") for each in problems)


def test_only_the_newest_version_must_fit_the_newest_structure(catalog: Catalog, tmp_path: Path):
    put(tmp_path, items={"who01": {"text": "of an older structure"}})
    assert with_site(catalog, tmp_path).problems
    put(tmp_path, "who-5/en/1.1.0-site.yaml", version="1.1.0-site")
    found = with_site(catalog, tmp_path)
    assert found.problems == []
    assert found.catalog.wording("who-5", "en").version == "1.1.0-site"


def test_shipped_files_never_claim_to_be_the_sites(tmp_path: Path):
    forms = tmp_path / "forms"
    for path in (ROOT / "forms" / "who-5").rglob("*.yaml"):
        target = forms / path.relative_to(ROOT / "forms")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text()
        claims = target.parent.name == "wording"
        target.write_text(
            text.replace("version: 1.0.0\n", "version: 1.0.0-site\n") if claims else text
        )
    (tmp_path / "schedules").mkdir()
    problems = check(forms, tmp_path / "schedules", tmp_path / "site").problems
    assert any("-site is for files of the site's own folder" in each for each in problems)


def test_a_start_refuses_a_broken_wording(tmp_path: Path):
    put(tmp_path, title="")
    with pytest.raises(DefinitionError, match="title: is empty"):
        load(ROOT / "forms", ROOT / "schedules", tmp_path)


class Hours:
    """A stopwatch that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_running_server_takes_up_what_changes(catalog: Catalog, tmp_path: Path):
    hours = Hours()
    watch = SiteWatch(tmp_path, 2.0, hours)
    assert watch.look(catalog) is None
    path = put(tmp_path)
    assert watch.look(catalog) is None, "it looks only every two seconds"
    hours.now = 2.0
    taken = watch.look(catalog)
    assert taken is not None
    assert taken.wording("who-5", "en").title == "Five statements"
    hours.now = 4.0
    assert watch.look(taken) is None
    path.write_bytes(written({**SAID, "title": "Changed"}))
    hours.now = 6.0
    again = watch.look(taken)
    assert again is not None
    assert again.wording("who-5", "en").title == "Changed"


def test_a_broken_change_changes_nothing_and_is_told(catalog: Catalog, tmp_path: Path):
    hours = Hours()
    watch = SiteWatch(tmp_path, 0.0, hours)
    path = put(tmp_path)
    taken = watch.look(catalog)
    assert taken is not None
    path.write_text("title: [half a fi")
    assert watch.look(taken) is None
    assert any("not readable as YAML" in each for each in watch.problems)
    put(tmp_path, title="Mended")
    mended = watch.look(taken)
    assert mended is not None
    assert watch.problems == []


def test_looking_costs_no_reading(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = put(tmp_path)
    watch = SiteWatch(tmp_path, 0.0)
    taken = watch.look(catalog)
    assert taken is not None
    monkeypatch.setattr(Path, "read_bytes", lambda _path: pytest.fail("it read a file"))
    assert watch.look(taken) is None
    os.utime(path, ns=(1, 1))
    with pytest.raises(pytest.fail.Exception):
        watch.look(taken)
