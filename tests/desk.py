"""A design that also asks staff: a rater's total, a checklist, a facilitator's notes. For any test.

Use it by overriding the fixture `catalog` with `with_staff_forms(catalog)` in a test's module.
"""

from __future__ import annotations

from dataclasses import replace

from server.actions.assign_rater import assign_rater
from server.catalog.catalog import Catalog
from server.domain.protocol import AssessmentDefinition, Protocol
from tests.cast import Cast, Person

_WINDOW = {"anchor": "enrolment", "opens": "same day", "closes": "+6 days at 20:00"}
ASKED = (
    {"id": "mood", "instrument": "phq-9", "label": "Mood", "order": 6},
    {"id": "severity", "instrument": "grid-hamd-17", "label": "Severity by a rater", "order": 7},
    {"id": "events", "instrument": "adverse-events", "label": "Adverse events", "order": 8},
    {"id": "notes", "instrument": "guide-notes", "label": "Notes of a guide", "order": 9},
)


def with_staff_forms(catalog: Catalog) -> Catalog:
    """Return the definitions with an `alliance-core` 1.0.0 that asks staff as well."""
    stands = catalog.protocol("alliance-core", "1.0.0")
    more = [AssessmentDefinition.model_validate({**each, **_WINDOW}) for each in ASKED]
    # Not a copy: that would carry what the old one had worked out and kept.
    fields = {name: getattr(stands, name) for name in Protocol.model_fields}
    fuller = Protocol.model_construct(**{**fields, "assessments": (*stands.assessments, *more)})
    check = catalog.instrument("session-day-check")
    notes = check.model_copy(update={"id": "guide-notes", "respondent": "facilitator"})
    said = catalog.wording("session-day-check", "en").model_copy(
        update={"instrument": "guide-notes"}
    )
    return replace(
        catalog,
        instruments=(*catalog.instruments, notes),
        wordings=(*catalog.wordings, said),
        protocols=(*(each for each in catalog.protocols if each is not stands), fuller),
    )


def let_rate(cast: Cast, person: Person) -> None:
    """Assign the cast's rater to somebody."""
    actor = cast.actor(cast.coordinator)
    assign_rater(cast.context, actor, cast.coordinator, person.id, cast.rater.id)
