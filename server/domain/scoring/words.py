"""A score's method and its rule for missing answers in words, for staff and the printed catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.score import Missing, Score


def method_in_words(rule: Score, labels: Mapping[str, str]) -> str:
    """Say how a score is made of what; `labels` are those of the instrument's scores, by id."""
    if rule.scores:
        of = ", ".join(f"“{labels.get(name, name)}”" for name in rule.scores)
        return _OVER_SCORES[rule.method].format(of=of) + _scaled(rule)
    if rule.method == "clusters":
        return f"yes when each of {len(rule.clusters)} conditions on its items holds"
    if len(rule.items) == 1:
        return f"the answer to one item{_scaled(rule)}"
    of = f"{len(rule.items)} items"
    return _OVER_ITEMS[rule.method].format(of=of) + _scaled(rule)


_OVER_ITEMS = {
    "sum": "sum of {of}",
    "mean": "mean of {of}",
    "max_of": "largest of {of}",
    "digits": "answers to {of} as the digits of a profile",
}
_OVER_SCORES = {
    "sum_of": "sum of {of}",
    "linear": "{of}",
    "percent": "{of} as a percentage of its range",
    "lookup": "{of}, looked up in the authors' table",
    "every": "yes when each of {of} reaches its mark",
}


def _scaled(rule: Score) -> str:
    times = f", times {rule.factor:g}" if rule.factor != 1 else ""
    return times + (f", plus {rule.offset:g}" if rule.offset else "")


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
        unless = ", unless one counts as much as any could" if rule.method == "max_of" else ""
        return f"every item{shown} must be answered{unless}"
    count = f"up to {missing.allow} of {len(rule.items)} items may be missing"
    if missing.fill == "mean of answered":
        return f"{count}, filled with the mean of those answered"
    return f"{count}; those answered count"
