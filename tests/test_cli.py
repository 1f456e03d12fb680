"""The command line: each command says what it does, and refuses in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import cli
from server.config import Config
from server.store import settings
from server.store.database import Database

Run = Callable[..., Result]

FOUNDING = [
    "init", "--study", "mdd-1", "--title", "A study", "--name", "Ada",
    "--email", "ada@example.org", "--password", "four quiet herons today",
    "--duty-name", "Dina", "--duty-email", "duty@example.org", "--duty-phone", "+49 30 1234567",
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ATTUNE_DATA", str(tmp_path / "data"))
    for name in ("ATTUNE_URL", "ATTUNE_SMTP", "ATTUNE_PORT", "ATTUNE_BIND", "ATTUNE_BACKUP"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    return invoke


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_explains_itself_in_one_line(name: str):
    summary = cli.commands[name].get_short_help_str(limit=200)
    assert 10 < len(summary) <= 70
    assert summary.endswith(".")
    assert name in CliRunner().invoke(cli, ["--help"]).output


def test_init_makes_a_live_installation_once(run: Run, tmp_path: Path):
    first = run(*FOUNDING)
    assert first.exit_code == 0, first.output
    assert f"ATTUNE_DATA={tmp_path / 'data'} ./attune run" in first.output
    db = Database(tmp_path / "data" / "attune.db")
    assert settings.mode(db) == "live"
    assert db.value("SELECT COUNT(*) FROM participants") == 0
    assert db.value("SELECT code FROM studies") == "MDD-1"
    again = run(*FOUNDING)
    assert again.exit_code == 1
    assert "already holds a real installation" in again.output


def test_init_refuses_a_protocol_that_asks_about_safety_with_nobody_on_duty(
    run: Run, tmp_path: Path
):
    nobody = [f"--duty-{name}=" for name in ("name", "email", "phone")]
    done = run(*FOUNDING, *nobody)
    assert done.exit_code == 1
    assert "Safety check" in done.output
    assert done.output.count("on duty before the study is live") == 1
    assert settings.mode(Database(tmp_path / "data" / "attune.db")) is None


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--study", "x", "code"),
        ("--email", "no address", "address"),
        ("--password", "short", "password"),
        ("--protocol", "nowhere", "nowhere"),
        ("--duty-email", "no address", "on duty"),
        ("--duty-phone", "", "on duty"),
    ],
)
def test_init_refuses_and_leaves_nothing(
    run: Run, tmp_path: Path, option: str, value: str, said: str
):
    done = run(*FOUNDING, option, value)
    assert done.exit_code == 1
    assert said in done.output.casefold()
    assert settings.mode(Database(tmp_path / "data" / "attune.db")) is None


@pytest.mark.slow
def test_a_demo_never_becomes_live(run: Run, tmp_path: Path):
    from server.actions.context import open_context
    from server.demo.make import make_demo
    from server.store.database import sqlite3

    config = Config(tmp_path / "data", "127.0.0.1", 8000, "http://localhost:8000", None, "a@b.org")
    context = open_context(config)
    make_demo(context, "test")
    done = run(*FOUNDING)
    assert done.exit_code == 1
    assert "already holds a demo" in done.output
    with pytest.raises(sqlite3.IntegrityError):
        context.db.connection.execute("DELETE FROM settings WHERE name = 'mode'")


def test_backup_verify_and_restore_go_round(run: Run, tmp_path: Path):
    run(*FOUNDING)
    made = run("backup", "--to", str(tmp_path / "elsewhere"))
    assert made.exit_code == 0, made.output
    assert "keys" in made.output
    copy = next((tmp_path / "elsewhere").glob("*.db"))
    assert run("verify").exit_code == 0
    back = run("restore", str(copy))
    assert back.exit_code == 0, back.output
    assert run("verify").exit_code == 0


def test_a_folder_that_cannot_be_used_is_named_in_one_sentence(run: Run, tmp_path: Path):
    run(*FOUNDING)
    (tmp_path / "file").touch()
    refused = run("backup", "--to", str(tmp_path / "file" / "below"))
    assert refused.exit_code == 1
    assert refused.output == f"attune: {tmp_path / 'file' / 'below'}: Not a directory\n"


def test_doctor_names_what_to_mend(run: Run):
    run(*FOUNDING)
    done = run("doctor")
    assert "MEND  mail" in done.output
    assert "MDD-1 is being set up" in done.output
    assert done.exit_code == 1


def test_doctor_looks_at_the_folder_of_the_sites_own_wordings(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    assert "ok    site's wordings: none yet" in run("doctor").output
    monkeypatch.setenv("ATTUNE_WORDINGS", str(tmp_path / "mounted"))
    assert "which is no folder: create it, mount its disk" in run("doctor").output
    file = tmp_path / "mounted" / "who-5" / "de" / "1.0.0-site.yaml"
    file.parent.mkdir(parents=True)
    assert "MEND  site's wordings" not in run("doctor").output
    file.write_text("instrument: who-5\n")
    told = run("doctor").output
    assert "MEND  site's wordings" in told
    assert "1.0.0-site.yaml:1" in told


def test_rescoring_tells_what_it_looked_at(run: Run):
    run(*FOUNDING)
    done = run("rescore", "--look")
    assert (done.exit_code, done.output.strip()) == (
        0, "MDD-1: 0 answers looked at, 0 to be scored anew",
    )  # fmt: skip
    refused = run("rescore", "--study", "NONE")
    assert refused.exit_code == 1
    assert "There is no study NONE." in refused.output
    unknown = run("rescore", "--instrument", "wai-sx")
    assert unknown.exit_code == 1
    assert "There is no instrument 'wai-sx' here" in unknown.output


def test_check_counts_what_it_read(run: Run):
    done = run("check")
    assert done.exit_code == 0
    assert "0 problems" in done.output


@pytest.mark.parametrize(
    ("name", "value"),
    [("ATTUNE_PORT", "eighty"), ("ATTUNE_URL", "forms.example.org"), ("ATTUNE_SMTP", "mail:25")],
)
def test_a_setting_that_cannot_be_used_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(name, value)
    done = run("doctor")
    assert done.exit_code == 1
    assert name in done.output
