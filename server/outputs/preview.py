"""A form to try at one's desk: all questions on one page, its scores beside them, nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.domain.answers import validate
from server.domain.instrument import Instrument, Wording
from server.domain.score import Score
from server.domain.scoring import ScoreResult, score
from server.errors import BadInputError
from server.outputs.forms import direction, environment, sheet

# Stands where the phone would put whom it is about, and the event that somebody named.
_SLOTS = {"about": "Robin", "event": "…"}
# How many missing answers a score names here; what is stored names each.
_MOST_NAMED = 2


def page(
    instrument: Instrument,
    wording: Wording,
    static: Callable[[str], str],
    *,
    score: str = "/score",
    token: str = "",
    back: str = "",
) -> bytes:
    """Return the page; `static` gives the address of a file below static/.

    `score` is where answers are sent to be scored, with `token` where the server wants one; `back` is
    the page it was opened from.
    """
    template = environment(wording.language).get_template("preview.html")
    return template.render(
        sheet=sheet(instrument, wording, _SLOTS),
        instrument=instrument,
        wording=wording,
        lang=wording.language,
        dir=direction(wording.language),
        static=static,
        score=score,
        token=token,
        back=back,
    ).encode()


def scored(instrument: Instrument, raw: Mapping[str, object]) -> dict[str, Any]:
    """Return what the answers so far come to, as the server would score them: JSON in plain values.

    An answer that does not fit is told at its item; the others count.
    """
    wrong: dict[str, str] = {}
    try:
        # Half filled in, what staff must answer is not missing yet.
        answers = validate(instrument, raw, complete=False)
    except BadInputError as error:
        wrong = {item: told for item, told in error.places.items() if item in raw}
        sound = {name: each for name, each in raw.items() if name not in error.places}
        answers = validate(instrument, sound, complete=False)
    return {
        "wrong": wrong,
        "states": {name: answer.state for name, answer in answers.items()},
        "scores": [_line(instrument, each) for each in score(instrument, answers)],
    }


def _value(rule: Score, result: ScoreResult) -> float | str | None:
    """Return a number, yes or no, or nothing."""
    if result.value is None:
        return None
    if rule.decides:
        return "yes" if result.value else "no"
    return round(result.value, 3)


def _brief(reason: str) -> str:
    """Shorten a list of missing answers: at first they are all missing, and their names only in the way."""
    why, colon, names = reason.rpartition(": ")
    listed = names.split(", ")
    if len(listed) <= _MOST_NAMED:
        return reason
    more = len(listed) - _MOST_NAMED
    return f"{why}{colon}{', '.join(listed[:_MOST_NAMED])} and {more} more"


def _sureness(result: ScoreResult) -> str:
    return "" if result.error is None else f"standard error {result.error:g}"


def _line(instrument: Instrument, result: ScoreResult) -> dict[str, Any]:
    rule = instrument.score(result.score_id)
    band = rule.band(result.value) if result.value is not None else None
    return {
        "id": result.score_id,
        "label": rule.label,
        "value": _value(rule, result),
        "range": "" if rule.decides else f"{rule.minimum:g}–{rule.maximum:g}",
        "band": f"{band.label} ({band.source})" if band else "",
        "reason": _brief(result.reason) or _sureness(result),
    }
