"""The definitions in force: a changed folder of wordings takes effect between two requests."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from server.actions.context import Context
from server.actions.follow_wordings import follow_wordings, publish_anew
from server.actions.publish_forms import publish_forms
from server.catalog.site import SiteWatch
from server.web import assets


def install(app: Flask, context: Context) -> None:
    """Publish the forms, and look before each request whether they changed (mostly: not yet time)."""
    app.extensions["attune_forms"] = publish_forms(context, assets.version(context.config))
    app.extensions["attune_watch"] = SiteWatch(context.config.site_wordings)
    app.before_request(_follow)


def problems() -> list[str]:
    """Return what is wrong in the site's folder, each with its file, line and remedy."""
    return watch().problems


def watch() -> SiteWatch:
    """Return what looks at the site's folder in this process."""
    return cast("SiteWatch", current_app.extensions["attune_watch"])


def _follow() -> None:
    here = cast("Context", current_app.extensions["attune"])
    fresh = follow_wordings(here, watch())
    if fresh is None:
        return
    shelf = publish_anew(fresh, assets.version(fresh.config), watch())
    if shelf is not None:
        # The pages first: a list made meanwhile names pages that are there.
        current_app.extensions["attune_forms"] = shelf
        current_app.extensions["attune"] = fresh
