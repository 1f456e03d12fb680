"""Planning everybody anew writes what differs and nothing else; one moved visit touches one person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions.context import Context
from server.actions.record_visit import VisitEntry, record_visit
from server.actions.replan import everybody, replan
from server.errors import NotFoundError
from server.store import visits
from tests.cast import DOSED, TESTER, Cast


def test_everybody_is_planned_anew_and_a_second_time_changes_nothing(
    context: Context, cast: Cast
) -> None:
    with context.write(TESTER, "as another file had it") as tx:
        for person in (cast.ada, cast.ben):
            form = cast.assessment(person, "wellbeing-baseline")
            tx.change("assessments", form, {"label": "Otherwise"})
    ids = everybody(context, "SYN-1")
    found = list(replan(context, ids))
    assert [(each.code, each.difference.changed) for each in found] == [
        ("SYN-001", 1), ("SYN-002", 1),
    ]  # fmt: skip
    before = context.db.value("SELECT COUNT(*) FROM audit")
    assert not any(each.difference for each in replan(context, ids))
    assert context.db.value("SELECT COUNT(*) FROM audit") == before


def test_a_study_is_named_by_its_code(context: Context, cast: Cast) -> None:
    assert everybody(context) == [cast.ada.id, cast.ben.id]
    assert everybody(context, "SYN-2") == []
    with pytest.raises(NotFoundError, match="there is SYN-1, SYN-2"):
        everybody(context, "SYN-3")


def test_one_moved_visit_writes_one_participants_rows_only(context: Context, cast: Cast) -> None:
    db = context.db
    visit = next(row for row in visits.current(db, cast.ada.id) if row["kind"] == "dosing")
    seq, writes = db.value("SELECT MAX(seq) FROM audit"), db.connection.total_changes
    moved = VisitEntry("dosing", DOSED + timedelta(days=7), visit_id=visit["id"])
    record_visit(context, TESTER, cast.coordinator, cast.ada.id, moved)
    told = db.all("SELECT table_name, row_id FROM audit WHERE seq > ?", [seq])
    touched = {(row["table_name"], row["row_id"]) for row in told}
    assert {table for table, _ in touched} == {"visit_facts", "assessments", "messages"}
    for table in ("assessments", "messages"):
        sql = f"SELECT id FROM {table} WHERE participant_id = ?"
        hers = {row["id"] for row in db.all(sql, [cast.ada.id])}
        assert {row_id for name, row_id in touched if name == table} <= hers
    # Each row once, and two for each entry of the trail: nothing else in the file was written.
    assert db.connection.total_changes - writes == len(touched) + 2 * len(told)
