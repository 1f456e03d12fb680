"""A study with as many waiting forms as a bench wants, and envelopes sealed for them beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from server.actions.context import Context
from server.actions.publish_forms import publish_forms
from server.catalog.load import load
from server.clock import FixedClock, SystemClock
from server.config import ROOT, Config
from server.domain.people import Actor, Device
from server.ids import new_id
from server.inputs.envelope import seal
from server.store import forms, settings
from server.store.database import Database, Row
from server.store.keys import Keys
from server.store.migrations import migrate
from server.store.transaction import transaction
from tests.cast import Cast, assemble
from tests.conftest import START, FakeChannel


@dataclass
class World:
    """A context, its cast, and the row of one waiting form to copy."""

    context: Context
    cast: Cast
    device: Device
    token: str
    model: Row


def make(folder: Path, port: int = 8000) -> World:
    """Make a study in an empty folder."""
    config = Config(
        data=folder, bind="127.0.0.1", port=port, url=f"http://localhost:{port}",
        smtp=None, mail_from="forms@example.org",
    )  # fmt: skip
    db = Database(config.database)
    migrate(db)
    clock = SystemClock()
    with transaction(db, Actor("system", "bench"), "a bench begins", clock.now()) as tx:
        settings.found(tx, "demo")
    catalog = load(ROOT / "forms", ROOT / "schedules")
    context = Context(config, db, catalog, clock, Keys.load(folder / "keys"), FakeChannel())
    publish_forms(context, "bench")
    # The cast lives at a fixed time; what the bench asks of them is always open.
    cast = assemble(replace(context, clock=FixedClock(START)))
    model = db.one("SELECT * FROM assessments WHERE instrument = 'ies-r' LIMIT 1")
    assert model is not None, "the cast has no waiting IES-R"
    return World(context, cast, cast.ada.device, cast.ada.token, model)


def fresh_assessments(world: World, count: int) -> list[str]:
    """Add that many waiting copies of the model form and return their ids."""
    ids = [new_id() for _ in range(count)]
    with world.context.write(Actor("system", "bench"), "forms to answer") as tx:
        for each in ids:
            tx.insert(
                "assessments",
                {**world.model, "id": each, "opens_at": "2000-01-01T00:00:00.000Z",
                 "closes_at": "2100-01-01T00:00:00.000Z", "retired_at": None},
            )  # fmt: skip
        tx.note("assessments", "bench", "count", count)
    return ids


def sealed(world: World, assessment_id: str) -> tuple[str, bytes]:
    """Return an envelope's id and bytes: a full answer to the model form."""
    instrument = world.context.catalog.instrument(world.model["instrument"])
    now = world.context.clock.now().isoformat()
    payload: dict[str, object] = {
        "kind": "response", "assessment": assessment_id,
        "form": forms.latest(world.context.db, instrument.id, "en"), "language": "en",
        "about": None, "began_at": now, "finished_at": now, "elapsed_ms": 240_000,
        "zone": "Europe/Berlin", "process": {"changes": [], "times": {}},
        "answers": {
            item.id: {"state": "answered", "value": place % 5}
            for place, item in enumerate(instrument.questions)
        },
    }  # fmt: skip
    keys = world.context.keys
    envelope_id = new_id()
    return envelope_id, seal(keys.public_key, str(keys.public()["id"]), envelope_id, payload)


def elsewhere(world: World, folder: Path) -> World:
    """Return the same world on another database file (a copy of the first, now)."""
    folder.mkdir(parents=True)
    target = folder / "attune.db"
    world.context.db.connection.execute("VACUUM INTO ?", [str(target)])
    return replace(world, context=replace(world.context, db=Database(target)))
