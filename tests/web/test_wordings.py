"""A wording that is put into the site's folder is what the next forms say, without a restart."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask import Flask

from server.actions.context import Context
from server.actions.take_up_wordings import take_up_wordings
from server.catalog.site import SiteWatch
from server.errors import BusyError
from server.outputs.definition import written
from server.store import forms
from server.web import wordings
from tests.catalog.test_site import SAID, put


@pytest.fixture
def watched(app: Flask) -> Flask:
    """The application with its watch, which looks at every request."""
    if "attune_wordings" not in app.extensions:
        wordings.install(app)
    app.extensions["attune_wordings"].every_seconds = 0
    return app


def in_force(app: Flask) -> tuple[str, str]:
    """The title that who-5 has, and the page that the next private list will name."""
    here: Context = app.extensions["attune"]
    return (
        here.catalog.wording("who-5", "en").title,
        app.extensions["attune_forms"].form("who-5", "en"),
    )


def test_a_new_wording_is_published_with_the_next_request(watched: Flask, context: Context):
    client = watched.test_client()
    client.get("/healthz")
    _, page_before = in_force(watched)
    put(context.config.site_wordings)
    client.get("/healthz")
    title, page = in_force(watched)
    assert title == "Five statements"
    assert page != page_before
    row = forms.one(context.db, page)
    assert row is not None
    assert row["wording"] == "who-5/en/1.0.0-site"
    # A form that somebody has begun is finished as it was begun.
    assert forms.one(context.db, page_before) is not None


def test_a_broken_wording_is_logged_once_and_not_in_force(
    watched: Flask, context: Context, caplog: pytest.LogCaptureFixture
):
    client = watched.test_client()
    before = in_force(watched)
    put(context.config.site_wordings, title="")
    with caplog.at_level(logging.WARNING, logger="server.wordings"):
        client.get("/healthz")
        client.get("/healthz")
    assert in_force(watched) == before
    assert [record.getMessage() for record in caplog.records] == [
        "not in force: wordings/who-5/en/1.0.0-site.yaml:9 title: is empty; write something"
    ]


def test_a_busy_store_only_puts_it_off(
    context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    watch = SiteWatch(context.config.site_wordings, 0.0)
    put(context.config.site_wordings)

    def busy(*_: object) -> None:
        raise BusyError("later")

    with monkeypatch.context() as patched:
        patched.setattr("server.actions.take_up_wordings.publish_forms", busy)
        assert take_up_wordings(context, watch, "v1") is None
    taken = take_up_wordings(context, watch, "v1")
    assert taken is not None
    assert taken[0].catalog.wording("who-5", "en").title == SAID["title"]


def test_nothing_changed_is_nothing_done(context: Context):
    watch = SiteWatch(context.config.site_wordings, 0.0)
    assert take_up_wordings(context, watch, "v1") is None
    (context.config.site_wordings / "notes").mkdir(parents=True)
    (context.config.site_wordings / "notes" / "readme.txt").write_bytes(written({"a": "b"}))
    assert take_up_wordings(context, watch, "v1") is None
