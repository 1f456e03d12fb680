"""`./attune participants`: a template to fill, a table shown or written, mistakes by line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.actions.context import Context
from server.cli import cli
from server.store import participants
from tests.actions.importing import row, table
from tests.cast import Cast

Run = Callable[..., Result]


@pytest.fixture
def run(context: Context, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Run:
    assert cast.study_id
    monkeypatch.setenv("ATTUNE_DATA", str(context.config.data))
    monkeypatch.setattr("server.actions.context.open_context", lambda _config: context)
    return lambda *arguments: CliRunner().invoke(cli, ["participants", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], str]:
    def write(data: bytes) -> str:
        path = tmp_path / "people.csv"
        path.write_bytes(data)
        return str(path)

    return write


@pytest.mark.parametrize("name", ["template", "import"])
def test_every_command_explains_itself_in_one_line(name: str):
    command = cli.commands["participants"].commands[name]  # type: ignore[attr-defined]
    summary = command.get_short_help_str(limit=200)
    assert 10 < len(summary) <= 70
    assert summary.endswith(".")


def test_a_template_fits_the_protocol_and_comes_back_in(run: Run, file: Callable[[bytes], str]):
    done = run("template", "--study", "SYN-1")
    head = done.stdout_bytes.decode("utf-8-sig").strip().split(",")
    assert {"code", "zone", "arm", "enrolled_on", "preparation-1", "dosing-1", "dosing-2", "facilitator-1",
            "facilitator-1-name"} <= set(head)  # fmt: skip
    assert "dosing-3" not in head
    assert "site" not in head
    assert "cancelled 2027-02-14" in done.stderr
    said = row()
    filled = ",".join(said.get(name, "") for name in head)
    done = run("import", file(done.stdout_bytes + filled.encode()), "--study", "SYN-1")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == (
        "1 new, 0 changed, 0 as they were: nothing written; add --write to write it"
    )


def test_without_write_it_is_only_shown(
    run: Run, file: Callable[[bytes], str], context: Context, cast: Cast
):
    path = file(table(row()))
    shown = run("import", path, "--study", "SYN-1").stdout
    assert shown.startswith("line 2  P-001  new; ")
    assert "    dosing-2 2027-03-17 09:00 planned" in shown
    days = [each for each in shown.splitlines() if each.startswith("    opens ")]
    assert (
        days[0]
        == "    opens 2027-03-22: Well-being at one week; Alliance one week after dosing (Robin)"
    )
    assert days == sorted(days)
    assert "p-001" not in participants.by_code(context.db, cast.study_id)
    written = run("import", path, "--study", "SYN-1", "--write")
    assert "1 new, 0 changed, 0 as they were: written" in written.stdout
    assert "    opens " not in written.stdout
    assert "before somebody says go" in written.stdout
    assert "p-001" in participants.by_code(context.db, cast.study_id)
    again = run("import", path, "--study", "SYN-1", "--write").stdout
    assert again.splitlines()[-1] == "0 new, 0 changed, 1 as they were: nothing to write"


def test_mistakes_come_by_line_and_column_and_nothing_is_written(
    run: Run, file: Callable[[bytes], str]
):
    done = run(
        "import",
        file(table(row(zone="Mars"), row(code="P-002", dosing_1="soon"))),
        "--study",
        "SYN-1",
        "--write",
    )
    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "line 2, zone", "line 3, dosing-1", "attune",
    ]  # fmt: skip
    assert done.stderr.splitlines()[-1] == "attune: 2 things to mend. Nothing was written."
    assert done.stdout == ""


def test_a_folder_without_an_installation_stays_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATTUNE_DATA", str(tmp_path / "nowhere"))
    done = CliRunner().invoke(cli, ["participants", "template", "--study", "SYN-1"])
    assert done.exit_code == 1
    assert "holds no installation. Set ATTUNE_DATA" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_dates_that_are_hardly_meant_are_pointed_at(run: Run, file: Callable[[bytes], str]):
    done = run("import", file(table(row(preparation_1="2027-01-10"))), "--study", "SYN-1")
    assert done.exit_code == 0
    assert "look again: " in done.stdout
