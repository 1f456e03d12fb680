"""A backup is worth what its restore is worth: both are checked here, also against damage."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.actions import back_up as module
from server.actions.back_up import KEPT, back_up
from server.actions.context import Context
from server.actions.receive_envelope import receipts, receive
from server.actions.restore import restore
from server.actions.verify_store import verify_store
from server.clock import FixedClock
from server.errors import ConfigError, ConflictError, IntegrityError
from server.store import envelopes, responses, running, settings, wordings_copy
from server.store.database import Database
from server.store.keys import Keys
from server.store.migrations import migrate
from tests.cast import EVERYTHING, Cast


@pytest.fixture
def real(context: Context) -> Context:
    """A context with its keys where a restore looks for them."""
    return replace(context, keys=Keys.load(context.config.data / "keys"))


@pytest.fixture
def far(real: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A context whose ATTUNE_BACKUP lies on another disk."""
    folder = tmp_path / "far"
    folder.mkdir()
    monkeypatch.setattr(module, "_disk", lambda path: int(path == folder))
    return replace(real, config=replace(real.config, backup=folder))


def _send(cast: Cast, here: Context, definition: str) -> str:
    cast = replace(cast, context=here)
    return cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, definition))).id


def test_a_backup_is_whole_verified_and_without_keys(cast: Cast, real: Context):
    sent = _send(cast, real, "wellbeing-baseline")
    made = back_up(real)
    assert made.file.parent == real.config.data / "backups"
    assert (made.envelope_seq, made.away) == (1, False)
    slip = json.loads(made.file.with_suffix(".json").read_text())
    assert slip["sha256"] == made.digest
    assert slip["audit_hash"] == made.audit_hash
    assert sorted(file.suffix for file in made.file.parent.iterdir()) == [".db", ".json"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in made.file.parent.iterdir())
    copy = Database(made.file, read_only=True)
    assert responses.exists(copy, sent)
    copy.close()
    keys = [file.read_bytes().strip() for file in (real.config.data / "keys").iterdir()]
    assert not any(key in made.file.read_bytes() for key in keys)
    assert "agrees with 1 backups" in verify_store(real).summary


def test_a_named_folder_gets_the_copy_alone(cast: Cast, real: Context, tmp_path: Path):
    made = back_up(real, tmp_path / "stick")
    assert made.file.parent == tmp_path / "stick"
    assert not made.away
    assert not (real.config.data / "backups").exists()


def test_receipt_two_is_given_only_for_a_copy_on_another_machine(
    cast: Cast, real: Context, far: Context
):
    sent = _send(cast, real, "wellbeing-baseline")
    device = cast.ada.device
    back_up(real)
    assert not receipts(real, device, [sent])[0].backed_up
    made = back_up(far)
    assert made.away
    assert made.file.parent == far.config.backup
    assert receipts(real, device, [sent])[0].backed_up
    later = _send(cast, real, "distress-baseline")
    assert [each.backed_up for each in receipts(real, device, [sent, later])] == [True, False]


def test_a_folder_on_the_datas_own_disk_is_not_off_the_machine(
    cast: Cast, real: Context, tmp_path: Path
):
    (tmp_path / "near").mkdir()
    near = replace(real, config=replace(real.config, backup=tmp_path / "near"))
    sent = _send(cast, real, "wellbeing-baseline")
    assert not back_up(near).away
    assert not receipts(real, cast.ada.device, [sent])[0].backed_up


def test_the_newest_fourteen_are_kept(db: Database, real: Context, clock: FixedClock):
    made = []
    for _ in range(KEPT + 2):
        made.append(back_up(real).file)
        clock.move(timedelta(days=1))
    left = sorted((real.config.data / "backups").glob("*.db"))
    assert left == made[2:]
    assert len(list((real.config.data / "backups").iterdir())) == 2 * KEPT


def test_what_a_killed_backup_left_is_swept(db: Database, real: Context):
    folder = real.config.data / "backups"
    folder.mkdir()
    (folder / "attune-20270101T000000Z-1.db.part").write_text("half")
    (folder / "attune-20270101T000000Z-1.db.part-journal").write_text("half")
    back_up(real)
    assert not list(folder.glob("*.part*"))


