"""While the server runs: put the site's wordings in force as they change, and lay out their pages."""

from __future__ import annotations

from dataclasses import replace

from server.actions.context import Context
from server.actions.publish_forms import Shelf, publish_forms
from server.catalog.site import SiteWatch
from server.errors import AttuneError


def take_up_wordings(
    context: Context, watch: SiteWatch, static_version: str
) -> tuple[Context, Shelf] | None:
    """Return what holds from now on, None while nothing changed.

    A wording that cannot be used changes nothing; `watch.problems` says what is wrong with it.
    """
    catalog = watch.look(context.catalog)
    if catalog is None:
        return None
    fresh = replace(context, catalog=catalog)
    try:
        return fresh, publish_forms(fresh, static_version)
    except AttuneError:
        # The store is busy: what was in force stays, and the next look tries again.
        watch.forget()
        return None
