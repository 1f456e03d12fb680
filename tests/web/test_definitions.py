"""A running server takes up the site's wordings by itself, and survives those that are broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from server.catalog.catalog import Catalog
from server.config import Config
from server.store import forms
from tests.cast import Cast
from tests.conftest import Browser
from tests.licensed import licensed


@pytest.fixture
def folder(app: Flask, config: Config) -> Path:
    """Return the site's folder; it is looked at before each request, not every other second."""
    app.extensions["attune_watch"].every_seconds = 0
    return config.site_wordings


def _listed(client: Browser, cast: Cast) -> dict[str, str]:
    due = client.as_phone(cast.ada).get("/api/list").get_json()["assessments"]
    return {each["title"]: each["form"] for each in due}


def test_phones_get_the_new_wording_under_a_new_hash_without_a_restart(
    client: Browser, cast: Cast, catalog: Catalog, folder: Path
):
    title = catalog.wording("who-5", "en").title
    before = _listed(client, cast)
    licensed(catalog, folder, "who-5", "en")
    after = _listed(client, cast)
    assert title in before
    assert title not in after
    assert after[f"{title} (licensed)"] != before[title]
    page = client.get(f"/f/{after[f'{title} (licensed)']}.html")
    assert page.status_code == 200
    assert "Sample sentences" not in page.text
    row = forms.one(cast.context.db, after[f"{title} (licensed)"])
    assert row is not None
    assert row["wording"] == "who-5/en/1.0.0-site"
    # Whoever began on the old page may go on with it.
    assert client.get(f"/f/{before[title]}.html").status_code == 200


def test_a_broken_wording_takes_nothing_down_and_stands_on_today(
    client: Browser, cast: Cast, catalog: Catalog, folder: Path
):
    path = licensed(catalog, folder, "who-5", "en")
    good = _listed(client, cast)
    path.write_text("instrument: who-5\nnonsense: [", encoding="utf-8")
    assert _listed(client, cast) == good
    today = client.as_staff(cast, cast.coordinator).get("/staff/").text
    assert "Wordings that cannot be used" in today
    assert "who-5/en/1.0.0-site.yaml:" in today
    licensed(catalog, folder, "who-5", "en")
    assert "Wordings that cannot be used" not in client.get("/staff/").text