def test_a_damaged_database_is_not_backed_up_and_the_last_good_one_is_named(
    cast: Cast, real: Context
):
    good = back_up(real)
    real.db.connection.execute("DROP TRIGGER scores_no_update")
    with pytest.raises(IntegrityError):
        back_up(real)
    assert list((real.config.data / "backups").glob("*.db")) == [good.file]
    with pytest.raises(IntegrityError, match=f"last good backup is {good.file}"):
        verify_store(real)


def test_f15_total_loss_restore_and_phones_offering_again_loses_nothing(cast: Cast, real: Context):
    here = replace(cast, context=real)
    early = here.seal(here.payload(here.assessment(cast.ada, "wellbeing-baseline")))
    late = here.seal(here.payload(here.assessment(cast.ada, "distress-baseline")))
    first = receive(real, cast.ada.device, *early, "phone")
    made = back_up(real)
    receive(real, cast.ada.device, *late, "phone")
    epoch = settings.epoch(real.db)
    real.db.close()
    shutil.rmtree(real.config.data / "backups" / "nothing", ignore_errors=True)
    real.config.database.unlink()

    done = restore(real.config, made.file, real.clock)
    assert done.aside is None
    assert settings.epoch(real.db) != epoch
    assert envelopes.last(real.db) == 1
    assert not responses.exists(real.db, late[0])
    # A phone that sees another epoch offers everything again: known bytes, known receipt.
    again = [receive(real, cast.ada.device, *each, "phone") for each in (early, late)]
    assert (again[0].digest, again[0].received_at) == (first.digest, first.received_at)
    assert len(responses.of(real.db, EVERYTHING, cast.ada.id)) == 2
    verify_store(real)


def test_a_restore_keeps_the_old_database_whole(cast: Cast, real: Context):
    made = back_up(real)
    sent = _send(cast, real, "wellbeing-baseline")
    real.db.close()
    for _ in range(2):
        done = restore(real.config, made.file, real.clock)
        assert done.aside is not None
        assert "old database lies in" in done.summary
    first = real.config.data / "replaced" / "attune-0001.db"
    old = Database(first, read_only=True)
    assert responses.exists(old, sent)
    old.close()
    assert not responses.exists(real.db, sent)
    told = real.db.one("SELECT reason FROM audit ORDER BY seq DESC LIMIT 1")
    assert told == {"reason": "a backup was restored"}


def test_a_log_left_beside_a_damaged_database_does_not_poison_the_restored_one(
    cast: Cast, real: Context
):
    made = back_up(real)
    _send(cast, real, "wellbeing-baseline")
    log = real.config.database.with_name("attune.db-wal").read_bytes()
    real.db.close()
    real.config.database.write_bytes(b"ruined" * 1000)
    real.config.database.with_name("attune.db-wal").write_bytes(log)
    restore(real.config, made.file, real.clock)
    verify_store(real)
    assert envelopes.last(real.db) == 0


def test_nothing_is_restored_under_a_running_attune(cast: Cast, real: Context):
    made = back_up(real)
    held = running.hold(real.config.data)
    with pytest.raises(ConflictError, match="Stop it first"):
        restore(real.config, made.file, real.clock)
    held.close()
    restore(real.config, made.file, real.clock)


def test_nothing_starts_while_a_restore_runs(real: Context):
    with running.alone(real.config.data), pytest.raises(ConflictError, match="being restored"):
        running.hold(real.config.data)
    running.hold(real.config.data).close()


