"""How a password is kept: argon2id, and the same work whether or not there is one to compare."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# argon2-cffi's defaults are RFC 9106's low-memory profile: 64 MiB, three passes, four lanes.
_HASHER = PasswordHasher()

# The hash of a password nobody knows: what an unknown account is compared with (A8).
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$+TUcbin01l1uYnztCqquEg"
    "$5eLlS5RrMpdnZatkjmHOlqoA/eRSIdHbi/Yxks1yv0s"
)


def keep(password: str) -> str:
    """Return what is stored of a password."""
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one. Takes as long when there is none."""
    try:
        _HASHER.verify(kept or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether a kept password was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(kept)
