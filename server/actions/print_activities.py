"""Print a protocol's Schedule of Activities for whoever asks: it holds nobody's data."""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import format_datetime

from server.actions.context import Context
from server.catalog.catalog import Catalog
from server.domain.activities import schedule
from server.domain.people import Staff
from server.domain.protocol import Protocol
from server.outputs import page, pdf
from server.outputs.activities import Part, Sheet, sheet
from server.outputs.words import gettext
from server.store import staff, studies


@dataclass(frozen=True)
class Page:
    """All that the printed page shows."""

    locale: str
    study: str
    protocol: str
    title: str
    mark: str
    made_for: str
    printed: str
    sheet: Sheet
    parts: list[Part]


def draw_activities(catalog: Catalog, protocol: Protocol) -> Sheet:
    """Return the Schedule of Activities in words."""
    instruments = {
        each.instrument: catalog.instrument(each.instrument) for each in protocol.assessments
    }
    return sheet(protocol, schedule(protocol, instruments))


def print_activities(context: Context, viewer: Staff, protocol: Protocol) -> bytes:
    """Return the Schedule of Activities as a PDF, A4 landscape.

    Raises:
        PrintError: the pages could not be made.
        BusyError: as many documents as may be are being printed.

    """
    study = studies.one(context.db, viewer.study_id)
    person = staff.one(context.db, viewer.id)
    drawn = draw_activities(context.catalog, protocol)
    now = context.clock.now()
    printed = format_datetime(now, "d MMM y, HH:mm", locale="en")
    found = Page(
        locale="en",
        study=study["code"],
        protocol=f"{protocol.id} {protocol.version}",
        title=protocol.title,
        mark=gettext("SYNTHETIC DATA") if study["synthetic"] else "",
        made_for=gettext(
            "Printed for %(name)s (%(roles)s)",
            name=person["name"] if person else viewer.id,
            roles=", ".join(sorted(viewer.roles)),
        ),
        printed=gettext("printed %(when)s UTC", when=printed),
        sheet=drawn,
        parts=drawn.parts(),
    )
    return pdf.to_pdf(page.drawn("pdf/activities.html", page=found), page.css("activities.css"))
