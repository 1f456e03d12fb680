"""A small design of a test's own, put in force in the cast's study with whatever a test wants otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.actions.reconcile import reconcile
from server.domain.protocol import Protocol
from tests.cast import TESTER, Cast

DESIGN: dict[str, Any] = {
    "id": "small",
    "version": "1.0.0",
    "title": "A small design",
    "arms": {"immediate": "Immediate start", "delayed": "Delayed start"},
    "visits": {
        "enrolment": {"label": "Enrolment", "participant_label": "Joining", "count": "1"},
        "preparation": {"label": "Preparation", "participant_label": "Ready", "repeat": "true"},
        "dosing": {"label": "Dosing", "participant_label": "Session", "count": "2", "session": "true"},
        "class": {
            "label": "Class", "participant_label": "Class", "repeat": "true", "group": "true",
        },
    },
    "assessments": [
        {"id": "before", "instrument": "who-5", "label": "Before", "anchor": "enrolment",
         "opens": "same day", "closes": "+30 days"},
        {"id": "day-1", "instrument": "who-5", "label": "The day after", "anchor": "every dosing",
         "target": "+1 day", "window": ["+0 days", "+3 days"]},
        {"id": "together", "instrument": "wai-sr", "label": "Together", "anchor": "every dosing",
         "target": "+7 days", "window": ["-2 days", "+2 days"], "waits": "false"},
        {"id": "class-after", "instrument": "who-5", "label": "After class", "anchor": "every class",
         "target": "+1 day", "window": ["+0 days", "+3 days"]},
    ],
    "reminders": {
        "plan": ["at opening"], "hours": {"default": "10:00", "quiet": "21:00-08:00"},
    },
}  # fmt: skip


def design(**changes: Any) -> Protocol:
    """Return the design with top-level parts replaced; `visits` and `assessments` are added to."""
    raw = {**DESIGN, **changes}
    if "visits" in changes:
        raw["visits"] = {
            name: {**DESIGN["visits"].get(name, {}), **changes["visits"].get(name, {})}
            for name in {**DESIGN["visits"], **changes["visits"]}
        }
    if "assessments" in changes:
        raw["assessments"] = [*DESIGN["assessments"], *changes["assessments"]]
    return Protocol.model_validate(raw)


def follow(cast: Cast, *versions: Protocol) -> Cast:
    """Let the cast's study follow the first of these; return the cast that knows them all."""
    context = cast.context
    catalog = replace(context.catalog, protocols=(*context.catalog.protocols, *versions))
    fresh = replace(cast, context=replace(context, catalog=catalog))
    first = versions[0]
    with fresh.context.write(TESTER, "another design") as tx:
        followed = {"protocol": first.id, "protocol_version": first.version}
        tx.change("studies", cast.study_id, followed)
        for person in (cast.ada, cast.ben):
            reconcile(tx, fresh.context, person.id)
    return fresh
