"""Excuse a form: it is asked no more, nobody is reminded, and the reason stays. It can be taken back."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.reconcile import reconcile
from server.domain.assessment import state
from server.domain.desk import no_excuse
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import assessment_facts, assessments

LONGEST_REASON = 500


def excuse_assessment(
    context: Context, actor: Actor, viewer: Staff, assessment_id: str, reason: str
) -> None:
    """Excuse it. Should an answer come all the same (a phone was offline), the answer counts.

    Raises:
        NotFoundError: there is no such form for this viewer.
        BadInputError: no reason is given.
        ConflictError: it is answered, on paper, excused already or no longer planned.

    """
    said = " ".join(reason.split())
    with context.write(actor, "Excused a form") as tx:
        row = assessments.one(tx.db, viewer, assessment_id)
        if not said or len(said) > LONGEST_REASON:
            remedy = f"Say why, in up to {LONGEST_REASON} characters."
            raise BadInputError("Nothing was excused.", {"reason": remedy})
        refusal = no_excuse(state(row, tx.at))
        if refusal:
            raise ConflictError(refusal)
        assessment_facts.record(tx, assessment_id, "excused", tx.at.date(), said)
        reconcile(tx, context, row["participant_id"])


def withdraw_excuse(context: Context, actor: Actor, viewer: Staff, assessment_id: str) -> None:
    """Take an excuse back: the form stands as if it had never been excused.

    Raises:
        NotFoundError: there is no such form for this viewer.
        ConflictError: it is not excused.

    """
    with context.write(actor, "Took back that a form is excused") as tx:
        row = assessments.one(tx.db, viewer, assessment_id)
        if row["became"] != "excused":
            raise ConflictError("This form is not excused.")
        assessment_facts.record(tx, assessment_id, "excuse withdrawn", tx.at.date())
        reconcile(tx, context, row["participant_id"])
