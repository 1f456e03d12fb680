"""What happens when two windows of the same instrument about the same person overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from server.domain.drafting import Draft
from server.domain.protocol import Overlap, Protocol
from server.domain.windows import Window


def settle(protocol: Protocol, drafts: Iterable[Draft]) -> list[tuple[Draft, str]]:
    """Change the windows where the protocol says so; return the drafts that have none left, and why.

    The later of two decides by its own rule: the earlier closes when it opens, or it opens when the
    earlier has closed. Later is what would open later; of what opens together, what closes later.
    """
    groups: dict[tuple[str, str | None], list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.instrument.id, draft.about].append(draft)
    gone: list[tuple[Draft, str]] = []
    for group in groups.values():
        if any(_rule(protocol, each) != "both" for each in group):
            gone += _settle(protocol, sorted(group, key=_order))
    return gone


def _settle(protocol: Protocol, group: list[Draft]) -> list[tuple[Draft, str]]:
    standing: list[Draft] = []
    gone: list[tuple[Draft, str]] = []
    for later in group:
        rule = _rule(protocol, later)
        meeting = [each for each in standing if rule != "both" and _meet(each, later)]
        if meeting and rule == "later opens after":
            closes_at = max(each.when.closes_at for each in meeting)
            later.when = _cut(later.when, opens_at=closes_at)
            meeting = []
        for earlier in meeting:
            if earlier.when.opens_at < later.when.opens_at:
                earlier.when = _cut(earlier.when, closes_at=later.when.opens_at)
            else:
                standing.remove(earlier)
                gone.append((earlier, f"gives way to “{later.definition.label}”"))
        if later.when.opens_at < later.when.closes_at:
            standing.append(later)
        else:
            gone.append((later, "closes before the same form asked earlier does"))
    return gone


def _rule(protocol: Protocol, draft: Draft) -> Overlap:
    return draft.definition.overlap or protocol.overlap


def _order(draft: Draft) -> tuple[datetime, datetime, date, int, str]:
    when = draft.when
    return when.opens_at, when.closes_at, draft.point.on, draft.position, draft.id


def _meet(one: Draft, other: Draft) -> bool:
    return one.when.opens_at < other.when.closes_at and other.when.opens_at < one.when.closes_at


def _cut(
    when: Window, *, opens_at: datetime | None = None, closes_at: datetime | None = None
) -> Window:
    opens, closes = opens_at or when.opens_at, closes_at or when.closes_at
    return Window(opens, min(max(when.target_at, opens), closes), closes)
