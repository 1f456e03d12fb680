"""Static files: versioned as a whole, compressed, for ever; served scripts are still scripts."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from flask import Flask

from server.config import ROOT, Config
from server.web import assets
from tests.conftest import Browser

SCRIPTS = sorted((ROOT / "static" / "app").glob("*.js"))


def _own(config: Config, tmp_path: Path) -> Config:
    shutil.copytree(ROOT / "static", tmp_path / "static")
    return replace(config, static=tmp_path / "static")


def test_a_file_is_served_compressed_and_for_ever(client: Browser, config: Config):
    address = assets.url(assets.version(config), "css/phone.css")
    with client.get(address, headers={"Accept-Encoding": "br"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys()), (
            "nobody asks for it again"
        )
        style = brotli.decompress(answer.data).decode()
    assert "--accent" in style
    assert "@import" not in style


def test_the_staff_pages_parts_arrive_in_one_piece(client: Browser, config: Config):
    """A part that nobody names, or that the press does not take in, would dress nothing."""
    with client.get(assets.url(assets.version(config), "css/staff.css")) as answer:
        style = answer.get_data(as_text=True)
    assert "@import" not in style
    for part in (ROOT / "static" / "css").glob("staff-*.css"):
        selectors = re.findall(r"^(\.[a-z][\w-]*) \{", part.read_text("utf-8"), re.MULTILINE)
        assert all(f"{each}{{" in style for each in selectors), part.name
        assert selectors or part.name == "staff-print.css"


def test_a_change_anywhere_is_another_version_and_the_old_one_stays(config: Config, tmp_path: Path):
    own = _own(config, tmp_path)
    first = assets.version(own)
    assets.install(Flask("one"), own)
    (own.static / "app" / "today.js").write_text("export {};\n", encoding="utf-8")
    assets._version.cache_clear()
    second = assets.version(own)
    assert first != second
    app = Flask("two")
    assets.install(app, own)
    for version in (first, second):
        with app.test_client().get(f"/static/{version}/app/today.js") as answer:
            assert answer.status_code == 200


def test_publishing_twice_is_publishing_once(config: Config, tmp_path: Path):
    own = _own(config, tmp_path)
    assets.install(Flask("one"), own)
    assets.install(Flask("two"), own)
    shelf = own.data / "cache" / "static"
    assert [each.name for each in shelf.iterdir()] == [assets.version(own)]
    assert not list(shelf.parent.glob("static-*"))


def test_files_lists_what_a_phone_keeps(config: Config):
    listed = assets.files(config, "app")
    assert assets.url(assets.version(config), "app/questionnaire.js") in listed
    assert not [each for each in listed if "/css/" in each]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_without_its_comments_a_script_is_still_one(path: Path, tmp_path: Path):
    served = assets._served(path)
    assert b"/**" not in served
    assert len(served) < path.stat().st_size
    copy = tmp_path / "served.mjs"
    copy.write_bytes(served)
    subprocess.run(["node", "--check", str(copy)], check=True, capture_output=True)
