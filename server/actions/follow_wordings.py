"""Take up what changes in the site's folder of wordings while the server runs."""

from __future__ import annotations

import logging
from dataclasses import replace

from server.actions.context import Context
from server.actions.publish_forms import Shelf, publish_forms
from server.catalog.site import SiteWatch

LOG = logging.getLogger(__name__)


def follow_wordings(context: Context, watch: SiteWatch) -> Context | None:
    """Return the context that holds from now on; None while the present one does.

    What cannot be used changes nothing: `watch.problems` tells, and what was good stays in force.
    """
    try:
        found = watch.look(context.catalog)
    except Exception:
        # Whatever lies there, the server goes on with what it has.
        LOG.exception("the site's wordings could not be read")
        watch.problems = [f"{watch.folder} cannot be read; what was read before stays in force"]
        return None
    return replace(context, catalog=found) if found else None


def publish_anew(context: Context, static_version: str, watch: SiteWatch) -> Shelf | None:
    """Publish the forms of a changed catalogue under their new hashes; None when that has to wait."""
    try:
        return publish_forms(context, static_version)
    except Exception:
        # Whoever asked for a page gets it from what was good; the next look tries again.
        LOG.exception("changed wordings were not published")
        watch.again()
        return None
