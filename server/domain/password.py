"""What makes a password good enough: long, not well known, not about its owner."""

from __future__ import annotations

from itertools import pairwise

SHORTEST = 12
LONGEST = 200

# Long enough to pass by length and yet among the first that anybody tries.
_COMMON = frozenset((
    "password1234", "password12345", "password123456", "passwordpassword", "mypassword123",
    "thepassword123", "qwertyuiop12", "qwertyuiop123", "qwertyuiopas", "qwertyuiop[]",
    "qwertyqwerty", "qwerty123456", "qwerty1234567", "asdfghjkl123", "asdfasdfasdf",
    "zxcvbnm12345", "1q2w3e4r5t6y", "1qaz2wsx3edc", "1qazxsw23edc", "q1w2e3r4t5y6",
    "zaq12wsxcde3", "123qwe123qwe", "abc123abc123", "abcd12345678", "abcdef123456",
    "abcdefghijkl", "123456789012", "1234567890123", "12345678901234", "123456789abc",
    "012345678910", "098765432109", "987654321098", "iloveyou1234", "iloveyouforever",
    "iloveyou12345", "letmein12345", "letmeinletmein", "welcome12345", "welcome123456",
    "welcomewelcome", "administrator", "administrator1", "admin1234567", "adminadminadmin",
    "administrador", "changeme1234", "changemechangeme", "changemenow12", "football1234",
    "baseball1234", "basketball12", "liverpool123", "manchesterunited", "chelsea12345",
    "superman1234", "spiderman123", "batman123456", "princess1234", "sunshine1234",
    "monkey123456", "dragon123456", "starwars1234", "pokemon12345", "michael12345",
    "jennifer1234", "trustno1trustno1", "correcthorsebatterystaple", "unbelievable",
    "internet1234", "computer1234", "samsung12345", "whatever1234", "secret123456",
    "supersecret123", "summer202020", "winter202020", "spring202020", "autumn202020",
    "research1234", "researcher123", "hospital1234", "psilocybin12", "psychedelic1",
    "psychedelics", "ketamine1234",
))  # fmt: skip


def weakness(password: str, *personal: str) -> str | None:
    """Return why this password will not do (a key for the words), or None when it will.

    personal: the owner's name and address, which a guesser knows.
    Keys: short, long, common, repeated, personal.
    """
    plain = password.casefold().strip()
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if plain in _COMMON or plain.replace(" ", "") in _COMMON:
        return "common"
    if len(set(plain)) < 5 or _runs(plain):
        return "repeated"
    if any(_about(plain, part.casefold()) for part in personal):
        return "personal"
    return None


def _runs(text: str) -> bool:
    """Whether the whole text only counts up, counts down or stands still."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def _about(plain: str, part: str) -> bool:
    """Whether little but the owner's own name or address is in it."""
    words = [word for word in (part, part.split("@", maxsplit=1)[0]) if len(word) > 3]
    return any(word in plain and len(plain) - len(word) < 6 for word in words)
