"""For whom a form is asked: by arm, site, language and course, and by what was answered before."""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.course import ENROLMENT, Course, Missing
from server.domain.facts import Result
from server.domain.protocol import Answered, AssessmentDefinition, Scored


def asked_at_all(definition: AssessmentDefinition, course: Course) -> bool:
    """Whether a definition is for this participant and course; nobody is told of what never is.

    Raises:
        Missing: that is not known yet.

    """
    facts, when = course.facts, definition.when
    if course.number > 1 and definition.anchor.kind == ENROLMENT:
        return False
    known = ((when.course, course.number), (when.language, facts.language))
    later = ((when.arm, facts.arm), (when.site, facts.site))
    if any(wanted and value not in wanted for wanted, value in known):
        return False
    if any(wanted and value and value not in wanted for wanted, value in later):
        return False
    if when.arm and not facts.arm:
        raise Missing("waits for allocation")
    if when.site and not facts.site:
        raise Missing("waits for the site")
    return True


def verdict(
    look: Answered | Scored, given: Iterable[tuple[str | None, Result | None]]
) -> bool | None:
    """Whether a condition holds, by forms with whom each is about; None while it is not known.

    The latest answer counts. Where several people are rated, it holds if it does for one of them.
    """
    latest: dict[str | None, Result | None] = {}
    for about, result in given:
        known = latest.setdefault(about, result)
        if result is not None and (known is None or _age(known) < _age(result)):
            latest[about] = result
    told = [None if result is None else _holds(look, result) for result in latest.values()]
    if any(told):
        return True
    return None if not told or None in told else False


def _holds(look: Answered | Scored, result: Result) -> bool:
    if isinstance(look, Answered):
        value = result.answers.get(look.item)
        several = value if isinstance(value, list | tuple) else (value,)
        return any(code in several for code in look.codes)
    score = result.scores.get(look.score)
    if score is None:
        return False
    low, high = look.at_least, look.below
    return (low is None or score >= low) and (high is None or score < high)


def _age(result: Result) -> tuple[object, str]:
    return result.answered_at, result.assessment_id
