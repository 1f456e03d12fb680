"""What is read of a whole study at once is what is read of each, with as many queries for more people."""

from __future__ import annotations

from datetime import timedelta

from server.actions.assign_facilitator import end_facilitator
from server.store import participants, study_facts
from tests.cast import ENROLLED, TESTER, Cast
from tests.counting import counted, enrol_more


def test_everybody_at_once_is_each_by_themselves(cast: Cast):
    context = cast.context
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    cast.send(cast.ben, cast.payload(cast.assessment(cast.ben, "wellbeing-baseline")))
    enrol_more(cast, 1)
    end_facilitator(
        context, cast.actor(cast.coordinator), cast.coordinator, cast.ada.id, cast.rated.id,
        ENROLLED + timedelta(days=2),
    )  # fmt: skip
    with context.write(TESTER, "moved, and left") as tx:
        day = ENROLLED + timedelta(days=3)
        participants.record(tx, cast.ben.id, "zone", "Asia/Tokyo", day)
        participants.record(tx, cast.ben.id, "hours", "08:30", day)
        participants.record(tx, cast.ben.id, "status", "withdrawn", day)
    asked = ["wellbeing-baseline"]
    found = study_facts.of(context.db, cast.study_id, asked)
    assert found == {
        each: participants.facts(context.db, each, asked)
        for each in participants.ids_of(context.db, cast.study_id)
    }
    assert [len(found[each.id].results) for each in (cast.ada, cast.ben)] == [1, 1]
    assert study_facts.of(context.db, cast.other_study_id, asked) == {}


def test_more_people_take_no_more_queries(cast: Cast):
    def queries() -> int:
        with counted(cast.context.db) as run:
            study_facts.of(cast.context.db, cast.study_id, ["wellbeing-baseline"])
        return len(run)

    few = queries()
    enrol_more(cast, 3)
    assert queries() == few
