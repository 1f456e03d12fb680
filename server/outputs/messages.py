"""The words of outgoing messages: fixed and neutral, for a lock screen may show them to anyone.

Nothing about health, study or medicine, no name, no code, no credential: only where to open the
form, until when, and how to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.outputs.translations import translations

_SERVER = resources.files("server")


@dataclass(frozen=True)
class Text:
    """A message's words."""

    subject: str
    text: str


def reminder(url: str, language: str, zone: str, closes_at: datetime, count: int) -> Text:
    """Return the words of a reminder. `closes_at` is when the first of `count` forms closes."""
    local = closes_at.astimezone(ZoneInfo(zone))
    whole_day = local.time() == time()
    day = (local - timedelta(days=1) if whole_day else local).date()
    locale = _locale(language)
    text = (
        _environment(language)
        .get_template("reminder.txt")
        .render(
            url=url,
            count=count,
            whole_day=whole_day,
            day=format_date(day, translations(language).gettext("EEEE d MMMM"), locale=locale),
            time=format_time(local, "short", locale=locale),
            place=zone.rpartition("/")[2].replace("_", " "),
        )
    )
    return Text(_subject(language), text)


def test(url: str, language: str) -> Text:
    """Return the words of a test message."""
    subject = translations(language).gettext("A test message for you")
    return Text(subject, _environment(language).get_template("test.txt").render(url=url))


def alert(url: str) -> Text:
    """Return the words for whoever is on duty: that somebody needs them, never who or why."""
    subject = translations("en").gettext("Please look at Attune: somebody needs you")
    text = _environment("en").get_template("alert.txt").render(url=f"{url.rstrip('/')}/staff/")
    return Text(subject, text)


def waiting_words(url: str) -> Text:
    """Return the words for somebody to whom a participant wrote in confidence: that something waits."""
    subject = translations("en").gettext("A message waits for you in Attune")
    text = _environment("en").get_template("waiting.txt").render(url=f"{url.rstrip('/')}/staff/")
    return Text(subject, text)


def _subject(language: str) -> str:
    return translations(language).gettext("A short form is ready for you")


@cache
def _environment(language: str) -> Environment:
    """Return the templates in one language. Plain text: escaping for HTML would garble it."""
    environment = Environment(
        loader=FileSystemLoader(str(_SERVER / "templates" / "messages")),
        autoescape=False,  # noqa: S701 - text/plain, filled with our own constants
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # added by the extension
        translations(language), newstyle=True
    )
    return environment


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
