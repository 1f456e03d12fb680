"""Score plain lists of answers, one JSON line each, for whoever re-scores outside; nothing is stored."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping

from server.domain.answers import validate
from server.domain.instrument import Instrument, Item
from server.domain.scoring import ScoreResult, score
from server.errors import BadInputError
from server.inputs.strict_json import read

LONGEST_LINE = 1024 * 1024


def score_answers(
    instrument: Instrument,
    lines: Iterable[bytes],
    settings: Mapping[str, str],
    *,
    explain: bool = False,
) -> Iterator[str]:
    """Yield one JSON object of score id → value for each line, a list of answers in item order.

    null is unanswered. Values are not rounded; a score that cannot be had is null. With `explain`
    each score is an object that adds method, rule, reason, and what else is known of it.

    Raises:
        BadInputError: a line cannot be scored; the message names its number, and nothing of it or of
            what follows was yielded.

    """
    score(instrument, {}, settings)  # an unknown setting is told before the first line is read
    for number, line in _numbered(lines):
        try:
            answers = validate(instrument, _raw(instrument, line), complete=False)
            results = score(instrument, answers, settings)
        except BadInputError as error:
            # The sentence names each place; told apart as well, they would be read twice.
            raise BadInputError(f"line {number}: {error}") from error
        yield json.dumps(
            {each.score_id: _told(instrument, each, explain=explain) for each in results},
            ensure_ascii=False,
        )


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number; empty ones behind the last are none, as editors leave them."""
    empty = 0
    for number, line in enumerate(lines, start=1):
        said = line.removeprefix(BOM_UTF8) if number == 1 else line
        if not said.strip():
            empty = empty or number
        elif empty:
            raise BadInputError(
                f"line {empty}: it is empty; write null for each answer there is not"
            )
        else:
            yield number, said.rstrip()


def read_settings(pairs: Iterable[str]) -> dict[str, str]:
    """Read `name=value` pairs.

    Raises:
        BadInputError: one has no `=`, or a name stands twice.

    """
    settings: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name in settings:
            message = f"{pair!r} must be NAME=VALUE, each name once"
            raise BadInputError(message)
        settings[name] = value
    return settings


def _raw(instrument: Instrument, line: bytes) -> dict[str, object]:
    found = read(line, largest=LONGEST_LINE)
    asked = instrument.questions
    if not isinstance(found, list) or len(found) != len(asked):
        was = f"a list of {len(found)}" if isinstance(found, list) else "no list"
        message = (
            f"a list of {len(asked)} answers was expected, [{_first(asked)}, …]; this is {was}"
        )
        raise BadInputError(message)
    return {
        item.id: {"state": "unanswered"}
        if value is None
        else {"state": "answered", "value": _whole(value)}
        for item, value in zip(asked, found, strict=True)
    }


def _whole(value: object) -> object:
    """Take 3.0 for 3: a column of a data frame with gaps in it holds nothing else."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _first(asked: tuple[Item, ...]) -> str:
    return ", ".join(item.id for item in asked[:2])


def _told(instrument: Instrument, result: ScoreResult, *, explain: bool) -> object:
    value = _value(instrument, result)
    if not explain:
        return value
    more = {} if result.error is None else {"standard_error": result.error}
    return {
        "value": value,
        **more,
        "method": result.method,
        "rule": result.rule,
        "reason": result.reason,
        "prorated": result.prorated,
        "scoring_version": result.scoring_version,
    }


def _value(instrument: Instrument, result: ScoreResult) -> float | bool | None:
    """Write yes and no as such, and whole numbers without a point."""
    if result.value is None:
        return None
    if instrument.score(result.score_id).decides:
        return bool(result.value)
    return int(result.value) if result.value.is_integer() else result.value
