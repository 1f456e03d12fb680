"""Who may see which rows, as SQL: asked in the query, never left to a view."""

from __future__ import annotations

import json
from typing import Any

from server.domain.concealment import BLIND_FIRST
from server.domain.people import Device, Staff, System, Viewer

Clause = tuple[str, dict[str, Any]]


def assessments_seen(viewer: Viewer, alias: str = "a") -> Clause:
    """Return the condition on `assessments` (and what hangs on one), with its parameters.

    Alliance is hidden from whoever is rated and their co-facilitators (`hidden_from`), and from
    every role that has no business with it. What is asked in some arms only is hidden from whoever
    may not know the arm. An independent rater sees nothing but what raters enter. Hiding beats seeing.
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
            told, more = known(viewer, f"{alias}.known_to")
            rated = f"(:viewer_blinded = 0 OR {alias}.respondent = 'rater')"
            return f"{sql} AND {blind} AND {told} AND {rated}", {
                **params,
                **more,
                "viewer_sees_alliance": int(viewer.sees_alliance),
                "viewer_blinded": int(viewer.blinded),
            }


def responses_seen(viewer: Viewer, alias: str = "r", assessment: str = "a") -> Clause:
    """Return the condition on `responses` beside their assessments: a rater reads their own ratings."""
    sql, params = assessments_seen(viewer, assessment)
    if not (isinstance(viewer, Staff) and viewer.blinded):
        return sql, params
    return f"{sql} AND {alias}.entered_by = :viewer_id", params


def participants_seen(viewer: Viewer, alias: str = "p", column: str = "id") -> Clause:
    """Return the condition on a table that has `study_id` and names the participant in `column`."""
    match viewer:
        case System():
            return "1", {}
        case Device(participant_id=participant_id):
            return f"{alias}.{column} = :viewer_participant", {"viewer_participant": participant_id}
        case Staff():
            mine = (
                f"{alias}.study_id = :viewer_study AND (:viewer_sees_everyone = 1"
                f" OR {assigned(f'{alias}.{column}')})"
            )
            return mine, {
                "viewer_study": viewer.study_id,
                "viewer_id": viewer.id,
                "viewer_sees_everyone": int(viewer.sees_everyone),
            }


def assigned(participant: str) -> str:
    """Return the condition that `:viewer_id` guides or guided a participant, or rates them now.

    `participant` is the SQL expression of their id.
    """
    return (
        "(EXISTS (SELECT 1 FROM facilitator_facts f WHERE f.staff_id = :viewer_id"
        f" AND f.participant_id = {participant})"
        " OR COALESCE((SELECT t.state FROM rater_facts t WHERE t.staff_id = :viewer_id"
        f" AND t.participant_id = {participant} ORDER BY t.seq DESC LIMIT 1), '') = 'assigned')"
    )


def known(viewer: Viewer, column: str) -> Clause:
    """Return the condition that this viewer is among those that a column names (see `may_know`).

    `column` holds a JSON list of roles, or is empty where everybody may know.
    """
    if not isinstance(viewer, Staff):
        return "1", {}
    blinding = ", ".join(f"'{role}'" for role in sorted(BLIND_FIRST))
    named = f"(SELECT k.value FROM json_each({column}) k)"
    mine = "SELECT 1 FROM json_each(:viewer_roles) r WHERE r.value"
    sql = (
        f"({column} = '' OR (EXISTS ({mine} IN {named})"
        f" AND NOT EXISTS ({mine} IN ({blinding}) AND r.value NOT IN {named})))"
    )
    return sql, {"viewer_roles": json.dumps(sorted(viewer.roles))}


def arm_known(viewer: Viewer, alias: str = "p") -> Clause:
    """Return the condition on `participants` that this viewer may know the arm."""
    return known(viewer, f"{alias}.arm_known_to")


def unrated(viewer: Viewer, participant: str) -> Clause:
    """Return the condition that nothing hidden from this viewer could show through a row.

    For what tells that a form was asked or answered without being one: messages, counts of
    envelopes, when a phone was last there. Hidden from whoever does not see alliance, from everyone
    who ever guided the participant named by the SQL expression `participant`, and, where the plan
    tells the arm, from whoever may not know that.
    """
    if not isinstance(viewer, Staff):
        return "1", {}
    told, params = known(viewer, "c.plan_known_to")
    sql = (
        ":unrated_sees_alliance = 1 AND NOT EXISTS (SELECT 1 FROM facilitator_facts u"
        f" WHERE u.staff_id = :unrated_id AND u.participant_id = {participant})"
        f" AND NOT EXISTS (SELECT 1 FROM participants c WHERE c.id = {participant} AND NOT {told})"
    )
    return sql, {
        **params,
        "unrated_sees_alliance": int(viewer.sees_alliance),
        "unrated_id": viewer.id,
    }
