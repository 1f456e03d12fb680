"""Participants and their dated facts (zone, language, arm, site, group …): pseudonymous."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import Literal, get_args

from server.clock import to_text
from server.domain.facts import Facilitator, Facts, Result, Visit, ZoneFact
from server.domain.people import Staff, Viewer
from server.errors import NotFoundError
from server.ids import new_id
from server.store import events, facilitators, pauses, results, visits, zones
from server.store.assessment_facts import ASKED
from server.store.database import Database, Row
from server.store.participant_facts import latest_fact
from server.store.transaction import Transaction
from server.store.visibility import arm_known, assessments_seen, participants_seen, unrated

Kind = Literal["zone", "language", "arm", "channel", "status", "site", "group", "protocol", "hours"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def _columns(arm_is_known: str) -> str:
    """Return what is told of a participant; the arm only where this condition holds."""
    facts = {kind: f"COALESCE({latest_fact(kind)}, '')" for kind in KINDS}
    facts["arm"] = f"CASE WHEN {arm_is_known} THEN {facts['arm']} ELSE '' END"
    told = ", ".join(f'{sql} AS "{kind}"' for kind, sql in facts.items())
    own = "p.id, p.study_id, p.code, p.enrolled_on, p.created_at, p.paused_until"
    return f"{own}, {told}, {arm_is_known} AS arm_known"


# Open for the participant to answer; what awaits a visit's confirmation is not open yet.
_OPEN = "(a.closes_at > :now AND a.opens_at <= :now AND a.awaits_visit_id IS NULL)"


def one(db: Database, viewer: Viewer, participant_id: str) -> Row:
    """Return `id, study_id, code, enrolled_on, created_at, paused_until` and the present facts by kind.

    A fact never recorded is empty. `arm` is empty, too, for whoever may not know it; `arm_known` is 0
    for them.

    Raises:
        NotFoundError: not there, or not for this viewer.

    """
    sql, params = participants_seen(viewer)
    told, more = arm_known(viewer)
    row = db.one(
        f"SELECT {_columns(told)} FROM participants p WHERE p.id = :participant AND {sql}",
        {"participant": participant_id, **params, **more},
    )
    if row is None:
        raise NotFoundError("There is no such participant.")
    return row


def present(db: Database, participant_id: str) -> Row:
    """Return the present facts by kind, whoever looks: for planning and sending."""
    row = db.one(
        f"SELECT {_columns('1')} FROM participants p WHERE p.id = ?",
        [participant_id],
    )
    if row is None:
        raise NotFoundError("There is no such participant.")
    return row


def list_of(db: Database, viewer: Viewer, now: datetime) -> list[Row]:
    """Return everyone this viewer may see, by code, each with what waits.

    Adds to `one`: `open_count`, `overdue_count`, `missed_count` (closed unanswered), `next_due_at`
    (the nearest closing of an open one), `next_opens_at` and `seen_at` (the phone's last contact, with
    `seen_known` 0 where that is not for the viewer: see `unrated`).
    Counts are of the participant's own forms (a rater's: of those for raters), and hold only what the
    viewer may see: a hidden answer must not show as a number either.
    """
    rates = isinstance(viewer, Staff) and viewer.blinded
    people, params = participants_seen(viewer)
    seen, more = assessments_seen(viewer)
    told, most = arm_known(viewer)
    # A phone that was just in touch tells that somebody has just answered.
    traced, last = unrated(viewer, "p.id")
    overdue = (
        f"{_OPEN} AND julianday(:now) >= (julianday(a.target_at) + julianday(a.closes_at)) / 2"
    )
    return db.all(
        f"SELECT {_columns(told)},"
        f" COALESCE(SUM({_OPEN}), 0) AS open_count,"
        f" COALESCE(SUM({overdue}), 0) AS overdue_count,"
        " COALESCE(SUM(a.closes_at <= :now AND a.awaits_visit_id IS NULL), 0) AS missed_count,"
        f" MIN(CASE WHEN {_OPEN} THEN a.closes_at END) AS next_due_at,"
        " MIN(CASE WHEN a.opens_at > :now THEN a.opens_at END) AS next_opens_at,"
        f" CASE WHEN {traced} THEN"
        " (SELECT MAX(d.seen_at) FROM devices d WHERE d.participant_id = p.id) END AS seen_at,"
        f" ({traced}) AS seen_known"
        # By participant: left to itself, SQLite walks the whole study's forms once for each person.
        " FROM participants p LEFT JOIN assessments a INDEXED BY assessments_by_participant"
        " ON a.participant_id = p.id"
        " AND a.response_id IS NULL AND a.retired_at IS NULL"
        f" AND (a.respondent = 'participant' OR :counts_ratings) AND {ASKED}"
        f" AND {seen} WHERE {people} GROUP BY p.id ORDER BY p.code",
        {"now": to_text(now), "counts_ratings": int(rates), **params, **more, **most, **last},
    )


def of_status(db: Database, viewer: Viewer, status: str) -> list[Row]:
    """Return whoever of those this viewer may see has this status now, as `one` does, by code."""
    sql, params = participants_seen(viewer)
    told, more = arm_known(viewer)
    return db.all(
        f"SELECT {_columns(told)} FROM participants p"
        f" WHERE {latest_fact('status')} = :status AND {sql} ORDER BY p.code",
        {"status": status, **params, **more},
    )


def released_at(db: Database, participant_id: str) -> str:
    """Return when somebody said go for whoever had been imported, "" for everybody else."""
    found = db.value(
        "SELECT MIN(f.recorded_at) FROM participant_facts f WHERE f.participant_id = :participant"
        " AND f.kind = 'status' AND f.value = 'active' AND EXISTS (SELECT 1 FROM participant_facts b"
        " WHERE b.participant_id = :participant AND b.kind = 'status' AND b.value = 'prepared'"
        " AND b.seq < f.seq)",
        {"participant": participant_id},
    )
    return str(found or "")


def newest(db: Database, viewer: Viewer) -> tuple[str | None, str]:
    """Return the id and study of whoever was enrolled last; (None, "") when nobody was."""
    sql, params = participants_seen(viewer)
    row = db.one(
        f"SELECT p.id, p.study_id FROM participants p WHERE {sql}"
        " ORDER BY p.created_at DESC, p.code DESC LIMIT 1",
        params,
    )
    return (row["id"], row["study_id"]) if row else (None, "")


def usual(db: Database, viewer: Viewer, kind: Kind) -> str:
    """Return what most have of a kind, of equals what came last; empty when nobody is enrolled."""
    sql, params = participants_seen(viewer)
    order = "COUNT(*) DESC, MAX(p.created_at) DESC"
    asked = f"SELECT {latest_fact(kind)} AS held FROM participants p WHERE {sql} GROUP BY held"
    return str(db.value(f"{asked} ORDER BY {order} LIMIT 1", params) or "")


def history(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return every fact as it was recorded, oldest first: `kind, value, from_on, reason, …`.

    The arm, and when it was entered, only to whoever may know it.
    """
    sql, params = participants_seen(viewer)
    told, more = arm_known(viewer)
    return db.all(
        "SELECT f.kind, f.value, f.from_on, f.reason, f.recorded_at, f.recorded_by"
        " FROM participant_facts f JOIN participants p ON p.id = f.participant_id"
        f" WHERE p.id = :participant AND (f.kind <> 'arm' OR {told}) AND {sql} ORDER BY f.seq",
        {"participant": participant_id, **params, **more},
    )


