"""`./attune recovery` at a terminal: made, tested, and put back on another machine before a restore."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import cli
from server.store import recovery
from tests.test_cli import FOUNDING

WORDS = "five quiet herons on a wire"


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "COST", 2**10)


def _run(monkeypatch: pytest.MonkeyPatch, data: Path, *arguments: str, said: str = "") -> Result:
    monkeypatch.setenv("ATTUNE_DATA", str(data))
    for name in ("ATTUNE_URL", "ATTUNE_SMTP", "ATTUNE_PORT", "ATTUNE_BIND", "ATTUNE_BACKUP"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner().invoke(cli, list(arguments), input=said)


def test_a_lost_machine_comes_back_from_a_backup_and_the_recovery_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    here, there = tmp_path / "here", tmp_path / "there"
    _run(monkeypatch, here, *FOUNDING)
    file = str(tmp_path / "recovery.json")
    made = _run(monkeypatch, here, "recovery", "make", file, said=f"{WORDS}\n{WORDS}\n")
    assert made.exit_code == 0, made.output
    assert "opened with it just now: a fresh envelope" in made.output
    assert WORDS not in made.output
    tried = _run(monkeypatch, here, "recovery", "test", file, said=f"{WORDS}\n")
    assert "It opens: a fresh envelope" in tried.output
    _run(monkeypatch, here, "backup", "--to", str(tmp_path / "backups"))
    copy = str(next((tmp_path / "backups").glob("*.db")))

    refused = _run(monkeypatch, there, "restore", copy)
    assert refused.exit_code == 1
    assert "lacks opening key" in refused.output
    back = _run(monkeypatch, there, "recovery", "put-back", file, said=f"{WORDS}\n")
    assert back.exit_code == 0, back.output
    assert "opening.pem" in back.output
    restored = _run(monkeypatch, there, "restore", copy)
    assert restored.exit_code == 0, restored.output


def test_a_wrong_passphrase_ends_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _run(monkeypatch, tmp_path / "here", *FOUNDING)
    file = str(tmp_path / "recovery.json")
    _run(monkeypatch, tmp_path / "here", "recovery", "make", file, said=f"{WORDS}\n{WORDS}\n")
    told = _run(monkeypatch, tmp_path / "there", "recovery", "put-back", file, said="wrong\n")
    assert told.exit_code == 1
    assert "another passphrase, or it is damaged" in told.output
    assert not (tmp_path / "there" / "keys").exists()