def test_a_damaged_or_exchanged_backup_is_refused_and_nothing_touched(cast: Cast, real: Context):
    made = back_up(real)
    sent = _send(cast, real, "wellbeing-baseline")
    bytes_ = bytearray(made.file.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    made.file.write_bytes(bytes_)
    with pytest.raises(IntegrityError, match="manifest"):
        restore(real.config, made.file, real.clock)
    made.file.with_suffix(".json").unlink()
    made.file.write_bytes(made.file.read_bytes()[:-5000])
    with pytest.raises(IntegrityError):
        restore(real.config, made.file, real.clock)
    assert responses.exists(real.db, sent)


def test_a_backup_whose_keys_are_missing_is_not_put_in_place(cast: Cast, real: Context):
    made = back_up(real)
    (real.config.data / "keys" / "opening.pem").unlink()
    with pytest.raises(ConfigError, match="lacks opening key"):
        restore(real.config, made.file, real.clock)


def test_a27_a_cut_tail_or_an_old_copy_shows_against_the_slips(cast: Cast, real: Context):
    old = back_up(real)
    _send(cast, real, "wellbeing-baseline")
    back_up(real)
    verify_store(real)
    real.db.close()
    shutil.copyfile(old.file, real.config.database)
    migrate(real.db)
    with pytest.raises(IntegrityError, match="cut off, or an older database"):
        verify_store(real)


def _load_wording(here: Context, text: str = "Satz eins") -> Path:
    """Put a file of the site's own where it belongs."""
    file = here.config.site_wordings / "who-5" / "de" / "1.0.0-site.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"title: {text}\n")
    return file


def test_the_sites_own_wordings_lie_beside_a_backup_and_come_back(cast: Cast, real: Context):
    file = _load_wording(real)
    made = back_up(real)
    assert made.wordings == 1
    slip = json.loads(made.file.with_suffix(".json").read_text())
    beside = made.file.with_suffix(".wordings.zip")
    assert slip["wordings_sha256"] == hashlib.sha256(beside.read_bytes()).hexdigest()
    assert beside.stat().st_mode & 0o077 == 0
    shutil.rmtree(real.config.site_wordings)
    real.db.close()
    told = restore(real.config, made.file)
    assert file.read_text() == "title: Satz eins\n"
    assert "1 put back" in told.summary


def test_a_copy_off_the_machine_carries_them_too(cast: Cast, far: Context):
    _load_wording(far)
    made = back_up(far)
    assert made.file.parent == far.config.backup
    assert made.file.with_suffix(".wordings.zip").exists()


def test_what_lies_there_is_never_overwritten_by_a_restore(cast: Cast, real: Context):
    file = _load_wording(real)
    made = back_up(real)
    file.write_text("title: Neuer Satz\n")
    real.db.close()
    told = restore(real.config, made.file)
    assert file.read_text() == "title: Neuer Satz\n"
    assert "Left as they are, though they differ: who-5/de/1.0.0-site.yaml." in told.summary


def test_damaged_wordings_stop_a_restore_and_missing_ones_are_told(cast: Cast, real: Context):
    _load_wording(real)
    made = back_up(real)
    beside = made.file.with_suffix(".wordings.zip")
    whole = beside.read_bytes()
    beside.write_bytes(whole[:-4] + b"spoi")
    real.db.close()
    before = real.config.database.read_bytes()
    with pytest.raises(IntegrityError, match="damaged or exchanged"):
        restore(real.config, made.file)
    assert real.config.database.read_bytes() == before
    beside.unlink()
    assert "are missing beside it" in restore(real.config, made.file).summary


@pytest.mark.parametrize(
    "name", ["../out.yaml", "/tmp/out.yaml", "who-5/de/run.py", "a\\..\\b.yaml"]
)
def test_an_archive_that_leads_elsewhere_is_refused(tmp_path: Path, name: str):
    backup = tmp_path / "attune-x.db"
    with zipfile.ZipFile(wordings_copy.path_of(backup), "w") as archive:
        archive.writestr(name, b"title: x")
    with pytest.raises(IntegrityError, match="which is no wording"):
        wordings_copy.put_back(backup, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_old_copies_take_their_wordings_with_them(real: Context, clock: FixedClock):
    _load_wording(real)
    for _ in range(KEPT + 2):
        back_up(real)
        clock.at += timedelta(days=1)
    folder = real.config.data / "backups"
    assert len(list(folder.glob("*.wordings.zip"))) == len(list(folder.glob("*.db"))) == KEPT
