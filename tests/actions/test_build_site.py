"""The public pages: whole or not at all, light, without scripts, in every language of the study."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from server.actions.build_site import build_site
from server.errors import BadInputError, NotFoundError
from server.outputs import site as pages
from tests.cast import ENROLLED, TESTER, Cast

PAGES = {"about.html", "data.html", "help.html", "install.html", "contact.html"}


@pytest.fixture
def spoken(cast: Cast) -> Cast:
    with cast.context.write(TESTER, "two languages") as tx:
        tx.add("readiness_facts", {
            "id": "languages", "study_id": cast.study_id, "kind": "languages",
            "detail": json.dumps({"languages": ["en", "de"]}), "on_day": ENROLLED.isoformat(),
            "recorded_at": tx.at_text, "recorded_by": "test",
        })  # fmt: skip
        ethics = {"name": "The committee", "phone": "", "email": "ethics@example.org"}
        tx.change("studies", cast.study_id, {"ethics_contact": json.dumps(ethics)})
    return cast


def test_every_language_has_every_page_each_light_and_alone(spoken: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    build_site(spoken.context, "syn-1", folder)
    for language in ("en", "de"):
        assert {file.name for file in (folder / language).iterdir()} == PAGES
    for file in folder.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        assert len(html.encode()) < 10_000, file
        for never in ("<script", "cookie=", "@import", "url(", "<img", "<iframe", "<form"):
            assert never not in html, (file, never)
        for link in re.findall(r'href="([^"]+)"', html):
            known = link.startswith(("tel:", "mailto:", spoken.context.config.url))
            assert known or (file.parent / link).resolve().is_file(), (file, link)
    assert "Über diese Studie" in (folder / "de" / "about.html").read_text(encoding="utf-8")
    assert "Night line" in (folder / "en" / "help.html").read_text(encoding="utf-8")
    assert "ethics@example.org" in (folder / "en" / "contact.html").read_text(encoding="utf-8")


def test_a_number_for_everywhere_stands_under_no_country(spoken: Cast, tmp_path: Path) -> None:
    lines = [
        {"label": "Home line", "phone": "1", "hours": "", "note": "", "country": "DE"},
        {"label": "World line", "phone": "2", "hours": "", "note": ""},
    ]
    with spoken.context.write(TESTER, "two lines") as tx:
        tx.change("studies", spoken.study_id, {"help_contacts": json.dumps(lines)})
    build_site(spoken.context, "SYN-1", tmp_path / "public")
    page = (tmp_path / "public" / "en" / "help.html").read_text(encoding="utf-8")
    assert page.index("World line") < page.index("Germany") < page.index("Home line")


def test_nobody_of_the_study_is_named_in_public(spoken: Cast, tmp_path: Path) -> None:
    build_site(spoken.context, "SYN-1", tmp_path / "public")
    whole = "".join(file.read_text() for file in (tmp_path / "public").rglob("*.html"))
    for name in ("Mona", "Robin", "Cora", "Dina Duty", "duty@example.org", "SYN-001"):
        assert name not in whole


def test_building_again_replaces_all_of_it(spoken: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    build_site(spoken.context, "SYN-1", folder)
    (folder / "en" / "old.html").write_text("of an earlier time")
    build_site(spoken.context, "SYN-1", folder)
    assert not (folder / "en" / "old.html").exists()
    assert [each.name for each in tmp_path.iterdir() if "public" in each.name] == ["public"]


def test_what_fails_half_way_leaves_what_stood(
    spoken: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "public"
    build_site(spoken.context, "SYN-1", folder)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    monkeypatch.setattr(pages, "PAGES", ("about", "no-such-page"))
    with pytest.raises(Exception, match="no-such-page"):
        build_site(spoken.context, "SYN-1", folder)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    assert [each.name for each in tmp_path.iterdir() if "public" in each.name] == ["public"]


def test_a_folder_with_something_else_is_left_alone(spoken: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.txt").write_text("years of work")
    with pytest.raises(BadInputError, match="something else"):
        build_site(spoken.context, "SYN-1", folder)
    assert (folder / "chapter.txt").read_text() == "years of work"


def test_an_unknown_study_is_named_with_those_there_are(spoken: Cast, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="SYN-1"):
        build_site(spoken.context, "none", tmp_path / "public")
