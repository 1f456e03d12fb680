""" "I meant the other one", after sending, from the phone."""

from __future__ import annotations

import pytest

from server.store import assessments
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser


@pytest.fixture
def sent(cast: Cast) -> str:
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(asked))
    return asked


def test_it_mends_itself_at_once(client: Browser, cast: Cast, sent: str):
    client.as_phone(cast.ada)
    answer = client.post(f"/api/assessments/{sent}/about", json={"about": cast.second.id})
    assert answer.status_code == 200
    other = cast.assessment(cast.ada, "alliance-prep", cast.second)
    assert assessments.one(cast.context.db, EVERYTHING, other)["response_id"]
    assert assessments.one(cast.context.db, EVERYTHING, sent)["response_id"] is None


def test_only_for_ones_own_and_only_to_someone_who_is_asked_about(
    client: Browser, cast: Cast, sent: str
):
    address = f"/api/assessments/{sent}/about"
    assert client.post(address, json={"about": cast.second.id}).status_code == 401
    client.as_staff(cast, cast.rated)
    assert client.post(address, json={"about": cast.second.id}).status_code == 401
    client.as_phone(cast.ben)
    assert client.post(address, json={"about": cast.second.id}).status_code == 404
    client.as_phone(cast.ada)
    assert client.post(address, json={"about": cast.outsider.id}).status_code == 404
    assert client.post(address, json={}).status_code == 422
    assert assessments.one(cast.context.db, EVERYTHING, sent)["response_id"]
