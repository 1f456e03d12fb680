"""The public pages as a browser opens them from a folder: no server, no barrier, on phone and desk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.actions.build_site import build_site
from tests.browser.chromium import DESK, PHONE, barriers
from tests.cast import ENROLLED, TESTER, Cast

pytestmark = pytest.mark.browser


def test_the_pages_open_from_a_folder_in_both_languages(
    browser: Browser, cast: Cast, tmp_path: Path
) -> None:
    with cast.context.write(TESTER, "two languages") as tx:
        tx.add("readiness_facts", {
            "id": "languages", "study_id": cast.study_id, "kind": "languages",
            "detail": json.dumps({"languages": ["en", "de"]}), "on_day": ENROLLED.isoformat(),
            "recorded_at": tx.at_text, "recorded_by": "test",
        })  # fmt: skip
    build_site(cast.context, "SYN-1", tmp_path / "public")
    for size in (PHONE, DESK):
        page = browser.new_page(viewport=size)
        page.goto((tmp_path / "public" / "index.html").as_uri())
        assert barriers(page) == []
        page.get_by_role("link", name="English").click()
        for name in ("How your data are kept", "Help now", "How to install", "Contact"):
            page.get_by_role("navigation").get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", level=1)).to_have_text(name)
            assert barriers(page) == []
        page.get_by_role("link", name="Deutsch").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Kontakt")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.close()
