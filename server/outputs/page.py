"""Puts a Summary into its template: HTML and CSS for the press, every value escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import flask_babel
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.outputs.summary import Summary
from server.outputs.words import gettext

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def html(summary: Summary) -> str:
    """Return the whole document."""
    return _environment().get_template("pdf/summary.html").render(page=summary)


def css() -> str:
    """Return the printed pages' style sheet, with the page's number in the reader's language."""
    before, between, after = gettext("Page %(page)s of %(pages)s", page="\0", pages="\0").split(
        "\0"
    )
    count = f'"{before}" counter(page) "{between}" counter(pages) "{after}"'
    return f"{_look()}@page {{ @bottom-right {{ content: {count} }} }}"


@cache
def _look() -> str:
    return (_TEMPLATES / "pdf" / "print.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    """The printed pages' own Jinja: no request, no globals, everything escaped (T11)."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        flask_babel.gettext, flask_babel.ngettext, newstyle=True
    )
    return environment
