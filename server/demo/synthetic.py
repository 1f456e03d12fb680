"""Make-believe people whose scores behave like published ones: for the demo and for tests of scale.

Sizes aimed at: alliance rises from preparation to one week after a session by d about .4, and goes
with later symptoms at r about -.6 (Levin et al. 2024, PLoS ONE 19(3): e0300501, abstract). The
answers are drawn, not measured; nothing here is a finding.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

ALLIANCE_RISE = 0.4
ALLIANCE_WITH_SYMPTOMS = -0.6
# Means and SDs in score units: WAI-SR total 12-60, IES-R total 0-88, WHO-5 percent 0-100.
ALLIANCE = (46.0, 6.5)
SYMPTOMS_BEFORE = (52.0, 11.0)
SYMPTOMS_AFTER = (24.0, 12.0)
WELL_BEING_BEFORE = (32.0, 11.0)
WELL_BEING_AFTER = (58.0, 14.0)


@dataclass(frozen=True)
class Person:
    """One synthetic participant, as standard scores (mean 0, SD 1) shared by all measures.

    `punctual` is the chance to answer at all; `tardy` the chance to do so in the window's last part.
    """

    alliance: float
    course: float
    severity: float
    punctual: float
    tardy: float


def cohort(size: int, seed: int) -> list[Person]:
    """Draw a cohort whose sample correlations are exactly the ones aimed at, whatever its size."""
    # A fixed seed makes the same people each time: reproducible, and no secret hangs on it.
    dice = random.Random(seed)
    alliance = _standard([dice.gauss(0, 1) for _ in range(size)])
    noise = _standard(_without(alliance, [dice.gauss(0, 1) for _ in range(size)]))
    r = ALLIANCE_WITH_SYMPTOMS
    course = [r * a + math.sqrt(1 - r * r) * e for a, e in zip(alliance, noise, strict=True)]
    people = []
    for index in range(size):
        silent, late = index % 8 == 5, index % 5 == 3
        people.append(
            Person(
                alliance=alliance[index],
                course=course[index],
                severity=dice.gauss(0, 1),
                punctual=0.35 if silent else 0.95,
                tardy=0.8 if late else 0.15,
            )
        )
    return people


def alliance_total(
    person: Person, *, after_session: bool, about: int, dice: random.Random
) -> float:
    """Return a WAI-SR total (12-60) about the first or second guide."""
    mean, sd = ALLIANCE
    rise = ALLIANCE_RISE * sd if after_session else 0.0
    return mean + sd * person.alliance + rise - 1.2 * about + dice.gauss(0, 1.5)


def symptoms_total(person: Person, months_after: float | None, dice: random.Random) -> float:
    """Return an IES-R total (0-88); `months_after` the last dosing visit, None before it."""
    return _course(
        person.severity, person.course, SYMPTOMS_BEFORE, SYMPTOMS_AFTER, months_after, dice
    )


def well_being_raw(person: Person, months_after: float | None, dice: random.Random) -> float:
    """Return a WHO-5 raw score (0-25)."""
    percent = _course(
        -person.severity, -person.course, WELL_BEING_BEFORE, WELL_BEING_AFTER, months_after, dice
    )
    return percent / 4


def items_for(total: float, codes: Sequence[int], count: int, dice: random.Random) -> list[int]:
    """Return `count` answer codes that add up to about `total`, spread as people spread them."""
    low, high = min(codes), max(codes)
    wanted = round(min(max(total, low * count), high * count))
    answers = [
        min(max(round(wanted / count + dice.gauss(0, 0.7)), low), high) for _ in range(count)
    ]
    while sum(answers) != wanted:
        step = 1 if sum(answers) < wanted else -1
        index = dice.randrange(count)
        answers[index] = min(max(answers[index] + step, low), high)
    return answers


def _course(
    start: float,
    end: float,
    before: tuple[float, float],
    after: tuple[float, float],
    months_after: float | None,
    dice: random.Random,
) -> float:
    """Return a score on the way from `before` to `after`: most of the way within a month."""
    first = before[0] + before[1] * start
    if months_after is None:
        return first + dice.gauss(0, 2)
    last = after[0] + after[1] * end
    way = 1 - math.exp(-(months_after + 0.15) / 0.35)
    return first + (last - first) * way + dice.gauss(0, 2.5)


def _standard(values: list[float]) -> list[float]:
    mean = sum(values) / len(values)
    sd = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return [(value - mean) / sd for value in values]


def _without(known: list[float], values: list[float]) -> list[float]:
    """Return what is left of `values` once what `known` explains is taken out."""
    slope = sum(a * b for a, b in zip(known, values, strict=True)) / sum(a * a for a in known)
    return [b - slope * a for a, b in zip(known, values, strict=True)]
