"""Two scores of one person → how they differ, and what published figures say about a difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from server.domain.instrument import Instrument
from server.domain.reading import Direction, Evidence, Published, Reliability

# Of a normal distribution, 95 in 100 lie within this many standard errors.
_CONFIDENCE = 1.96
RELIABLE = "reliable change"
_METHOD = "Jacobson & Truax 1991, doi 10.1037/0022-006X.59.1.12"

# between: sources name a range, and the difference lies in it.
Verdict = Literal["reached", "between", "not reached"]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """One figure that a difference is held against, with all that it rests on.

    `least` (to `most`, where sources name a range) is in points of the score, for this first value;
    `percent` is what it was published as, where that is a share of the first. `direction` is the way
    it was published for. `r`, `kind` and `sd` are there for a computed reliable change.
    """

    means: str
    verdict: Verdict
    least: float
    most: float | None
    source: str
    evidence: Evidence
    percent: float | None = None
    direction: Direction = "either"
    r: float | None = None
    kind: str = ""
    sd: float | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a person's score differs from an earlier one; `none` says why no figure is beside it."""

    first: float
    latest: float
    yardsticks: tuple[Yardstick, ...]
    none: str

    @property
    def amount(self) -> float:
        """Latest minus first, in points; what is better is said by the score's `higher_is`."""
        return self.latest - self.first


def standard_error(sd: float, r: float) -> float:
    """Return the standard error of measurement, in points: SD times the root of 1 - r."""
    return sd * math.sqrt(1 - r)


def reliable_threshold(sd: float, r: float) -> float:
    """Return the difference that error alone passes five times in a hundred (Jacobson & Truax 1991).

    1.96 times the standard error of a difference, which is the root of 2 times that of measurement.
    """
    return _CONFIDENCE * math.sqrt(2) * standard_error(sd, r)


def difference(instrument: Instrument, score_id: str, first: float, latest: float) -> Difference:
    """Compare two values of one score of one person, the earlier first.

    Where the field has agreed on no figure (WAI, IES-R) there is none, and `none` says so.
    """
    rule = instrument.change.get(score_id)
    if rule is None:
        return Difference(first, latest, (), "no figure for a change of this score is on file")
    yardsticks = [_published(each, first, latest) for each in rule.published]
    if rule.reliability is not None:
        yardsticks.insert(0, _reliable(rule.reliability, first, latest))
    return Difference(first, latest, tuple(yardsticks), rule.none)


def _reliable(given: Reliability, first: float, latest: float) -> Yardstick:
    least = reliable_threshold(given.sd, given.r)
    return Yardstick(
        means=RELIABLE,
        verdict="reached" if abs(latest - first) >= least else "not reached",
        least=least,
        most=None,
        source=given.source,
        evidence=given.evidence,
        r=given.r,
        kind=given.kind,
        sd=given.sd,
        method=_METHOD,
    )


def _published(given: Published, first: float, latest: float) -> Yardstick:
    scale = abs(first) / 100 if given.unit == "percent of the first" else 1.0
    least = given.least * scale
    most = None if given.most is None else given.most * scale
    moved = {"drop": first - latest, "rise": latest - first}.get(
        given.direction, abs(latest - first)
    )
    return Yardstick(
        means=given.means,
        verdict=_verdict(moved, least, most),
        least=least,
        most=most,
        source=given.source,
        evidence=given.evidence,
        percent=given.least if given.unit == "percent of the first" else None,
        direction=given.direction,
    )


def _verdict(moved: float, least: float, most: float | None) -> Verdict:
    # A first value of 0 has no percentage to drop by, and nothing has been reached.
    if moved <= 0 or moved < least:
        return "not reached"
    return "between" if most is not None and moved < most else "reached"
