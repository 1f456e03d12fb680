"""What is stored is what was written: every flipped bit in a record is found (T14, A27)."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.actions.context import Context
from server.actions.correct_about import correct_about
from server.errors import IntegrityError
from server.store import backups
from server.store.database import Database, sqlite3
from server.store.verification import COMPLETE, UNTOLD
from tests.cast import Cast
from tests.stock import Stock
from tests.store.filled import fill

FLIPS = int(os.environ.get("ATTUNE_FLIPS", "500"))


@pytest.fixture
def filled(cast: Cast, context: Context, tmp_path: Path, stock: Stock) -> Path:
    """A copy, at rest, of a database with something in every table of the record."""
    for name, data in stock.with_context(context, "filled", lambda _: _filled(cast, tmp_path)):
        (tmp_path / name).write_bytes(data)
    return tmp_path / "copy.db"


def _filled(cast: Cast, folder: Path) -> list[tuple[str, bytes]]:
    context = cast.context
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(asked))
    correct_about(context, cast.ada.device, asked, cast.second.id)
    for _ in range(2):
        cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    fill(context, cast)
    made = backups.copy(context.db, folder / "first.db")
    with context.write(cast.actor(cast.coordinator), "a copy") as tx:
        backups.add(tx, made, away=False)
    backups.copy(context.db, folder / "copy.db")
    return [(name, (folder / name).read_bytes()) for name in ("first.db", "copy.db")]


@pytest.fixture
def raw(filled: Path) -> Iterator[sqlite3.Connection]:
    """A vandal's connection: no triggers, no checks."""
    connection = sqlite3.connect(str(filled), isolation_level=None)
    # What is vandalised need not survive a power cut.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")
    names = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in names:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    yield connection
    connection.close()


def _mend_triggers(connection: sqlite3.Connection, filled: Path) -> None:
    """Put the triggers back, as a vandal would who knows that they are looked for."""
    untouched = Database(filled.with_name("first.db"), read_only=True)
    for row in untouched.all("SELECT sql FROM sqlite_schema WHERE type = 'trigger'"):
        connection.execute(row["sql"])
    untouched.close()


def _check(filled: Path) -> None:
    backups.check(filled)


def test_what_nobody_touched_is_sound(filled: Path):
    head = backups.check(filled)
    assert head.envelope_seq == 3
    assert head.audit_seq > 100
    assert head.epoch


def _changed(value: object) -> object:
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if value is not None else "x"


@pytest.mark.slow
@pytest.mark.parametrize("table", COMPLETE)
def test_t14_any_column_of_any_record_changed_by_hand_is_found(
    filled: Path, raw: sqlite3.Connection, table: str
):
    columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    _mend_triggers(raw, filled)
    untouched = filled.read_bytes()
    for column in columns:
        if (table, column) in UNTOLD:
            continue
        row = raw.execute(f"SELECT rowid, {column} FROM {table} LIMIT 1").fetchone()
        assert row is not None, f"the fixture leaves {table} empty"
        for (trigger,) in raw.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        try:
            raw.execute(
                f"UPDATE {table} SET {column} = ? WHERE rowid = ?", [_changed(row[1]), row[0]]
            )
        except sqlite3.Error:
            continue  # STRICT itself refuses another type
        finally:
            _mend_triggers(raw, filled)
        with pytest.raises(IntegrityError):
            _check(filled)
        filled.write_bytes(untouched)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DELETE FROM scores WHERE rowid = (SELECT MAX(rowid) FROM scores)", "is gone"),
        ("DELETE FROM alerts", "is gone"),
        ("INSERT INTO answers VALUES ((SELECT id FROM responses LIMIT 1), 'forged', 99, 'answered', '1', '')", "the trail tells of"),
        ("UPDATE scores SET value = NULL", "value is not what was written"),
        ("DELETE FROM audit_values WHERE seq = 7", "values are gone"),
        ("UPDATE audit_values SET new_value = NULL WHERE seq = 7", "blanked without a redaction"),
        ("UPDATE audit_values SET new_value = '\"forged\"' WHERE seq = 7", "entry 7: the new value"),
        ("UPDATE audit SET actor = 'staff:somebody' WHERE seq = 7", "entry 7: the chain is broken"),
        ("UPDATE audit SET reason = reason || ' ' WHERE seq = 7", "entry 7: the chain is broken"),
        ("DELETE FROM audit_values WHERE seq = 7; DELETE FROM audit WHERE seq = 7", "entry 7: the chain is broken"),
        ("UPDATE visit_facts SET seq = seq + 1000 WHERE seq = 1", "order of the facts"),
        ("UPDATE responses SET participant_id = 'nobody'", "points to a row"),
        ("UPDATE forms SET html = x'00'", "bytes are not those"),
        ("CREATE TABLE more (x)", "altered"),
        ("DROP INDEX alerts_open", "altered"),
    ],
)  # fmt: skip
def test_a27_tampering_is_found_and_named(
    filled: Path, raw: sqlite3.Connection, sql: str, told: str
):
    for statement in sql.split(";"):
        raw.execute(statement)
    _mend_triggers(raw, filled)
    with pytest.raises(IntegrityError, match=told):
        _check(filled)


def test_a_value_whose_type_alone_changed_is_found(filled: Path, raw: sqlite3.Connection):
    raw.execute("PRAGMA writable_schema = ON")
    raw.execute("UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'answers'")
    raw.close()
    again = sqlite3.connect(str(filled), isolation_level=None)
    again.execute("UPDATE answers SET code = CAST(code AS BLOB) WHERE rowid = 1")
    again.execute("PRAGMA writable_schema = ON")
    again.execute("UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'answers'")
    _mend_triggers(again, filled)
    again.close()
    with pytest.raises(IntegrityError):
        _check(filled)


@pytest.mark.slow
@pytest.mark.faults
def test_t14_no_flipped_bit_in_a_record_goes_unnoticed(filled: Path, tmp_path: Path):
    """Random single-bit flips anywhere in the file: whatever alters what is read must be found."""
    dice = random.Random(14)
    sound, copy = filled.read_bytes(), tmp_path / "flipped.db"
    truth = _record(filled)
    found = silent = 0
    for _ in range(FLIPS):
        place, bit = dice.randrange(len(sound)), dice.randrange(8)
        copy.write_bytes(sound[:place] + bytes([sound[place] ^ (1 << bit)]) + sound[place + 1 :])
        try:
            backups.check(copy)
        except IntegrityError:
            found += 1
            continue
        assert _record(copy) == truth, f"bit {bit} of byte {place} changed a record unnoticed"
        silent += 1
    assert found > FLIPS / 4
    print(f"{FLIPS} flips: {found} found, {silent} touched no record")


def _record(file: Path) -> list[object]:
    """Everything in the record, with the type of each value."""
    db = Database(file, read_only=True)
    try:
        return [
            [(repr(value), type(value)) for value in row]
            for table in (*COMPLETE, "audit", "audit_values")
            for row in db.connection.execute(f"SELECT * FROM {table}").fetchall()
            if table != "devices"
        ]
    finally:
        db.close()


@pytest.mark.parametrize("size", [0, 1, 100, 5000])
def test_f16_a_cut_file_is_no_database(filled: Path, size: int):
    filled.write_bytes(filled.read_bytes()[:size])
    with pytest.raises(IntegrityError):
        _check(filled)


def test_f16_some_other_file_is_no_database(filled: Path):
    filled.write_text("not a database at all" * 1000)
    with pytest.raises(IntegrityError):
        _check(filled)
    shutil.copyfile(__file__, filled)
    with pytest.raises(IntegrityError):
        _check(filled)
