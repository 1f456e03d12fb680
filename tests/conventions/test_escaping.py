"""Whatever people type stays text: every template escapes, whatever its name (T11, A9)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from server.config import ROOT

TEMPLATES = ROOT / "server" / "templates"


@pytest.mark.parametrize(
    "name", ["page.html", "page.j2", "page.html.j2", "page.jinja", "page.txt", None]
)
def test_every_template_escapes_whatever_its_name(app: Flask, name: str | None) -> None:
    app.jinja_env.loader = None
    template = app.jinja_env.from_string("{{ typed }}")
    if name:
        from jinja2 import DictLoader

        app.jinja_env.loader = DictLoader({name: "{{ typed }}"})
        template = app.jinja_env.get_template(name)

    assert template.render(typed="<script>") == "&lt;script&gt;"


def test_no_template_asks_for_trust() -> None:
    wrong = [
        f"{path.relative_to(TEMPLATES)}: {found}"
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file()
        for found in re.findall(
            r"\|\s*safe\b|autoescape\s+false|Markup\(", path.read_text(encoding="utf-8")
        )
    ]

    assert wrong == []


def test_markup_is_made_in_one_place_only() -> None:
    """The QR code, drawn by a library from a link of our own."""
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "server" / "web").rglob("*.py"))
        if "Markup(" in Path(path).read_text(encoding="utf-8")
    ]

    assert found == ["server/web/staff/phones.py"]
