"""A phone is bound once, by a POST, with a code that soon dies; guessing gets nobody anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions.bind_device import MOST_MISSES, bind_device
from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.invite_device import Invitation, invite_device
from server.actions.revoke_device import revoke_device
from server.clock import FixedClock
from server.domain.people import Staff
from server.errors import (
    BadInputError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    TooManyTriesError,
)
from server.ids import CODE_ALPHABET, new_code, new_token, token_digest
from server.store import alerts, devices
from tests.cast import Cast


def _invite(cast: Cast, kind: str) -> Invitation:
    actor = cast.actor(cast.coordinator)
    return invite_device(cast.context, actor, cast.coordinator, cast.ben.id, kind)  # type: ignore[arg-type]


def _bind(context: Context, code: str, token: str | None = None, address: str = "10.0.0.1"):
    return bind_device(context, code=code, token=token, address=address, agent="A phone")


def test_at_the_clinic_the_code_alone_binds_as_people_type_it(cast: Cast, context: Context):
    made = _invite(cast, "clinic")
    typed = f" {made.code[:3].lower()}-{made.code[3:6]} {made.code[6:]} "
    bound = _bind(context, typed)
    found = devices.by_credential(context.db, token_digest(bound.token))
    assert found is not None
    assert found.participant_id == cast.ben.id
    assert len(made.code) >= 8
    assert set(made.code) <= set(CODE_ALPHABET)


def test_at_home_it_takes_the_link_and_the_code(cast: Cast, context: Context):
    made = _invite(cast, "home")
    with pytest.raises(BadInputError):
        _bind(context, made.code)
    with pytest.raises(BadInputError):
        _bind(context, made.code, new_token())
    assert _bind(context, made.code, made.token).participant_id == cast.ben.id


def test_the_clinics_invitation_is_not_opened_by_its_token(cast: Cast, context: Context):
    made = _invite(cast, "clinic")
    with pytest.raises(BadInputError):
        _bind(context, "", made.token)


def test_a2_an_invitation_binds_one_phone(cast: Cast, context: Context):
    for kind in ("clinic", "home"):
        made = _invite(cast, kind)
        token = made.token if kind == "home" else None
        _bind(context, made.code, token)
        with pytest.raises(BadInputError):
            _bind(context, made.code, token)


@pytest.mark.parametrize(
    ("kind", "life"), [("clinic", timedelta(minutes=10)), ("home", timedelta(hours=72))]
)
def test_an_invitation_dies_in_time(
    cast: Cast, context: Context, clock: FixedClock, kind: str, life: timedelta
):
    token = None
    made = _invite(cast, kind)
    token = made.token if kind == "home" else None
    assert made.expires_at == clock.now() + life
    clock.move(life)
    with pytest.raises(BadInputError):
        _bind(context, made.code, token)


def test_a_new_invitation_ends_the_one_before(cast: Cast, context: Context):
    old, new = _invite(cast, "clinic"), _invite(cast, "clinic")
    with pytest.raises(BadInputError):
        _bind(context, old.code)
    _bind(context, new.code)


def test_wrong_used_and_expired_codes_look_the_same(
    cast: Cast, context: Context, clock: FixedClock
):
    used = _invite(cast, "clinic")
    _bind(context, used.code)
    expired = _invite(cast, "clinic")
    clock.move(timedelta(minutes=10))
    said = set()
    for code in ("222222222", used.code, expired.code):
        with pytest.raises(BadInputError) as refused:
            _bind(context, code)
        said.add((str(refused.value), tuple(refused.value.places.items())))
    assert len(said) == 1


def test_a1_a_link_dies_after_five_wrong_codes(cast: Cast, context: Context):
    made = _invite(cast, "home")
    for number in range(5):
        with pytest.raises(BadInputError):
            _bind(context, "222222", made.token, address=f"10.0.0.{number}")
    with pytest.raises(BadInputError):
        _bind(context, made.code, made.token, address="10.0.0.9")


def test_a1_guessing_from_one_address_is_stopped_and_others_go_on(
    cast: Cast, context: Context, clock: FixedClock
):
    made = _invite(cast, "clinic")
    for _ in range(MOST_MISSES):
        with pytest.raises(BadInputError):
            _bind(context, new_code(9))
        clock.move(timedelta(seconds=1))
    with pytest.raises(TooManyTriesError) as refused:
        _bind(context, made.code)
    assert 0 < refused.value.retry_after <= 15 * 60
    _bind(context, made.code, address="10.0.0.2")
    clock.move(timedelta(seconds=refused.value.retry_after))
    again = _invite(cast, "clinic")
    _bind(context, again.code)


def test_a1_tokens_are_long_and_never_alike():
    assert len({new_token() for _ in range(10_000)}) == 10_000
    assert all(len(new_token()) >= 43 for _ in range(100))


def test_a3_neither_token_nor_code_lies_in_the_database(cast: Cast, context: Context):
    made = _invite(cast, "home")
    bound = _bind(context, made.code, made.token)
    files = [file for file in context.config.data.rglob("*") if file.is_file()]
    stored = b"".join(file.read_bytes() for file in files)
    assert made.kind.encode() in stored
    for secret in (made.token, made.code, bound.token):
        assert secret.encode() not in stored


def test_a_second_phone_works_and_staff_are_told(cast: Cast, context: Context):
    made = _invite(cast, "clinic")
    _bind(context, made.code)
    assert len(devices.bound(context.db, cast.ben.id)) == 2
    assert [row["kind"] for row in alerts.standing(context.db, cast.coordinator)] == [
        "other-device"
    ]


def test_who_withdrew_binds_no_phone(cast: Cast, context: Context):
    made = _invite(cast, "clinic")
    change_participant(
        context, cast.actor(cast.coordinator), cast.coordinator, cast.ben.id,
        Change(status="withdrawn"),
    )  # fmt: skip
    with pytest.raises(BadInputError):
        _bind(context, made.code)
    with pytest.raises(ConflictError):
        _invite(cast, "clinic")


@pytest.mark.parametrize(
    ("name", "error"),
    [("monitor", ForbiddenError), ("second", ForbiddenError), ("rater", NotFoundError), ("outsider", NotFoundError)],
)  # fmt: skip
def test_only_who_looks_after_participants_invites_and_revokes(
    cast: Cast, context: Context, name: str, error: type[Exception]
):
    viewer: Staff = getattr(cast, name)
    with pytest.raises(error):
        invite_device(context, cast.actor(viewer), viewer, cast.ben.id, "home")
    with pytest.raises((ForbiddenError, NotFoundError)):
        revoke_device(context, cast.actor(viewer), viewer, cast.ben.id, cast.ben.device.id)


def test_a_revoked_phone_is_nobody_and_stays_known(cast: Cast, context: Context):
    actor, device = cast.actor(cast.coordinator), cast.ben.device
    for _ in range(2):
        revoke_device(context, actor, cast.coordinator, cast.ben.id, device.id)
    assert devices.by_credential(context.db, token_digest(cast.ben.token)) is None
    assert devices.known(context.db, token_digest(cast.ben.token)) == device
    with pytest.raises(NotFoundError):
        revoke_device(context, actor, cast.coordinator, cast.ada.id, device.id)
