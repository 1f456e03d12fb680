"""What planning costs a participant as there are more of them, and what asking for the due costs."""

from __future__ import annotations

import tempfile
import time
from datetime import date, timedelta
from datetime import time as clock_time
from pathlib import Path

from server.actions.context import Context
from server.actions.replan import replan
from server.domain.people import Actor
from server.ids import new_id
from server.store import assessments, devices, facilitators, lapses, participants, visits
from server.store.transaction import Transaction
from tests.bench import world as worlds
from tests.bench.figures import Figure, paired, spread
from tests.bench.world import World
from tests.conftest import START

BENCH = Actor("system", "bench")
FEW_PEOPLE, MANY_PEOPLE = 1_000, 10_000
FEW_ROWS, MANY_ROWS = 10_000, 1_000_000
DUE = 200
ASKED = 50
ROUNDS = 7
FIRST_DAY = date(2027, 2, 1)
# Enrolment, what comes before, two sessions: as alliance-core has them.
COURSE = (("enrolment", 0, "held"), ("preparation", 7, "held"), ("dosing", 21, "held"),
          ("dosing", 42, "planned"))  # fmt: skip


def measure() -> list[Figure]:
    """Plan a thousand participants and then ten thousand; ask what is due among few rows and many."""
    return [_planning(), *_due()]


def _planning() -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.make(Path(folder) / "people")
        ids = _enrol(world, MANY_PEOPLE)
        few = _seconds(world.context, ids[:FEW_PEOPLE])
        rest = _seconds(world.context, ids[FEW_PEOPLE:])
        rows = world.context.db.value("SELECT COUNT(*) FROM assessments")
        again = _seconds(world.context, ids[:FEW_PEOPLE])
    each, each_of_many = few / FEW_PEOPLE, (few + rest) / MANY_PEOPLE
    return Figure(
        "Planning one of 10,000 participants of alliance-core ÷ one of the first 1,000",
        each_of_many / each, "×",
        f"{rows} forms stored in {few + rest:.0f} s, a durable transaction each:"
        f" {each_of_many * 1000:.1f} ms a participant, {again / FEW_PEOPLE * 1000:.1f} ms where"
        " nothing had to change",
        "≤ 1.3",
    )  # fmt: skip


def _enrol(world: World, count: int) -> list[str]:
    """Record facts of so many people, as their coordinators would have; nothing is planned yet."""
    newest = world.context.catalog.protocol("alliance-core").version
    ids = [new_id() for _ in range(count)]
    with world.context.write(BENCH, "people to plan") as tx:
        tx.change("studies", world.cast.study_id, {"protocol_version": newest})
    for begin in range(0, count, 500):
        with world.context.write(BENCH, "people to plan") as tx:
            for number in range(begin, min(begin + 500, count)):
                _person(tx, world, ids[number], number)
    return ids


def _person(tx: Transaction, world: World, person: str, number: int) -> None:
    on = FIRST_DAY + timedelta(days=number % 60)
    participants.add(tx, person, world.cast.study_id, f"B-{number:05}", on)
    facts = {"zone": "Europe/Berlin", "language": "en", "arm": "immediate",
             "channel": "email", "status": "active"}  # fmt: skip
    for kind, value in facts.items():
        participants.record(tx, person, kind, value, on)  # type: ignore[arg-type]  # its own kinds
    for kind, after, status in COURSE:
        visit = visits.add(tx, person, kind)
        day = on + timedelta(days=after)
        visits.record(tx, visit, status, day, clock_time(9))  # type: ignore[arg-type]  # as above
    for guide in (world.cast.rated, world.cast.second):
        facilitators.record(tx, person, guide.id, "Guide", "assigned", on)
    phone = {"id": new_id(), "participant_id": person, "credential_digest": new_id(),
             "locator": new_id(), "agent": "bench"}  # fmt: skip
    devices.add(tx, phone)


def _seconds(context: Context, ids: list[str]) -> float:
    began = time.perf_counter()
    for _each in replan(context, ids):
        pass
    return time.perf_counter() - began


def _due() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        few, many = (
            _filled(Path(folder) / str(count), count) for count in (FEW_ROWS, MANY_ROWS)
        )  # fmt: skip
        due, dues = paired(lambda: _ask(many), lambda: _ask(few), ROUNDS)
        sweep, sweeps = paired(lambda: _sweep(many), lambda: _sweep(few), ROUNDS)
    return [
        Figure(
            f"Asking for the {DUE} forms that are due among 1,000,000 planned ÷ among 10,000", due, "×",
            f"half of the rest still to come, half long closed; {spread(dues)}", "≤ 1.5",
        ),
        Figure(
            "Looking for what has just closed among 1,000,000 planned ÷ among 10,000", sweep, "×",
            spread(sweeps), "≤ 1.5",
        ),
    ]  # fmt: skip


def _filled(folder: Path, count: int) -> World:
    """Return a study with so many planned forms: a few due, half of the others to come, half over."""
    world = worlds.make(folder)
    db = world.context.db
    names = [name for name in world.model if name != "id"]
    db.connection.execute("BEGIN")
    db.connection.execute("UPDATE assessments SET opens_at = '2100', closes_at = '2101'")
    copied = ", ".join(
        {
            "opens_at": "CASE WHEN n <= :due THEN '2027-01-01T00:00:00.000Z' WHEN n % 2 THEN '2099'"
            " ELSE strftime('%Y-%m-%dT%H:%M:%fZ', '2020-01-01', '+' || (n % 2000) || ' days') END",
            "closes_at": "CASE WHEN n <= :due OR n % 2 THEN '2099-01-01T00:00:00.000Z'"
            " ELSE strftime('%Y-%m-%dT%H:%M:%fZ', '2020-01-08', '+' || (n % 2000) || ' days') END",
            "lapsed_at": "CASE WHEN n <= :due OR n % 2 THEN NULL ELSE '2027-01-01' END",
        }.get(name, f"m.{name}")
        for name in names
    )
    db.connection.execute(
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :count)"
        f" INSERT INTO assessments (id, {', '.join(names)})"
        f" SELECT 'bench-' || n, {copied} FROM c, assessments m WHERE m.id = :model",
        {"count": count, "due": DUE, "model": world.model["id"]},
    )
    db.connection.execute("COMMIT")
    return world


def _ask(world: World) -> float:
    began = time.perf_counter()
    for _ in range(ASKED):
        found = len(assessments.due(world.context.db, world.cast.coordinator, START))
        assert found == DUE
    return time.perf_counter() - began


def _sweep(world: World) -> float:
    began = time.perf_counter()
    for _ in range(ASKED * 20):
        assert not lapses.any_due(world.context.db, START)
    return time.perf_counter() - began
