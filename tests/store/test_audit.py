"""The trail: who did what, when and why, in a chain that shows where it was touched."""

from __future__ import annotations

import json

import pytest

from server.actions.context import Context
from server.domain.people import Actor
from server.errors import IntegrityError
from server.store import audit
from server.store.database import Database
from server.store.transaction import transaction
from tests.cast import Cast
from tests.conftest import START

COORDINATOR = Actor("staff", "s1", "coordinator")


def test_an_entry_names_who_what_when_and_why(db: Database):
    with transaction(db, COORDINATOR, "moved the session", START) as tx:
        tx.note("visits", "v1", "on_day", "2027-03-09", "2027-03-02")
    entry = audit.history(db, "visits", "v1")[-1]
    del entry["seq"]
    assert entry == {
        "at": "2027-03-01T09:00:00.000Z", "actor": "staff:s1", "role": "coordinator",
        "reason": "moved the session", "field": "on_day",
        "old_value": '"2027-03-02"', "new_value": '"2027-03-09"',
    }  # fmt: skip


def test_r02_the_first_value_is_told_too_one_entry_an_answer(cast: Cast, context: Context):
    name = cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))).id
    entries = context.db.all(
        "SELECT a.row_id, a.actor, v.old_value, v.new_value FROM audit a"
        " JOIN audit_values v ON v.seq = a.seq WHERE table_name = 'answers' ORDER BY a.seq"
    )
    assert len(entries) == len(context.catalog.instrument("who-5").questions)
    for entry in entries:
        assert entry["row_id"].startswith(f"{name}/")
        assert entry["old_value"] == "null"
        assert {"state", "code"} <= json.loads(entry["new_value"]).keys()
        assert entry["actor"] == f"device:{cast.ada.device.id}"


def test_equal_values_do_not_show_as_equal_digests(db: Database):
    with transaction(db, COORDINATOR, "twice the same", START) as tx:
        tx.note("visits", "v1", "status", "held")
        tx.note("visits", "v2", "status", "held")
    digests = db.all("SELECT new_digest FROM audit ORDER BY seq DESC LIMIT 2")
    assert digests[0] != digests[1]


@pytest.mark.parametrize(
    ("one", "other"), [(1, "1"), (1, 1.0), (0, False), (None, ""), (b"x", "x"), ([1], "[1]")]
)
def test_a_value_and_its_look_alike_of_another_type_differ(one: object, other: object):
    assert audit.digest(b"salt", one) != audit.digest(b"salt", other)


def test_a_value_can_be_blanked_and_the_chain_holds(db: Database):
    """R09 needs it: the chain covers digests, so a redaction breaks nothing."""
    with transaction(db, COORDINATOR, "typed a name by mistake", START) as tx:
        tx.note("visits", "v1", "reason", "Jane Doe was ill")
    before = audit.verify(db)
    db.connection.execute("UPDATE audit_values SET new_value = NULL WHERE seq = ?", [before[0]])
    assert audit.verify(db) == before == audit.head(db)
    assert audit.hash_at(db, before[0]) == before[1]
    assert audit.hash_at(db, before[0] + 1) is None


def test_another_value_in_its_place_is_found(db: Database):
    with transaction(db, COORDINATOR, "a test", START) as tx:
        tx.note("visits", "v1", "reason", "as it was")
    db.connection.execute(
        "UPDATE audit_values SET new_value = '\"as it was not\"' WHERE seq = ?", [audit.head(db)[0]]
    )
    with pytest.raises(IntegrityError, match="new value is not what was written"):
        audit.verify(db)
