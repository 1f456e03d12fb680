"""Puts what is printed into its template: HTML and CSS for the press, every value escaped."""

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
    return drawn("pdf/summary.html", page=summary)


def drawn(template: str, **values: object) -> str:
    """Return a printed page's template with these values in it, without its indentation."""
    return _BETWEEN_TAGS.sub("><", _environment().get_template(template).render(**values))


@cache
def css(more: str = "") -> str:
    """Return the printed pages' style sheet, and with it that of one kind of page: `activities.css`."""
    sheets = ["print.css", more] if more else ["print.css"]
    return "\n".join((_TEMPLATES / "pdf" / name).read_text(encoding="utf-8") for name in sheets)


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