def code_taken(db: Database, study_id: str, code: str) -> bool:
    """Whether the study has this code already, in small or capital letters."""
    return db.value(
        "SELECT 1 FROM participants WHERE study_id = ? AND lower(code) = lower(?)", [study_id, code]
    ) is not None  # fmt: skip


def all_ids(db: Database) -> list[str]:
    """Return the ids of all participants of all studies: for planning anew after a new protocol."""
    return [row["id"] for row in db.all("SELECT id FROM participants ORDER BY id")]


def ids_of(db: Database, study_id: str) -> list[str]:
    """Return the ids of a study's participants by code: for planning all of them anew."""
    sql = "SELECT id FROM participants WHERE study_id = ? ORDER BY code"
    return [row["id"] for row in db.all(sql, [study_id])]


def by_code(db: Database, study_id: str) -> dict[str, str]:
    """Return a study's participants, their code in small letters → id: for a table that names many."""
    rows = db.all("SELECT id, code FROM participants WHERE study_id = ?", [study_id])
    return {row["code"].casefold(): row["id"] for row in rows}


def version(db: Database, participant_id: str) -> str:
    """Return the protocol's version that this participant was put on, "" for the study's own."""
    found = db.value(
        "SELECT value FROM participant_facts WHERE participant_id = ? AND kind = 'protocol'"
        " ORDER BY seq DESC LIMIT 1",
        [participant_id],
    )
    return str(found or "")


