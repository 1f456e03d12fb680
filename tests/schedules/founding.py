"""A study on one design with everybody who works in it."""

from __future__ import annotations

import hashlib

from server.actions.context import Context
from server.clock import FixedClock
from server.domain.instrument import Instrument
from server.domain.people import Actor, Role, Staff
from server.ids import new_id
from server.store import forms, staff, studies
from server.store.transaction import Transaction
from tests.schedules.living import Study

TESTER = Actor("system", "tests")
TEAM: dict[str, tuple[Role, ...]] = {
    "Adele": ("administrator",),
    "Cora": ("coordinator",),
    "Rae": ("rater",),
    "Tom": ("rater",),
    "Robin": ("facilitator",),
    "Sam": ("facilitator",),
    "Toni": ("facilitator",),
}


def found_study(context: Context, clock: FixedClock, protocol: str) -> Study:
    """Found a study on the newest version of a design, hire its team, publish its pages."""
    # A crash is not what is tried here; each transaction waiting for the disk would be.
    context.db.connection.execute("PRAGMA synchronous=OFF")
    design = context.catalog.protocol(protocol)
    study_id = new_id()
    with context.write(TESTER, "a study was founded") as tx:
        studies.add(tx, {
            "id": study_id, "code": "SYN", "title": design.title, "protocol": design.id,
            "protocol_version": design.version, "synthetic": 1, "team_name": "The team",
            "team_phone": "+49 30 0000000", "team_hours": "weekdays", "duty_name": "Dina Duty",
            "duty_email": "duty@example.org", "duty_phone": "+49 30 0000001",
        })  # fmt: skip
        team = {name: _hire(tx, study_id, name, roles) for name, roles in TEAM.items()}
        for name in {each.instrument for each in design.assessments}:
            _page(tx, context, context.catalog.instrument(name))
    return Study(context, clock, study_id, team)


def _hire(tx: Transaction, study_id: str, name: str, roles: tuple[Role, ...]) -> Staff:
    staff_id = staff.add(tx, name, f"{name.lower()}@example.org", None)
    for role in roles:
        staff.grant(tx, staff_id, study_id, role)
    return Staff(staff_id, study_id, frozenset(roles))


def _page(tx: Transaction, context: Context, instrument: Instrument) -> None:
    html = f"<p>{instrument.id} {instrument.version}</p>".encode()
    row = {
        "hash": hashlib.sha256(html).hexdigest(), "instrument": instrument.id,
        "instrument_version": instrument.version, "language": "en",
        "wording": context.catalog.wording(instrument.id, "en").id, "html": html,
    }  # fmt: skip
    forms.add(tx, row)
