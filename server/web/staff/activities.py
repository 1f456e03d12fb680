"""The Schedule of Activities of the study's protocol: on the screen, as PDF, as CSV."""

from __future__ import annotations

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from server.actions.print_activities import draw_activities, print_activities
from server.domain.protocol import Protocol
from server.outputs import activities as printed
from server.outputs.activity_stops import stops
from server.store import studies
from server.web.access import context, staff
from server.web.staff import blueprint

# So many columns stand side by side on a desk without being pushed; more make another part below.
MOST_ACROSS = 10


@blueprint.get("/study/activities")
@staff()
def activities() -> ResponseReturnValue:
    """Show visits and points across, forms down, windows in the cells; on a phone point by point."""
    protocol = chosen()
    sheet = draw_activities(context().catalog, protocol)
    return render_template(
        "staff/activities.html",
        protocol=protocol,
        versions=versions(protocol.id),
        sheet=sheet,
        parts=sheet.parts(MOST_ACROSS),
        stops=list(stops(sheet.whole)),
    )


@blueprint.get("/study/activities.pdf")
@staff()
def activities_pdf() -> ResponseReturnValue:
    """Print it."""
    protocol = chosen()
    document = print_activities(context(), g.staff, protocol)
    return _file(document, "application/pdf", protocol, "pdf", "inline")


@blueprint.get("/study/activities.csv")
@staff()
def activities_csv() -> ResponseReturnValue:
    """Give it to a spreadsheet."""
    protocol = chosen()
    sheet = draw_activities(context().catalog, protocol)
    text = "".join(printed.lines(sheet)).encode()
    return _file(text, "text/csv; charset=utf-8", protocol, "csv", "attachment")


def chosen() -> Protocol:
    """Return the version of the study's protocol that is looked at: the one in force unless named."""
    here = context()
    row = studies.one(here.db, g.staff.study_id)
    version = request.args.get("version", "") or row["protocol_version"]
    return here.catalog.protocol(row["protocol"], version)


def versions(protocol_id: str) -> list[str]:
    """Return the versions there are of a protocol, the newest first."""
    found = [each.version for each in context().catalog.protocols if each.id == protocol_id]
    return sorted(found, key=_order, reverse=True)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _file(body: bytes, kind: str, protocol: Protocol, ending: str, how: str) -> Response:
    name = f"schedule-of-activities-{protocol.id}-{protocol.version}.{ending}"
    headers = {"Content-Disposition": f'{how}; filename="{name}"'}
    return Response(body, content_type=kind, headers=headers)
