"""Pages are published once; those already there are never touched."""

from __future__ import annotations

import hashlib

import pytest

from server.actions.context import Context
from server.actions.publish_forms import publish_forms
from server.errors import NotFoundError
from server.store import forms


def test_every_form_is_there_under_the_digest_of_its_bytes(context: Context):
    shelf = publish_forms(context, "v1")
    for instrument in context.catalog.instruments:
        digest = shelf.form(instrument.id, "en")
        html = forms.html(context.db, digest)
        assert html is not None
        assert hashlib.sha256(html).hexdigest() == digest


def test_publishing_again_writes_nothing(context: Context):
    first = publish_forms(context, "v1")
    before = context.db.value("SELECT count(*) FROM audit")
    assert publish_forms(context, "v1") == first
    assert context.db.value("SELECT count(*) FROM audit") == before


def test_a_new_release_publishes_beside_the_old_pages(context: Context):
    old = publish_forms(context, "v1").form("who-5", "en")
    new = publish_forms(context, "v2").form("who-5", "en")
    assert old != new
    assert forms.html(context.db, old)
    assert forms.latest(context.db, "who-5", "en") == new


def test_going_back_to_an_old_release_brings_its_pages_back_in_force(context: Context):
    old = publish_forms(context, "v1").form("who-5", "en")
    publish_forms(context, "v2")
    assert publish_forms(context, "v1").form("who-5", "en") == old


def test_a_language_without_wording_falls_back_to_english(context: Context):
    shelf = publish_forms(context, "v1")
    assert shelf.form("who-5", "xx-YY") == shelf.form("who-5", "en")
    with pytest.raises(NotFoundError):
        shelf.form("no-such-form", "en")
