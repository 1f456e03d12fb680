"""A score's rule for missing answers in words, for staff, statisticians and the printed catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.score import Missing, Score


def whose(missing: Missing) -> str:
    """Say whose rule it is."""
    return "the authors' rule" if missing.rule == "authors" else "local rule"


def rule_in_words(rule: Score, settings: Mapping[str, str]) -> str:
    """Say what happens when answers are missing, whose rule that is, and where it stands."""
    if rule.method == "clusters":
        return "decided once no missing answer could change it (local rule)"
    if rule.method == "every":
        return "no as soon as one falls short, yes only with all of them"
    if rule.scores:
        return "follows the scores that it is built on"
    missing = rule.missing_under(settings)
    named = f"{whose(missing)}: {missing.source}" if missing.source else whose(missing)
    return f"{_tolerated(rule, missing)} ({named})"


def _tolerated(rule: Score, missing: Missing) -> str:
    if missing.allow == 0:
        shown = " that is shown" if missing.not_shown == "left out" else ""
        return f"every item{shown} must be answered"
    count = f"up to {missing.allow} of {len(rule.items)} items may be missing"
    if missing.fill == "mean of answered":
        return f"{count}, filled with the mean of those answered"
    return f"{count}; those answered count"
