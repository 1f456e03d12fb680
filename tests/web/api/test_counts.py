"""What a phone says it holds, beside what we have: staff see any difference of one."""

from __future__ import annotations

import pytest

from tests.cast import TESTER, Cast
from tests.conftest import Browser


def _page(client: Browser, cast: Cast) -> str:
    return client.as_staff(cast, cast.coordinator).get(f"/staff/participants/{cast.ada.id}").text


@pytest.mark.parametrize(
    ("sealed", "waiting", "words"),
    [
        (1, 0, "the phone says the same"),
        (2, 1, "1 still on the phone"),
        (2, 0, "1 that the phone sent is missing"),
        (4, 1, "2 that the phone sent are missing"),
        (0, 0, "the phone remembers fewer"),
    ],
)
def test_any_difference_of_one_shows(
    client: Browser, cast: Cast, sealed: int, waiting: int, words: str
):
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    phone = client.as_phone(cast.ada)
    assert phone.put("/api/counts", json={"sealed": sealed, "waiting": waiting}).status_code == 200
    assert words in _page(client, cast)


def test_words_for_somebody_outside_are_in_no_count(client: Browser, cast: Cast):
    with cast.context.write(TESTER, "somebody outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": cast.monitor.id})
    cast.send(cast.ada, {"kind": "outside", "words": "please", "reply": ""})
    assert (
        client.as_phone(cast.ada).put("/api/counts", json={"sealed": 0, "waiting": 0}).status_code
        == 200
    )
    assert "the phone says the same" in _page(client, cast)


def test_a_rated_facilitator_sees_no_count(client: Browser, cast: Cast):
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", cast.rated)))
    client.as_phone(cast.ada).put("/api/counts", json={"sealed": 1, "waiting": 0})
    page = client.as_staff(cast, cast.rated).get(f"/staff/participants/{cast.ada.id}").text
    assert "the phone says" not in page


@pytest.mark.parametrize(
    "body",
    [{}, {"sealed": 1}, {"sealed": 1, "waiting": 2}, {"sealed": -1, "waiting": 0},
     {"sealed": True, "waiting": 0}, {"sealed": "1", "waiting": 0}, {"sealed": 1e9, "waiting": 0}],
)  # fmt: skip
def test_what_is_no_count_changes_nothing(client: Browser, cast: Cast, body: dict[str, object]):
    assert client.as_phone(cast.ada).put("/api/counts", json=body).status_code == 422
    assert cast.context.db.value("SELECT MAX(told_sealed) FROM devices") is None
