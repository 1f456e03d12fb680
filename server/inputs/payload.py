"""What lies inside an envelope: a finished response, a practice form, or a wish, as the device tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

from server.errors import BadInputError
from server.inputs import strict_json
from server.inputs.envelope import LARGEST

# A century of milliseconds: no form takes longer, and no integer column overflows.
_LONGEST_MS = 100 * 366 * 86_400_000
_TEXT_LIMIT = 200
_WORDS_LIMIT = 20_000

# response and practice are forms; call asks for a call; outside is for a person outside the team.
Kind = Literal["response", "practice", "call", "outside"]


@dataclass(frozen=True, slots=True)
class Payload:
    """A response as the device tells it; nothing in it has been checked against the study yet.

    Times are by the device's clock, with its offset; `elapsed_ms` was measured by a clock that
    nobody can set.
    """

    kind: Kind
    assessment: str
    form: str
    language: str
    about: str | None
    event: str | None
    began_at: datetime | None
    finished_at: datetime | None
    elapsed_ms: int | None
    zone: str
    answers: Mapping[str, object]
    process: Mapping[str, object]
    # What somebody wrote to the person outside, and how they would like to be answered.
    words: str = ""
    reply: str = ""


def read(data: bytes) -> Payload:
    """Read the inside of an envelope.

    Raises:
        BadInputError: it is not what a phone of ours would have sealed; `places` says where.

    """
    found = strict_json.read(data, largest=LARGEST)
    if not isinstance(found, dict):
        message = "inside the envelope lies no object"
        raise BadInputError(message)
    kind = _kind(found)
    needed = kind == "response"
    return Payload(
        kind=kind,
        assessment=_string(found, "assessment", needed=needed) or "",
        form=_string(found, "form", needed=needed) or "",
        language=_string(found, "language", needed=needed) or "",
        about=_string(found, "about"),
        event=_string(found, "event"),
        began_at=_instant(found, "began_at"),
        finished_at=_instant(found, "finished_at"),
        elapsed_ms=_elapsed(found),
        zone=_string(found, "zone") or "",
        answers=_object(found, "answers"),
        process=_object(found, "process"),
        words=_words(found) if kind == "outside" else "",
        reply=_line(found, "reply"),
    )


def _kind(found: Mapping[str, Any]) -> Kind:
    for kind in get_args(Kind):
        if found.get("kind") == kind:
            return cast("Kind", kind)
    raise _wrong("kind", f"must be one of {', '.join(get_args(Kind))}")


def _words(found: Mapping[str, Any]) -> str:
    """Return what somebody wrote, over as many lines as they liked."""
    value = found.get("words")
    if not isinstance(value, str) or not value.strip() or len(value) > _WORDS_LIMIT:
        raise _wrong("words", f"must be text of at most {_WORDS_LIMIT} characters")
    return value.encode("utf-8", "replace").decode("utf-8").strip()


def _line(found: Mapping[str, Any], name: str) -> str:
    """Return one line of somebody's own, mended rather than refused: what came with it must arrive.

    Numbers copied from a phone's contacts bring signs along that nobody sees.
    """
    value = found.get(name)
    seen = "".join(sign if sign.isprintable() else " " for sign in str(value or ""))
    return " ".join(seen.split())[:_TEXT_LIMIT]


def _string(found: Mapping[str, Any], name: str, *, needed: bool = False) -> str | None:
    value = found.get(name)
    if value is None and not needed:
        return None
    # Half a surrogate pair is JSON, but no text that anything can store; it is not printable.
    sound = isinstance(value, str) and len(value) <= _TEXT_LIMIT and value.isprintable()
    if not sound or (needed and not value):
        raise _wrong(name, f"must be printable text of at most {_TEXT_LIMIT} characters")
    return str(value)


def _instant(found: Mapping[str, Any], name: str) -> datetime | None:
    value = _string(found, name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise _wrong(name, "must carry its offset from UTC")
        return moment.astimezone(UTC)  # where a year before 1 or after 9999 shows
    except (ValueError, OverflowError) as error:
        raise _wrong(name, "must be an ISO-8601 instant") from error


def _elapsed(found: Mapping[str, Any]) -> int | None:
    value = found.get("elapsed_ms")
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LONGEST_MS:
        return int(value)
    raise _wrong("elapsed_ms", "must be a number of milliseconds")


def _object(found: Mapping[str, Any], name: str) -> Mapping[str, object]:
    value = found.get(name, {})
    if not isinstance(value, dict):
        raise _wrong(name, "must be an object")
    return value


def _wrong(name: str, remedy: str) -> BadInputError:
    return BadInputError(f"inside the envelope: {name} {remedy}", {name: remedy})
