"""Before a request: has the site put another wording into its folder? Then it is in force from here on."""

from __future__ import annotations

import logging

from flask import Flask

from server.actions.context import Context
from server.actions.take_up_wordings import take_up_wordings
from server.catalog.site import SiteWatch
from server.web import assets

LOG = logging.getLogger("server.wordings")


def install(app: Flask) -> None:
    """Look at the site's folder every few seconds, at the next request after."""
    first: Context = app.extensions["attune"]
    watch = app.extensions["attune_wordings"] = SiteWatch(first.config.site_wordings)
    version = assets.version(first.config)

    @app.before_request
    def take_up() -> None:
        told = watch.problems
        taken = take_up_wordings(app.extensions["attune"], watch, version)
        if taken is not None:
            app.extensions["attune"], app.extensions["attune_forms"] = taken
        if watch.problems != told:
            for problem in watch.problems:
                LOG.warning("not in force: %s", problem)
