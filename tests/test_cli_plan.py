"""`./attune plan` says what changed for whom, and that nothing did."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from server.cli import cli
from server.config import Config
from tests.cast import TESTER, Cast


def test_it_tells_what_changed_and_a_second_time_that_nothing_did(
    cast: Cast, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_DATA", str(config.data))
    # The cast lives at a time of its own; from here on it is the machine's.
    CliRunner().invoke(cli, ["plan"])
    form = cast.assessment(cast.ada, "wellbeing-baseline")
    with cast.context.write(TESTER, "shifted") as tx:
        tx.change("assessments", form, {"opens_at": "2027-02-01T00:00:00.000Z"})
    done = CliRunner().invoke(cli, ["plan", "--study", "SYN-1"])
    assert done.exit_code == 0, done.output
    assert "SYN-001: 1 changed" in done.output
    assert "2 planned; something changed for 1." in done.output
    done = CliRunner().invoke(cli, ["plan"])
    assert "2 planned; nothing had to change." in done.output
    done = CliRunner().invoke(cli, ["plan", "--study", "SYN-2"])
    assert "Nobody is enrolled yet." in done.output
    done = CliRunner().invoke(cli, ["plan", "--study", "NONE"])
    assert (done.exit_code, "There is no study NONE" in done.output) == (1, True)
