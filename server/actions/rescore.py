"""Score again what is in: after a study chose otherwise where sources disagree, or a scoring was mended.

Nothing is overwritten: the new results stand beside the old ones, and count from then on. What is scored
by the version that holds already is left alone, so that running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from server.actions.context import Context
from server.actions.reconcile import follow_answer
from server.domain.people import Actor
from server.domain.scoring import ScoreResult, score
from server.domain.scoring.settings import known_settings
from server.errors import NotFoundError
from server.store import scorings, studies
from server.store.database import Row
from server.store.transaction import Transaction

# Of one transaction: others wait to write meanwhile.
_AT_ONCE = 50
# Sums of the same answers may differ in their last binary digit.
_HAIR = 1e-9


@dataclass
class Rescored:
    """What became of a study's answers: how many were looked at, scored anew, or could not be.

    `disagreeing` names what stands under the version that holds and does not come out the same: the
    scoring was changed without raising its version.
    """

    study: str
    looked_at: int = 0
    anew: int = 0
    unknown: int = 0
    disagreeing: list[str] = field(default_factory=list)


def rescore(
    context: Context,
    actor: Actor,
    study_id: str,
    instrument: str | None = None,
    reason: str = "scored anew",
    *,
    only_look: bool = False,
) -> Rescored:
    """Score a study's answers (to one instrument) by what holds now, and let that count.

    With `only_look` nothing is written.
    """
    study = studies.one(context.db, study_id)
    found = Rescored(study["code"])
    every = scorings.responses(context.db, study_id, instrument)
    for start in range(0, len(every), _AT_ONCE):
        differing = list(_differing(context, study, every[start : start + _AT_ONCE], found))
        if differing and not only_look:
            with context.write(actor, reason) as tx:
                for row, results in differing:
                    _keep(tx, context, row, results, reason)
    return found


def _differing(
    context: Context, study: Row, rows: list[Row], found: Rescored
) -> Iterator[tuple[Row, tuple[ScoreResult, ...]]]:
    """Yield the responses whose scores that count were not made by what holds now."""
    for row in rows:
        found.looked_at += 1
        results = _scored(context, study, row)
        if results is None:
            found.unknown += 1
            continue
        if not results:
            continue
        version = results[0].scoring_version
        if _disagree(scorings.stored(context.db, row["id"], version), results):
            found.disagreeing.append(f"{row['instrument']}, response {row['id']}")
        elif scorings.counting(context.db, row["id"]) != version:
            found.anew += 1
            yield row, results


def _scored(context: Context, study: Row, row: Row) -> tuple[ScoreResult, ...] | None:
    """Return the scores by the version that was answered; None where its definition is gone."""
    try:
        instrument = context.catalog.instrument(row["instrument"], row["instrument_version"])
    except NotFoundError:
        return None
    if not instrument.scores:
        return ()
    choices = known_settings(instrument, study["scoring"].get(instrument.id, {}))
    return score(instrument, scorings.answers(context.db, row["id"]), choices)


def _disagree(stored: dict[str, float | None], results: tuple[ScoreResult, ...]) -> bool:
    if not stored:
        return False
    now = {result.score_id: result.value for result in results}
    return stored.keys() != now.keys() or any(
        not _same(value, now[name]) for name, value in stored.items()
    )


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _HAIR * max(1.0, abs(one))


def _keep(
    tx: Transaction, context: Context, row: Row, results: tuple[ScoreResult, ...], reason: str
) -> None:
    version = results[0].scoring_version
    # Whoever chooses back and forth comes by results that stand already.
    if not scorings.stored(tx.db, row["id"], version):
        scorings.add(tx, row["id"], results)
    scorings.count(tx, row["id"], version, reason)
    follow_answer(tx, context, row["participant_id"], row["definition"])