def present_of_study(db: Database, study_id: str) -> list[Row]:
    """Return `present` of everybody in a study, by code."""
    return db.all(
        f"SELECT {_columns('1')} FROM participants p WHERE p.study_id = ? ORDER BY p.code",
        [study_id],
    )


def facts(db: Database, participant_id: str, results_of: Collection[str] = ()) -> Facts:
    """Return all that the plan may look at; of answers, those to these definitions.

    Of many people at once: `server.store.study_facts`.
    """
    here = zones.of(db, participant_id)
    return as_facts(
        present(db, participant_id),
        here,
        [visits.as_fact(each) for each in visits.current(db, participant_id)],
        facilitators.terms(db, participant_id),
        results.of(db, participant_id, results_of, here),
        event=events.known(db, participant_id),
    )


def as_facts(
    row: Row,
    here: Sequence[ZoneFact],
    dates: Iterable[Visit],
    guides: Iterable[Facilitator],
    answers: Iterable[Result],
    *,
    event: bool,
) -> Facts:
    """Return a row of `present`, and what is kept in other tables, as the plan reads it."""
    return Facts(
        participant_id=row["id"],
        enrolled_on=date.fromisoformat(row["enrolled_on"]),
        arm=row["arm"],
        language=row["language"],
        zones=tuple(here),
        visits=tuple(dates),
        facilitators=tuple(guides),
        withdrawn=row["status"] == "withdrawn",
        event=event,
        site=row["site"],
        results=tuple(answers),
        hour=time.fromisoformat(row["hours"]) if row["hours"] else None,
    )


def conceal(
    tx: Transaction, participant_id: str, arm_known_to: Sequence[str], plan_known_to: Sequence[str]
) -> bool:
    """Keep beside the participant which roles may know the arm, and all of the plan; none: everybody.

    Returns whether anything changed.
    """
    wanted = {"arm_known_to": roles_text(arm_known_to), "plan_known_to": roles_text(plan_known_to)}
    row = tx.db.one(
        "SELECT arm_known_to, plan_known_to FROM participants WHERE id = ?", [participant_id]
    )
    if row == wanted:
        return False
    tx.change("participants", participant_id, wanted)
    return True


def roles_text(roles: Sequence[str]) -> str:
    """Return roles as a column keeps them: a JSON list, or nothing where everybody may know."""
    return json.dumps(sorted(roles)) if roles else ""


def add(tx: Transaction, participant_id: str, study_id: str, code: str, enrolled_on: date) -> None:
    """Add a participant; the facts follow with `record`."""
    row = {"id": participant_id, "study_id": study_id, "code": code,
           "enrolled_on": enrolled_on.isoformat(), "created_at": tx.at_text}  # fmt: skip
    tx.add("participants", row)


def record(
    tx: Transaction, participant_id: str, kind: Kind, value: str, from_on: date, reason: str = ""
) -> None:
    """Record one fact; it stands until the next of its kind."""
    tx.add(
        "participant_facts",
        {
            "id": new_id(),
            "participant_id": participant_id,
            "kind": kind,
            "value": value,
            "from_on": from_on.isoformat(),
            "reason": reason,
            "recorded_at": tx.at_text,
            "recorded_by": str(tx.actor),
        },
    )
    if kind == "status":
        pauses.end(tx, participant_id)
