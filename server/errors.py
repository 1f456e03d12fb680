"""What can go wrong, raised where it is known; the web translates each once, by its `status`."""

from __future__ import annotations


def said(text: str) -> str:
    """Mark a sentence that a participant may read for translators; pages translate it where it is shown."""
    return text


class AttuneError(Exception):
    """Anything Attune refuses, in words fit for the person who reads them."""

    status = 500


class BadInputError(AttuneError):
    """What came in cannot be used; nothing of it was applied. `places` maps a field to its remedy."""

    status = 422

    def __init__(self, message: str, places: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.places = places or {}


class NotFoundError(AttuneError):
    """It is not there, or it is not for this viewer: the two look the same from outside."""

    status = 404


class ForbiddenError(AttuneError):
    """This person may not do that, and may know that it exists."""

    status = 403


class SignInNeededError(AttuneError):
    """Nobody, or nobody any more, is signed in on this browser."""

    status = 401


class ConflictError(AttuneError):
    """Someone else got there first; the message says what stands now."""

    status = 409


class NotReadyError(AttuneError):
    """A form has only sample sentences yet, so a real study does not open it."""

    status = 423


class LockedError(AttuneError):
    """It is theirs, and opens only with their PIN, given lately."""

    status = 423


class TooManyTriesError(AttuneError):
    """Too many wrong tries; `retry_after` says in how many seconds to come back."""

    status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(AttuneError):
    """The store could not take this now; nothing was written, and trying again is safe."""

    status = 503


class ConfigError(AttuneError):
    """A setting stops the start; the message names the setting and a value that would do."""


class DefinitionError(AttuneError):
    """Definitions (forms, schedules) cannot be used; each problem has file, line, path and remedy."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UnauditedWriteError(AttuneError):
    """A transaction changed rows and told the audit trail nothing: a bug, and it was rolled back."""


class IntegrityError(AttuneError):
    """What is stored is not what was written: damage or tampering; the message says where."""
