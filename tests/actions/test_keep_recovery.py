"""The recovery file: made, tested against what lies here, and put back where all else was lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from server.actions.keep_recovery import make_recovery, noted, try_recovery
from server.actions.put_back_keys import put_back_keys
from server.config import Config
from server.errors import BadInputError, ConflictError, IntegrityError
from server.inputs import envelope
from server.store import contacts, recovery, running
from server.store.database import Database
from server.store.keys import Keys
from tests.cast import Cast

WORDS = "five quiet herons on a wire"


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "COST", 2**10)


def _lost(tmp_path: Path, config: Config) -> Config:
    """Another machine: nothing of the first but what is carried over."""
    return Config(tmp_path / "other", config.bind, config.port, config.url, None, config.mail_from)


def test_a_recovery_file_opens_what_was_sealed_and_nothing_shows_outside(
    cast: Cast, tmp_path: Path
):
    context = cast.context
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    made = make_recovery(context, tmp_path / "recovery.json", WORDS)
    assert made.opened == ("a fresh envelope", "the newest answer", "contact data")
    assert made.file.stat().st_mode & 0o777 == 0o600
    text = made.file.read_text()
    assert "PRIVATE" not in text
    assert context.keys.contact.secret.hex() not in text
    assert noted(context) == {
        "sha256": made.digest, "keys": [context.keys.current],
        "made_at": "2027-03-01T09:00:00.000Z", "tested_at": "2027-03-01T09:00:00.000Z",
    }  # fmt: skip
    assert try_recovery(context, made.file, WORDS).opened == made.opened


def test_another_passphrase_or_one_changed_sign_opens_nothing(cast: Cast, tmp_path: Path):
    made = make_recovery(cast.context, tmp_path / "recovery.json", WORDS)
    with pytest.raises(IntegrityError, match="another passphrase"):
        try_recovery(cast.context, made.file, WORDS + "s")
    told = json.loads(made.file.read_text())
    for name, value in (("made_at", "2020-01-01"), ("keys", [])):
        made.file.write_text(json.dumps({**told, name: value}))
        with pytest.raises(IntegrityError, match="damaged"):
            try_recovery(cast.context, made.file, WORDS)
    for content in ("", "[]", "{}", json.dumps({**told, "kdf": {**told["kdf"], "n": 2**30}})):
        made.file.write_text(content)
        with pytest.raises(IntegrityError, match="no recovery file"):
            try_recovery(cast.context, made.file, WORDS)


def test_a_file_of_another_installation_is_not_taken_for_this_ones(cast: Cast, tmp_path: Path):
    theirs = tmp_path / "theirs.json"
    theirs.write_bytes(recovery.seal(Keys.load(tmp_path / "their-keys"), WORDS, "2027"))
    with pytest.raises(IntegrityError, match="make a new one"):
        try_recovery(cast.context, theirs, WORDS)
    assert noted(cast.context) is None


@pytest.mark.parametrize("words", ["too short", "aaaaaaaaaaaaaaaaaaaa", "abcdefghijklmnopqrs"])
def test_a_passphrase_that_is_guessed_soon_is_refused(cast: Cast, tmp_path: Path, words: str):
    with pytest.raises(BadInputError, match="16 characters"):
        make_recovery(cast.context, tmp_path / "recovery.json", words)
    assert not (tmp_path / "recovery.json").exists()


def test_it_is_not_written_beside_the_keys_nor_over_another_file(cast: Cast, tmp_path: Path):
    with pytest.raises(ConflictError, match="beside the keys"):
        make_recovery(cast.context, cast.context.config.data / "recovery.json", WORDS)
    (tmp_path / "kept").write_text("something else")
    with pytest.raises(ConflictError, match="nothing was overwritten"):
        make_recovery(cast.context, tmp_path / "kept", WORDS)
    assert (tmp_path / "kept").read_text() == "something else"


def test_on_a_new_machine_the_keys_come_back(cast: Cast, config: Config, tmp_path: Path):
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    made = make_recovery(cast.context, tmp_path / "recovery.json", WORDS)
    other = _lost(tmp_path, config)
    done = put_back_keys(other, made.file, WORDS)
    assert done.written == ("contact.key", "opening.pem")
    assert done.kept == ()
    found = Keys.load(other.data / "keys")
    assert found.current == cast.context.keys.current
    assert {file.stat().st_mode & 0o777 for file in done.folder.iterdir()} == {0o600}
    body = bytes(cast.context.db.value("SELECT body FROM envelopes"))
    assert b"answers" in envelope.unseal(envelope.read(body), found.opening)
    assert contacts.read(cast.context.db, found, cast.ada.id).email == "syn-001@example.org"
    again = put_back_keys(other, made.file, WORDS)
    assert (again.written, again.kept) == ((), ())


def test_keys_that_lie_there_already_are_kept_and_still_open(
    cast: Cast, config: Config, tmp_path: Path
):
    """Somebody started the new machine first, and a phone has sealed to its new key since."""
    made = make_recovery(cast.context, tmp_path / "recovery.json", WORDS)
    other = _lost(tmp_path, config)
    new = Keys.load(other.data / "keys")
    sealed = envelope.seal(new.public_key, new.current, "00000000-0000-4000-8000-000000000000", {})
    done = put_back_keys(other, made.file, WORDS)
    assert done.kept == (f"opening-{new.current[:8]}.pem", "contact.key.before")
    found = Keys.load(other.data / "keys")
    assert found.current == cast.context.keys.current
    assert found.contact == cast.context.keys.contact
    assert envelope.unseal(envelope.read(sealed), found.opening) == b"{}"


def test_a_contact_key_that_opens_what_lies_here_is_not_exchanged(
    cast: Cast, config: Config, tmp_path: Path
):
    theirs = tmp_path / "theirs.json"
    theirs.write_bytes(recovery.seal(Keys.load(tmp_path / "their-keys"), WORDS, "2027"))
    before = config.data / "keys"
    Keys.load(before)
    lay = {file.name: file.read_bytes() for file in before.iterdir()}
    with pytest.raises(ConflictError, match="nothing was changed"):
        put_back_keys(config, theirs, WORDS)
    assert {file.name: file.read_bytes() for file in before.iterdir()} == lay


def test_nothing_is_put_back_under_a_running_server(config: Config, cast: Cast, tmp_path: Path):
    made = make_recovery(cast.context, tmp_path / "recovery.json", WORDS)
    held = running.hold(config.data)
    with pytest.raises(ConflictError, match="Stop it first"):
        put_back_keys(config, made.file, WORDS)
    held.close()


def test_a_retired_key_is_in_it_too(tmp_path: Path, cast: Cast):
    folder = tmp_path / "keys"
    first = Keys.load(folder)
    shutil.move(folder / "opening.pem", folder / "opening-2026.pem")
    both = Keys.load(folder)
    found = recovery.unseal(recovery.seal(both, WORDS, "2027"), WORDS)
    assert set(found.opening) == {first.current, both.current}
    assert found.current == both.current


def test_what_was_noted_stands_the_nightly_check(cast: Cast, tmp_path: Path, db: Database):
    from server.store.verification import verify

    made = make_recovery(cast.context, tmp_path / "recovery.json", WORDS)
    try_recovery(cast.context, made.file, WORDS)
    assert verify(db).audit_seq > 0
