"""Who may see which rows, as SQL: asked in the query, never left to a view."""

from __future__ import annotations

from typing import Any

from server.domain.people import Device, Staff, System, Viewer

Clause = tuple[str, dict[str, Any]]


def assessments_seen(viewer: Viewer, alias: str = "a") -> Clause:
    """Return the condition on `assessments` (and what hangs on one), with its parameters.

    Alliance is hidden from whoever is rated and their co-facilitators (`hidden_from`), and from
    every role that has no business with it. Hiding beats seeing.
    """
    match viewer:
        case System():
            return "1", {}
        case Device(participant_id=participant_id):
            return f"{alias}.participant_id = :viewer_participant", {
                "viewer_participant": participant_id
            }
        case Staff():
            sql, params = participants_seen(viewer, alias, column="participant_id")
            blind = (
                f"({alias}.alliance = 0 OR (:viewer_sees_alliance = 1 AND NOT EXISTS"
                f" (SELECT 1 FROM json_each({alias}.hidden_from) h WHERE h.value = :viewer_id)))"
            )
            return f"{sql} AND {blind}", {
                **params,
                "viewer_sees_alliance": int(viewer.sees_alliance),
            }


def participants_seen(viewer: Viewer, alias: str = "p", column: str = "id") -> Clause:
    """Return the condition on a table that has `study_id` and names the participant in `column`."""
    match viewer:
        case System():
            return "1", {}
        case Device(participant_id=participant_id):
            return f"{alias}.{column} = :viewer_participant", {"viewer_participant": participant_id}
        case Staff():
            mine = (
                f"{alias}.study_id = :viewer_study AND (:viewer_sees_everyone = 1 OR EXISTS"
                " (SELECT 1 FROM facilitator_facts f WHERE f.staff_id = :viewer_id"
                f" AND f.participant_id = {alias}.{column}))"
            )
            return mine, {
                "viewer_study": viewer.study_id,
                "viewer_id": viewer.id,
                "viewer_sees_everyone": int(viewer.sees_everyone),
            }


def unrated(viewer: Viewer, participant: str) -> Clause:
    """Return the condition that nothing said about this viewer could show through a row.

    For what tells whether a form was answered without being an answer: messages, counts of
    envelopes. Hidden from whoever does not see alliance, and from everyone who ever guided the
    participant named by the SQL expression `participant`.
    """
    if not isinstance(viewer, Staff):
        return "1", {}
    sql = (
        ":unrated_sees_alliance = 1 AND NOT EXISTS (SELECT 1 FROM facilitator_facts u"
        f" WHERE u.staff_id = :unrated_id AND u.participant_id = {participant})"
    )
    return sql, {"unrated_sees_alliance": int(viewer.sees_alliance), "unrated_id": viewer.id}
