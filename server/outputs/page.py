"""Puts a Summary into its template: HTML and CSS for the press, every value escaped."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import flask_babel
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.outputs.summary import Summary

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# Values are escaped, so that an angle bracket is always a tag's.
_BETWEEN_TAGS = re.compile(r">[ \n]+<")


def html(summary: Summary) -> str:
    """Return the whole document, without the template's indentation: that costs layout time."""
    document = _environment().get_template("pdf/summary.html").render(page=summary)
    return _BETWEEN_TAGS.sub("><", document)


@cache
def css() -> str:
    """Return the printed pages' style sheet."""
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
