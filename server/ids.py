"""The only place that draws randomness: ids, tokens, codes and keys' salts."""

from __future__ import annotations

import hashlib
import secrets
import uuid

# Fixed once for ever: every planned assessment's id grows from it.
NAMESPACE = uuid.UUID("6d7d3b5e-5a0c-4c53-9f0e-a77e5e0a77e5")

# No 0/O, 1/I/L, 5/S or U: a code is read aloud on the phone and typed by a tired thumb.
CODE_ALPHABET = "2346789ABCDEFGHJKMNPQRTVWXYZ"


def new_id() -> str:
    """Return a random UUID as text: nothing guessable stands in a URL."""
    return str(uuid.uuid4())


def derived_id(*parts: str) -> str:
    """Return the UUIDv5 of these parts: the same parts give the same id, always and everywhere."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def new_token() -> str:
    """Return 256 random bits as URL-safe text: a credential that cannot be guessed."""
    return secrets.token_urlsafe(32)


def new_code(length: int = 6) -> str:
    """Return a short code for a voice or a thumb; it is only ever valid briefly and for few tries."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def new_salt(size: int = 16) -> bytes:
    """Return random bytes, so that equal values do not show as equal digests."""
    return secrets.token_bytes(size)


def token_digest(token: str) -> str:
    """Return what is stored of a token. Plain SHA-256: a 256-bit random token needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
