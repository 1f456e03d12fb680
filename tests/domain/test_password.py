"""What makes a password good enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.password import LONGEST, SHORTEST, weakness


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("short", "short"),
        ("elevenchars", "short"),
        ("x" * 30, "repeated"),
        ("abababababab", "repeated"),
        ("abcdefghijklmnop", "repeated"),
        ("Password1234", "common"),
        ("correct horse battery staple", "common"),
        ("a" * 10 + "bcdefghi" * 40, "long"),
        ("mara.lindholm1", "personal"),
        ("MARA LINDHOLM!!", "personal"),
        ("four wet umbrellas", None),
        ("ж很長的密碼也可以用喔真的", None),
    ],
)
def test_a_password_is_judged_by_what_a_guesser_tries_first(
    password: str, found: str | None
) -> None:
    assert weakness(password, "Mara Lindholm", "mara.lindholm@example.org") == found


@given(st.text(max_size=SHORTEST - 1))
def test_nothing_short_passes(password: str) -> None:
    assert weakness(password) == "short"


@given(st.text(min_size=LONGEST + 1, max_size=LONGEST + 50))
def test_nothing_endless_is_hashed(password: str) -> None:
    assert weakness(password) == "long"


def test_a_name_inside_a_long_sentence_is_no_weakness() -> None:
    assert weakness("mara sails to the moon at dusk", "Mara") is None
