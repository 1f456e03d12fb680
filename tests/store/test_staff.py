"""Who works in a study, and what is kept of them."""

from __future__ import annotations

import pytest

from server.actions.add_staff import NewStaff, add_staff
from server.actions.disable_staff import disable_staff, reset_password
from server.actions.grant_role import set_roles
from server.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.store import passwords, sessions, staff
from tests.cast import TESTER, Cast


def _with_account(cast: Cast, person_id: str) -> None:
    with cast.context.write(TESTER, "gets an account") as tx:
        staff.set_password(tx, person_id, "$argon2id$stand-in")


def _add(cast: Cast, **changes: object) -> str | None:
    entry = {"name": "Nora New", "email": "nora@example.org", "roles": ("monitor",), **changes}
    made = add_staff(
        cast.context,
        cast.actor(cast.administrator),
        cast.administrator,
        NewStaff(**entry),  # type: ignore[arg-type]
    )
    return made.starting_password


def test_a_new_person_gets_a_starting_password_that_is_kept_as_argon2id_only(cast: Cast) -> None:
    password = _add(cast)

    assert password is not None
    person = staff.by_email(cast.context.db, "NORA@example.org")
    assert person is not None
    assert person["password_hash"].startswith("$argon2id$")
    assert passwords.matches(person["password_hash"], password)
    assert staff.roles(cast.context.db, person["id"], cast.study_id) == {"monitor"}
    assert staff.starting_password(cast.context.db, person["id"])
    trail = "".join(str(row) for row in cast.context.db.all("SELECT * FROM audit_values"))
    assert password not in trail
    assert "argon2id" not in trail


def test_an_address_that_has_an_account_gets_roles_and_no_second_password(cast: Cast) -> None:
    outsider = staff.one(cast.context.db, cast.outsider.id)
    assert outsider is not None

    assert _add(cast, name="Odo again", email=outsider["email"]) is None
    assert staff.roles(cast.context.db, cast.outsider.id, cast.study_id) == {"monitor"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": ""}, "name"),
        ({"email": "no address"}, "email"),
        ({"email": "", "roles": ("coordinator",)}, "email"),
        ({"roles": ()}, "roles"),
        ({"roles": ("emperor",)}, "roles"),
    ],
)
def test_what_cannot_be_used_is_named(cast: Cast, changes: dict[str, object], place: str) -> None:
    with pytest.raises(BadInputError) as caught:
        _add(cast, **changes)

    assert place in caught.value.places


def test_only_an_administrator_of_this_study_hires(cast: Cast) -> None:
    entry = NewStaff("Nora", "nora@example.org", ("monitor",))
    for viewer in (cast.coordinator, cast.monitor, cast.rated, cast.outsider):
        with pytest.raises(ForbiddenError):
            add_staff(cast.context, cast.actor(viewer), viewer, entry)


def test_roles_keep_from_when_to_when_they_were_held(cast: Cast) -> None:
    administrator, actor = cast.administrator, cast.actor(cast.administrator)
    _with_account(cast, administrator.id)
    set_roles(cast.context, actor, administrator, cast.monitor.id, frozenset({"analyst"}))

    rows = cast.context.db.all(
        "SELECT role, revoked_at IS NULL AS held FROM staff_roles WHERE staff_id = ? ORDER BY role",
        [cast.monitor.id],
    )
    assert rows == [{"role": "analyst", "held": 1}, {"role": "monitor", "held": 0}]


def test_a_study_is_never_left_without_an_administrator(cast: Cast) -> None:
    administrator, actor = cast.administrator, cast.actor(cast.administrator)
    _with_account(cast, administrator.id)

    with pytest.raises(ConflictError, match="at least one administrator"):
        set_roles(cast.context, actor, administrator, administrator.id, frozenset({"monitor"}))
    with pytest.raises(ConflictError, match="your own account"):
        disable_staff(cast.context, actor, administrator, administrator.id)


def test_closing_an_account_ends_every_session_at_once_and_keeps_the_name(cast: Cast) -> None:
    administrator, actor = cast.administrator, cast.actor(cast.administrator)
    _with_account(cast, administrator.id)
    cast.session(cast.monitor)

    disable_staff(cast.context, actor, administrator, cast.monitor.id)

    now = cast.context.clock.now()
    assert sessions.open_for(cast.context.db, cast.monitor.id, now) == []
    person = staff.one(cast.context.db, cast.monitor.id)
    assert person is not None
    assert person["name"] == "Mona Monitor"
    with pytest.raises(BadInputError, match="Nobody was added"):
        _add(cast, email=person["email"])


def test_nobody_lays_hands_on_an_account_that_works_in_another_study_too(cast: Cast) -> None:
    administrator, actor = cast.administrator, cast.actor(cast.administrator)
    _with_account(cast, cast.outsider.id)
    set_roles_here = staff.one(cast.context.db, cast.outsider.id)
    assert set_roles_here is not None
    _add(cast, email=set_roles_here["email"])

    for act in (disable_staff, reset_password):
        with pytest.raises(ConflictError, match="study that you do not administer"):
            act(cast.context, actor, administrator, cast.outsider.id)


def test_a_person_of_another_study_is_not_there(cast: Cast) -> None:
    actor = cast.actor(cast.administrator)
    for act in (disable_staff, reset_password):
        with pytest.raises(NotFoundError):
            act(cast.context, actor, cast.administrator, cast.outsider.id)
    with pytest.raises(NotFoundError):
        set_roles(cast.context, actor, cast.administrator, cast.outsider.id, frozenset({"monitor"}))
