"""A study's public pages: plain HTML in each of its languages, for any host of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath

from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.outputs.translations import translations

PAGES = ("about", "data", "help", "install", "contact")
ROBOTS = "User-agent: *\nAllow: /\n"
_SERVER = resources.files("server")


@dataclass(frozen=True)
class Contact:
    """Somewhere to turn to; `country` is an ISO 3166 code, empty where it holds everywhere."""

    label: str
    phone: str
    hours: str = ""
    note: str = ""
    country: str = ""
    email: str = ""


@dataclass(frozen=True)
class Public:
    """All that the public may read of a study: no person of it, but for its own lines."""

    title: str
    app: str
    guide: str
    rated: bool
    raters: bool
    where: str
    kept: str
    results: str
    team: Contact
    ethics: Contact
    help: tuple[Contact, ...]
    synthetic: bool


def render(public: Public, languages: Sequence[str]) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield each file's place in the folder and its text. Links are relative; nothing is loaded."""
    named = [(language, _own_name(language)) for language in languages]
    for language in languages:
        environment = _environment(language)
        for page in PAGES:
            html = environment.get_template(f"{page}.html").render(
                public=public, page=page, lang=language, languages=named,
                country=lambda code, language=language: _country(code, language),
            )  # fmt: skip
            yield PurePosixPath(language, f"{page}.html"), html
    first = _environment(languages[0]).get_template("index.html")
    yield (
        PurePosixPath("index.html"),
        first.render(public=public, lang=languages[0], languages=named),
    )
    yield PurePosixPath("robots.txt"), ROBOTS


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(str(_SERVER / "templates" / "site")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # added by the extension
        translations(language), newstyle=True
    )
    return environment


def _own_name(language: str) -> str:
    try:
        return Locale.parse(language, sep="-").get_display_name() or language
    except (UnknownLocaleError, ValueError):
        return language


def _country(code: str, language: str) -> str:
    return str(Locale.parse(language, sep="-").territories.get(code, code))
