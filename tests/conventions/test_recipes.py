"""docs/recipes.md: every command runs as it stands, on a copy, and the checkout stays clean."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server.config import ROOT

pytestmark = pytest.mark.slow

RECIPES = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", RECIPES, re.MULTILINE | re.DOTALL)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout to write in, whose `./attune` skips set-up: the tests' own Python has it all."""
    for folder in ("server", "forms", "schedules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    door = tmp_path / "attune"
    door.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m server.cli "$@"\n')
    door.chmod(0o755)
    return tmp_path


def test_every_recipe_runs_in_order(copy: Path):
    assert len(BLOCKS) >= 5
    for block in BLOCKS:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    assert "small-clinic" in _checked(copy)


def _checked(copy: Path) -> str:
    return subprocess.run(
        ["./attune", "check"], cwd=copy, capture_output=True, text=True, check=True
    ).stdout
