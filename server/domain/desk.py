"""What staff may do about a form: answer it, excuse it, note that it is on paper, enter it from there."""

from __future__ import annotations

from server.domain.assessment import ANSWERED, State
from server.domain.instrument import Respondent
from server.domain.people import CARES, Role

# Whose forms a role answers on screen. What participants answer, nobody answers for them.
ANSWERED_BY: dict[Respondent, frozenset[Role]] = {
    "participant": frozenset(),
    "rater": frozenset({"rater"}),
    "facilitator": frozenset({"facilitator"}),
    "staff": CARES,
}
_BY_WHOM: dict[Respondent, str] = {
    "participant": "The participant answers this form; what stands on paper can be entered from there.",
    "rater": "A rater who is assigned to this participant answers this form.",
    "facilitator": "A facilitator of this participant answers this form.",
    "staff": "Whoever cares for the study's participants answers this form.",
}
_WHY_NOT: dict[State, str] = {
    "retired": "This form is no longer planned.",
    "excused": "This form is excused. Take the excuse back first.",
    "on-paper": "This form was noted as answered on paper. Enter it from there.",
    "upcoming": "This form has not opened yet.",
    "awaiting": "First confirm that the visit this form is about was held.",
}


def no_answering(respondent: Respondent, state: State, late: str, *, answers: bool) -> str:
    """Return why somebody may not answer on screen now; empty when they may.

    `answers`: whether they hold the form's role and are assigned. `late` is what the plan says of an
    answer past closing: only the opening of the form is ever refused.
    """
    if not answers:
        return _BY_WHOM[respondent]
    if state in ANSWERED:
        return "This form is answered already."
    if state in {"half-done", "missed", "unopened"} and late == "stop opening":
        return "This form has closed, and the protocol takes no answer after closing."
    return _WHY_NOT.get(state, "")


def no_excuse(state: State) -> str:
    """Return why a form cannot be excused; empty when it can. One to come may be excused, too."""
    if state in ANSWERED:
        return "This form is answered already."
    return _WHY_NOT[state] if state in {"retired", "excused", "on-paper"} else ""


def no_paper(respondent: Respondent, state: State) -> str:
    """Return why a form cannot be noted as answered on paper, or entered from there; else nothing.

    Nothing on paper is refused for being late: it is taken in and flagged.
    """
    if respondent != "participant":
        return "Only a participant's form can be answered on paper; this one is answered on screen."
    if state in ANSWERED:
        return "This form is answered already."
    return _WHY_NOT[state] if state in {"retired", "upcoming", "awaiting"} else ""
