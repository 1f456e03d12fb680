"""The printed summary of one participant."""

from __future__ import annotations

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from server.actions.print_summary import print_summary
from server.errors import ForbiddenError
from server.store import participants
from server.web.access import context, staff
from server.web.staff import blueprint
from server.web.staff.record import SEES_ANSWERS


@blueprint.get("/participants/<participant_id>/summary.pdf")
@staff(*SEES_ANSWERS)
def summary(participant_id: str) -> ResponseReturnValue:
    """Print; with `?research=1` the marked copy that holds alliance, for roles that may see it."""
    here = context()
    person = participants.one(here.db, g.staff, participant_id)
    research = request.args.get("research") == "1"
    if research and not g.staff.sees_alliance:
        raise ForbiddenError("Your role in this study does not include research copies.")
    document = print_summary(here, g.staff, participant_id, research_copy=research)
    name = f"summary-{person['code']}.pdf"
    return Response(
        document,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{_plain(name)}"'},
    )


def _plain(name: str) -> str:
    """Return a file name that no header and no file system can misread."""
    return "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "-.") else "-" for sign in name
    )
