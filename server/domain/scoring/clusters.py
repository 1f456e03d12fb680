"""Rules that count endorsed items, cluster by cluster; decided once no missing answer can change it."""

from __future__ import annotations

from server.domain.score import Cluster, Score
from server.domain.scoring.outcome import Outcome, Work, given


def rule(rule: Score, work: Work) -> Outcome:
    """Say whether every cluster has as many endorsed items as it needs (and no more than it may)."""
    verdicts = [_verdict(cluster, work) for cluster in rule.clusters]
    if any(verdict is False for verdict in verdicts):
        return Outcome(0.0)
    if all(verdicts):
        return Outcome(1.0)
    lost = [
        f"{item} {given(work.answers, item).state}"
        for item in dict.fromkeys(item for cluster in rule.clusters for item in cluster.items)
        if work.counted(item) is None
    ]
    return Outcome(None, f"the answers that are missing would decide it: {', '.join(lost)}")


def _verdict(cluster: Cluster, work: Work) -> bool | None:
    """Return True or False once it is certain, None while missing answers could turn it."""
    values = {item: work.counted(item) for item in cluster.items}
    fewest = sum(v is not None and cluster.endorsed(item, v) for item, v in values.items())
    most = fewest + sum(value is None for value in values.values())
    ceiling = len(cluster.items) if cluster.most is None else cluster.most
    if most < cluster.count or fewest > ceiling:
        return False
    return True if fewest >= cluster.count and most <= ceiling else None
