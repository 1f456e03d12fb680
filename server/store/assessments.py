"""Assessments as reconcile stored them. Every reading asks who looks: hidden rows do not exist for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from server.clock import from_text, to_text
from server.domain.people import Device, Viewer
from server.domain.timeline import PlannedAssessment
from server.errors import NotFoundError, said
from server.store.assessment_facts import ANSWER, ASKED, TOLD
from server.store.audit import WHOLE_ROW
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import Clause, assessments_seen

_ABOUT = (
    "(SELECT f.shown_name FROM facilitator_facts f WHERE f.staff_id = a.about_staff_id"
    " AND f.participant_id = a.participant_id AND f.state = 'assigned'"
    " ORDER BY f.seq DESC LIMIT 1) AS about_name"
)
_SELECT = (
    f"SELECT a.*, {_ABOUT}, {TOLD}, p.code FROM assessments a"
    f" JOIN participants p ON p.id = a.participant_id {ANSWER}"
)
WAITING = "a.response_id IS NULL AND a.retired_at IS NULL"
# What only the participant may answer, on a phone or its page; a form about a session is asked once
# somebody has confirmed that it was held.
_THEIRS = f"{WAITING} AND {ASKED} AND a.respondent = 'participant' AND a.awaits_visit_id IS NULL"
# The due query walks this partial index from the first opening up to now: what has closed is taken out
# of it by a sweep, what opens later is never reached. The plus keeps SQLite from walking by closing,
# which would pass by everything still to come; naming the index makes any other way an error.
_DUE = (
    f"a.opens_at <= :now AND +a.closes_at > :now AND {WAITING} AND a.lapsed_at IS NULL"
    f" AND a.awaits_visit_id IS NULL AND {ASKED}"
)


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return a participant's rows, retired ones too, by opening: all columns, `about_name`, `code`.

    `hidden_from` is a list; the state follows from `server.domain.assessment.state(row, now)`, for
    which `became, begun, answered_late, answered_early, source, entered_by` stand beside.
    """
    seen, params = assessments_seen(viewer)
    rows = db.all(
        f"{_SELECT} WHERE a.participant_id = :participant AND {seen}"
        " ORDER BY a.opens_at, a.position, a.id",
        {"participant": participant_id, **params},
    )
    return [_read(row) for row in rows]


def one(db: Database, viewer: Viewer, assessment_id: str) -> Row:
    """Return one row as in `of`; NotFoundError when it is not there or not for this viewer."""
    seen, params = assessments_seen(viewer)
    row = db.one(f"{_SELECT} WHERE a.id = :assessment AND {seen}",
                 {"assessment": assessment_id, **params})  # fmt: skip
    if row is None:
        raise NotFoundError(said("There is no such form for you."))
    return _read(row)


def due(db: Database, viewer: Viewer, now: datetime) -> list[Row]:
    """Return what is open and unanswered now, by whomever it is to be answered, the first to close first.

    What awaits a visit's confirmation, is excused or lies on paper is not among it. The cost follows
    what is open, not what is planned.
    """
    sql, params = due_query(viewer, now)
    return [_read(row) for row in db.all(sql, params)]


def due_query(viewer: Viewer, now: datetime) -> Clause:
    """Return the query of `due` with its parameters: a test asks SQLite how it would go about it."""
    seen, params = assessments_seen(viewer)
    select = _SELECT.replace("assessments a", "assessments a INDEXED BY assessments_waiting")
    sql = f"{select} WHERE {_DUE} AND {seen} ORDER BY a.closes_at, a.position, a.id"
    return sql, {"now": to_text(now), **params}


def missed(db: Database, viewer: Viewer, now: datetime, days: int = 30) -> list[Row]:
    """Return what closed unanswered within so many days, the latest first."""
    seen, params = assessments_seen(viewer)
    rows = db.all(
        f"{_SELECT} WHERE a.closes_at <= :now AND a.closes_at > :since AND {WAITING}"
        f" AND a.awaits_visit_id IS NULL AND {ASKED} AND {seen}"
        " ORDER BY a.closes_at DESC, a.position, a.id",
        {"now": to_text(now), "since": to_text(now - timedelta(days=days)), **params},
    )
    return [_read(row) for row in rows]


