"""A difference between two scores of one person, in words: each figure with all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.change import Difference, Yardstick
from server.outputs.charts import number
from server.outputs.words import gettext


@dataclass(frozen=True, slots=True)
class Told:
    """One figure: whether the difference reaches it, what it is, and what it rests on."""

    verdict: str
    figure: str
    basis: str

    @property
    def line(self) -> str:
        """All of it in one line, for paper."""
        return f"{self.figure}: {self.verdict}. {self.basis}"


def told(difference: Difference) -> tuple[Told, ...]:
    """Return each figure in words; none where the field agreed on none (`Difference.none` says why)."""
    return tuple(
        Told(_verdict(each), _figure(each), _basis(each)) for each in difference.yardsticks
    )


def amount(difference: Difference) -> str:
    """Write a difference with its sign: `+4`, `−11.5`, `0`."""
    moved = round(difference.amount, 2)
    return f"+{number(moved)}" if moved > 0 else number(moved)


def _verdict(each: Yardstick) -> str:
    return {
        "reached": gettext("reached"),
        "between": gettext("in between"),
        "not reached": gettext("not reached"),
    }[each.verdict]


def _figure(each: Yardstick) -> str:
    """Name the figure and how many points it takes, going by this person's first score."""
    means = f"{each.means[:1].upper()}{each.means[1:]}"
    least = number(round(each.least, 2))
    if each.most is not None:
        points = gettext("%(least)s to %(most)s points", least=least, most=number(each.most))
    else:
        points = gettext("%(least)s points", least=least)
    if each.percent is not None:
        share = number(each.percent)
        points = gettext("%(share)s %% of the first, here %(points)s", share=share, points=points)
    way = {"drop": gettext("lower by"), "rise": gettext("higher by"), "either": ""}[each.direction]
    return f"{means}, {way} {points}" if way else f"{means}, {points}"


def _basis(each: Yardstick) -> str:
    parts = []
    if each.r is not None and each.sd is not None:
        parts.append(
            gettext(
                "r %(r)s (%(kind)s), SD %(sd)s",
                r=f"{each.r:.2f}",
                kind=each.kind,
                sd=number(each.sd),
            )
        )
        parts.append(each.method)
    parts.append(each.source.rstrip("."))
    return "; ".join(parts) + evidence(each.evidence) + "."


def evidence(mark: str) -> str:
    """Say how well a figure was checked; nothing for what was read in its source."""
    return {
        "read": "",
        "secondary": gettext(", second hand"),
        "recalled": gettext(", as recalled, not looked up"),
    }[mark]
