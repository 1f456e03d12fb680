"""Visits whose day is over and of which nobody has said yet what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.people import Viewer
from server.store.database import Database, Row
from server.store.visibility import participants_seen

# Somewhere on earth it may be a later day than here.
_FARTHEST = timedelta(hours=14)


def of(db: Database, viewer: Viewer, now: datetime) -> list[Row]:
    """Return the planned visits of days that are over where the participant lives, the oldest first.

    Rows hold `id, kind, course, participant_id, group_visit_id, code, zone, on_day, at_time`, `version`
    (of the protocol that this participant was put on, "" for the study's own) and `days`, how many
    days ago it was to be (1: yesterday). Of those who withdrew nobody is asked.
    """
    sql, params = participants_seen(viewer)
    rows = db.all(
        "SELECT v.id, v.kind, v.course, v.participant_id, v.group_visit_id, p.code,"
        f" {_present('zone')} AS zone, COALESCE({_present('protocol')}, '') AS version,"
        " f.on_day, f.at_time"
        " FROM visit_facts f JOIN visits v ON v.id = f.visit_id"
        " JOIN participants p ON p.id = v.participant_id"
        " WHERE f.status = 'planned' AND f.on_day < :latest AND NOT EXISTS"
        " (SELECT 1 FROM visit_facts l WHERE l.visit_id = f.visit_id AND l.seq > f.seq)"
        f" AND {_present('status')} <> 'withdrawn' AND {sql}"
        " ORDER BY f.on_day, p.code, f.at_time, v.id",
        {"latest": (now + _FARTHEST).date().isoformat(), **params},
    )
    return [{**row, "days": days} for row in rows if (days := _days(row, now)) > 0]


def _days(row: Row, now: datetime) -> int:
    today = now.astimezone(ZoneInfo(row["zone"])).date()
    return (today - datetime.fromisoformat(row["on_day"]).date()).days


def _present(kind: str) -> str:
    return (
        "(SELECT k.value FROM participant_facts k WHERE k.participant_id = p.id"
        f" AND k.kind = '{kind}' ORDER BY k.seq DESC LIMIT 1)"
    )
