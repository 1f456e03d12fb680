"""All that plans may look at, of everybody in a study at once: as many queries for one as for a thousand."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.facts import Facts
from server.store import events, facilitators, participants, results, visits, zones
from server.store.database import Database


def of(db: Database, study_id: str, results_of: Collection[str] = ()) -> dict[str, Facts]:
    """Return participant id → what `participants.facts` returns; of answers, those to these definitions."""
    here = zones.of_study(db, study_id)
    dates = visits.current_of_study(db, study_id)
    guides = facilitators.terms_of_study(db, study_id)
    told = events.known_of_study(db, study_id)
    answers = results.of_study(db, study_id, results_of, here)
    return {
        row["id"]: participants.as_facts(
            row,
            here.get(row["id"], ()),
            [visits.as_fact(each) for each in dates.get(row["id"], ())],
            guides.get(row["id"], ()),
            answers.get(row["id"], ()),
            event=row["id"] in told,
        )
        for row in participants.present_of_study(db, study_id)
    }