def open_or_soon(db: Database, device: Device, now: datetime, days: int = 90) -> list[Row]:
    """Return what a phone may answer now or within so many days: its private list, by opening.

    Answered and retired rows and those of the withdrawn (which are retired) are not in it, nor what
    somebody else answers, what awaits a visit's confirmation, is excused or lies on paper.
    """
    rows = db.all(
        f"{_SELECT} WHERE a.participant_id = :participant AND {_THEIRS}"
        " AND a.closes_at > :now AND a.opens_at <= :until ORDER BY a.opens_at, a.position, a.id",
        {
            "participant": device.participant_id,
            "now": to_text(now),
            "until": to_text(now + timedelta(days=days)),
        },
    )
    return [_read(row) for row in rows]


def siblings(db: Database, viewer: Viewer, assessment_id: str) -> list[Row]:
    """Return the rows of the same definition, course and visit about each other person.

    Of a form that comes again and again it is the one nearest in time: who joined later has fewer.
    """
    mine = one(db, viewer, assessment_id)
    opens = from_text(mine["opens_at"])
    nearest: dict[str, Row] = {}
    for row in sorted(
        of(db, viewer, mine["participant_id"]),
        key=lambda row: abs(from_text(row["opens_at"]) - opens),
    ):
        if row["about_staff_id"] not in {None, mine["about_staff_id"]} and all(
            row[name] == mine[name] for name in ("definition", "course", "visit_id")
        ):
            nearest.setdefault(row["about_staff_id"], row)
    return sorted(nearest.values(), key=lambda row: (row["opens_at"], row["position"], row["id"]))


def waiting(db: Database, participant_id: str) -> list[Row]:
    """Return what the plan still holds and is still asked, for planning messages."""
    rows = db.all(
        f"SELECT a.* FROM assessments a WHERE a.participant_id = ? AND {WAITING} AND {ASKED}"
        " ORDER BY a.opens_at, a.id",
        [participant_id],
    )
    return [_read(row) for row in rows]


def awaiting(db: Database, viewer: Viewer, visits: Mapping[str, str]) -> dict[str, list[Row]]:
    """Return visit id → the forms that nobody can answer before it is confirmed, by opening, as in `of`.

    `visits` is visit id → whose it is. Some of the forms may not have opened yet: see their state.
    """
    seen, params = assessments_seen(viewer)
    found: dict[str, list[Row]] = {}
    for row in db.all(
        f"{_SELECT} WHERE a.participant_id IN (SELECT j.value FROM json_each(:people) j)"
        " AND a.awaits_visit_id IN (SELECT j.value FROM json_each(:visits) j)"
        f" AND {WAITING} AND {seen} ORDER BY a.opens_at, a.position, a.id",
        {
            "people": json.dumps(sorted(set(visits.values()))),
            "visits": json.dumps(sorted(visits)),
            **params,
        },
    ):
        found.setdefault(row["awaits_visit_id"], []).append(_read(row))
    return found


def over_in_silence(db: Database, participant_id: str, now: datetime) -> list[str]:
    """Return the ids of what has closed with no answer and nothing said of it, whoever was to answer."""
    rows = db.all(
        f"SELECT a.id FROM assessments a WHERE a.participant_id = :participant AND {WAITING}"
        f" AND {ASKED} AND a.awaits_visit_id IS NULL AND a.closes_at <= :now ORDER BY a.closes_at, a.id",
        {"participant": participant_id, "now": to_text(now)},
    )
    return [row["id"] for row in rows]


def on_paper(db: Database, viewer: Viewer) -> list[Row]:
    """Return what lies on paper and nobody has entered yet, the first to have closed first."""
    seen, params = assessments_seen(viewer)
    rows = db.all(
        f"SELECT * FROM ({_SELECT} WHERE a.response_id IS NULL AND a.id IN"
        " (SELECT f.assessment_id FROM assessment_facts f WHERE f.kind = 'on paper')"
        f" AND {seen}) WHERE became = 'on paper' ORDER BY closes_at, position, id",
        params,
    )
    return [_read(row) for row in rows]


