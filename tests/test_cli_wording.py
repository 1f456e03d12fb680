"""`./attune wording` and `./attune instrument`: what they print, ask, write and refuse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server import config
from server.cli import cli
from server.config import ROOT

Run = Callable[..., Result]
HEAD = "field_name,form_name,field_type,field_label,select_choices_or_calculations\n"
CHOICES = '"5, All | 4, Most | 3, More | 2, Less | 1, Some | 0, None"'
LICENCE = ("--holder", "Us", "--proof", "A letter", "--by", "Ada")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ATTUNE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("ATTUNE_WORDINGS", raising=False)
    return lambda *arguments, **more: CliRunner().invoke(cli, list(arguments), **more)


@pytest.fixture
def dictionary(tmp_path: Path) -> str:
    path = tmp_path / "dictionary.csv"
    rows = "".join(f"w{at},who,radio,Sentence {at},{CHOICES}\n" for at in range(5))
    path.write_text(f"{HEAD}record_id,who,text,Record,\n{rows}")
    return str(path)


@pytest.mark.parametrize(
    ("group", "name"),
    [("wording", "template"), ("wording", "import"), ("instrument", "import")],
)
def test_every_command_explains_itself_in_one_line(group: str, name: str):
    command = cli.commands[group].commands[name]  # type: ignore[attr-defined]
    summary = command.get_short_help_str(limit=200)
    assert 10 < len(summary) <= 70
    assert summary.endswith(".")


def test_a_template_is_a_sheet(run: Run):
    done = run("wording", "template", "ies-r", "--lang", "de")
    assert done.exit_code == 0
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbfwhat,name,code,topic,now,text\r\n")
    assert done.stdout_bytes.count(b"\r\nitem,ies") == 22


def test_no_sheet_is_made_for_a_language_that_no_import_takes(run: Run):
    refused = run("wording", "template", "ies-r", "--lang", "german")
    assert refused.exit_code == 1
    assert "'german' is no language tag" in refused.stderr
    assert not refused.stdout


def test_an_import_shows_the_table_and_asks(run: Run, tmp_path: Path, dictionary: str):
    arguments = ("wording", "import", "who-5", dictionary, "--lang", "en", *LICENCE)
    declined = run(*arguments, input="n\n")
    assert "<- w0" in declined.output
    assert "Write who-5/en/1.0.0-site (licensed)?" in declined.output
    assert declined.exit_code == 1
    assert not (tmp_path / "data" / "wordings").exists()
    agreed = run(*arguments, input="y\n")
    assert agreed.exit_code == 0
    assert (tmp_path / "data/wordings/who-5/en/1.0.0-site.yaml").exists()
    listed = next(line for line in run("check").output.splitlines() if " who-5 " in line)
    assert "en 1.0.0 (placeholder)" in listed
    assert "en 1.0.0-site (licensed)" in listed


def test_the_sites_folder_may_lie_elsewhere(
    run: Run, tmp_path: Path, dictionary: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATTUNE_WORDINGS", str(tmp_path / "elsewhere"))
    done = run("wording", "import", "who-5", dictionary, "--lang", "en", *LICENCE, "--yes")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "elsewhere/who-5/en/1.0.0-site.yaml").exists()


def test_half_a_wording_is_refused_in_words(run: Run, tmp_path: Path, dictionary: str):
    done = run("wording", "import", "ies-r", dictionary, "--lang", "en", *LICENCE, "--yes")
    assert done.exit_code == 1
    assert "ies-r has 22 questions, the file has 5" in done.output
    assert not (tmp_path / "data" / "wordings").exists()


def test_an_instrument_is_drafted_and_each_loss_printed(
    run: Run, tmp_path: Path, dictionary: str, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(ROOT / "schedules", tmp_path / "schedules")
    (tmp_path / "forms").mkdir()
    there = config.Config(
        tmp_path / "data",
        "127.0.0.1",
        8000,
        "http://localhost:8000",
        None,
        "a@b",
        forms=tmp_path / "forms",
    )
    monkeypatch.setattr(config, "load", lambda: there)
    done = run("instrument", "import", dictionary, "--id", "my-who")
    assert done.exit_code == 0, done.output
    assert "- record_id: is the record's name there" in done.output
    assert "5 questions, 0 scores" in done.output
    assert (tmp_path / "forms/my-who/1.0.0.yaml").exists()
    again = run("instrument", "import", dictionary, "--id", "my-who")
    assert again.exit_code == 1
    assert "is there already" in again.output
