"""Rules that count endorsed items, cluster by cluster; decided once no missing answer can change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product

from server.domain.instrument import Instrument
from server.domain.score import Cluster, Score
from server.domain.scoring.outcome import Outcome, Work, given

# What each item counts; None where it is missing.
_Values = Mapping[str, float | None]
# Of more missing answers that several clusters share, the rule may stay open though it is decided.
_MOST_FILLED = 8


def rule(rule: Score, work: Work) -> Outcome:
    """Say whether every cluster has as many endorsed items as it needs (and no more than it may)."""
    verdicts = {_together(rule, values) for values in _filled(rule, work)}
    if verdicts in ({True}, {False}):
        return Outcome(float(verdicts.pop() is True))
    lost = [
        f"{item} {given(work.answers, item).state}"
        for item in dict.fromkeys(item for cluster in rule.clusters for item in cluster.items)
        if work.counted(item) is None
    ]
    return Outcome(None, f"the answers that are missing would decide it: {', '.join(lost)}")


def _filled(rule: Score, work: Work) -> Iterator[_Values]:
    """Yield the values with every way to fill what is missing in several clusters at once.

    Such an answer counts in all of them or in none: what would meet one may be what another forbids.
    """
    held = Counter(item for cluster in rule.clusters for item in cluster.items)
    values = {item: work.counted(item) for item in held}
    shared = [item for item, times in held.items() if times > 1 and values[item] is None]
    if len(shared) > _MOST_FILLED:
        yield values
        return
    for guess in product(*(_worths(rule, work.instrument, item) for item in shared)):
        yield {**values, **dict(zip(shared, guess, strict=True))}


def _worths(rule: Score, instrument: Instrument, item: str) -> list[float]:
    """Return what an item may count, once for each way in which the clusters tell values apart."""
    found = instrument.item(item)
    clusters = [cluster for cluster in rule.clusters if item in cluster.items]
    worths = [float(instrument.counts(found, code)) for code in instrument.codes(found)]
    if not worths:
        marks = {cluster.own.get(item, cluster.at_least) for cluster in clusters}
        worths = [min(marks) - 1, *marks]
    told_apart = {tuple(each.endorsed(item, worth) for each in clusters): worth for worth in worths}
    return list(told_apart.values())


def _together(rule: Score, values: _Values) -> bool | None:
    """Return whether all clusters are met; None while answers that one of them lacks could turn it."""
    verdicts = [_verdict(cluster, values) for cluster in rule.clusters]
    if any(verdict is False for verdict in verdicts):
        return False
    return True if all(verdicts) else None


def _verdict(cluster: Cluster, values: _Values) -> bool | None:
    """Return True or False once it is certain, None while missing answers could turn it."""
    known = [(item, value) for item in cluster.items if (value := values[item]) is not None]
    fewest = sum(cluster.endorsed(item, value) for item, value in known)
    most = fewest + len(cluster.items) - len(known)
    ceiling = len(cluster.items) if cluster.most is None else cluster.most
    if most < cluster.count or fewest > ceiling:
        return False
    return True if fewest >= cluster.count and most <= ceiling else None