def every(db: Database, viewer: Viewer) -> list[Row]:
    """Return all rows that this viewer may see, of all participants, as in `of`."""
    seen, params = assessments_seen(viewer)
    rows = db.all(f"{_SELECT} WHERE {seen} ORDER BY p.code, a.opens_at, a.position, a.id", params)
    return [_read(row) for row in rows]


def outlines(db: Database, viewer: Viewer) -> dict[str, list[Row]]:
    """Return participant id → all rows that this viewer may see, without what was said or answered.

    They hold `id, definition, instrument, opens_at, target_at, closes_at, response_id, retired_at`.
    """
    seen, params = assessments_seen(viewer)
    found: dict[str, list[Row]] = {}
    for row in db.all(
        "SELECT a.participant_id, a.id, a.definition, a.instrument, a.opens_at, a.target_at,"
        f" a.closes_at, a.response_id, a.retired_at FROM assessments a WHERE {seen}",
        params,
    ):
        found.setdefault(row["participant_id"], []).append(row)
    return found


def open_now(db: Database, participant_id: str, now: datetime) -> list[Row]:
    """Return what a participant can answer now, the first to close first."""
    rows = db.all(
        f"SELECT a.* FROM assessments a WHERE a.participant_id = :participant AND {_THEIRS}"
        " AND a.opens_at <= :now AND a.closes_at > :now ORDER BY a.closes_at, a.id",
        {"participant": participant_id, "now": to_text(now)},
    )
    return [_read(row) for row in rows]


def all_tell_arm(db: Database, ids: Sequence[str]) -> bool:
    """Whether each of these is asked in some arms only, and that is not for everybody to know."""
    marks = ", ".join("?" * len(ids))
    told = db.value(
        f"SELECT COUNT(*) FROM assessments WHERE id IN ({marks}) AND known_to <> ''", list(ids)
    )
    return bool(ids) and told == len(ids)


def stored(db: Database, participant_id: str) -> dict[str, Row]:
    """Return every bare row of a participant by id, for reconciling."""
    rows = db.all("SELECT * FROM assessments WHERE participant_id = ?", [participant_id])
    return {row["id"]: row for row in rows}


def as_row(planned: PlannedAssessment, known_to: str = "") -> Row:
    """Return a planned assessment's columns as they are stored.

    `known_to`: who may know that it is asked at all (`participants.roles_text`).
    """
    return {
        "definition": planned.definition,
        "label": planned.label,
        "instrument": planned.instrument,
        "course": planned.course,
        "about_staff_id": planned.about,
        "visit_id": planned.visit_id,
        "anchor": planned.anchor,
        "anchor_on": planned.anchor_on.isoformat(),
        "opens_at": to_text(planned.opens_at),
        "target_at": to_text(planned.target_at),
        "closes_at": to_text(planned.closes_at),
        "hidden_from": json.dumps(list(planned.hidden_from)),
        "alliance": int(planned.alliance),
        "position": planned.position,
        "occasion": planned.occasion,
        "respondent": planned.respondent,
        "awaits_visit_id": planned.awaits,
        "late": planned.late,
        "known_to": known_to,
    }


def add(
    tx: Transaction, study_id: str, participant_id: str, assessment_id: str, planned: Row
) -> None:
    """Store a newly planned assessment (`as_row` and its `protocol_version`); one audit entry holds it."""
    row = {
        "id": assessment_id,
        "study_id": study_id,
        "participant_id": participant_id,
        **planned,
        "planned_at": tx.at_text,
    }
    tx.record("assessments", row, assessment_id)


def change(tx: Transaction, old: Row, changes: Row) -> None:
    """Change a derived row; one audit entry holds the row before and after, whole."""
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    tx.execute(
        f"UPDATE assessments SET {sets} WHERE id = :row_id",
        {**changes, "row_id": old["id"]},
    )
    tx.note("assessments", old["id"], WHOLE_ROW, {**old, **changes}, old)


def _read(row: Row) -> Row:
    return {**row, "hidden_from": json.loads(row["hidden_from"])}
