"""Instants and days as staff read them; every time of day says in which zone it is (R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask_babel import get_locale, gettext, ngettext

from server.clock import from_text


@dataclass(frozen=True)
class Moment:
    """An instant (or a day), ready to be shown: for machines, in short, in full."""

    iso: str
    text: str
    full: str


def moment(stored: str | None, zone: str, *, named: bool = True) -> Moment | None:
    """Show a stored instant in a zone; `named` says the zone's city beside the time."""
    if not stored:
        return None
    at = from_text(stored).astimezone(ZoneInfo(zone))
    text = format_datetime(at, "d MMM y, HH:mm", locale=get_locale())
    full = format_datetime(at, "EEEE d MMMM y, HH:mm:ss", locale=get_locale())
    return Moment(stored, f"{text} {city(zone)}" if named else text, f"{full} {zone}")


def opening(stored: str | None, zone: str, *, named: bool = True) -> Moment | None:
    """Show when a window opens. At midnight that is its first day; the hour would say nothing."""
    found = moment(stored, zone, named=named)
    if found is None or stored is None:
        return None
    at = from_text(stored).astimezone(ZoneInfo(zone))
    if at.time() != time():
        return found
    text = format_date(at.date(), "d MMM y", locale=get_locale())
    return Moment(stored, f"{text} {city(zone)}" if named else text, found.full)


def closing(stored: str | None, zone: str, *, named: bool = True) -> Moment | None:
    """Show when a window closes. At midnight that is the end of its last day, not a time of the next."""
    if not stored:
        return None
    at = from_text(stored).astimezone(ZoneInfo(zone))
    last = (from_text(stored) - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    if last == at.date():
        return moment(stored, zone, named=named)
    text = format_date(last, "d MMM y", locale=get_locale())
    ended = str(gettext("%(day)s, end of day", day=text))
    full = format_datetime(at, "EEEE d MMMM y, HH:mm:ss", locale=get_locale())
    return Moment(stored, f"{ended} {city(zone)}" if named else ended, f"{full} {zone}")


def day(stored: str | date | None, at_time: str | time | None = None) -> Moment | None:
    """Show a calendar day, and the participant's own clock time if there is one."""
    if not stored:
        return None
    on = stored if isinstance(stored, date) else date.fromisoformat(stored)
    clock = at_time.strftime("%H:%M") if isinstance(at_time, time) else (at_time or "")[:5]
    text = format_date(on, "d MMM y", locale=get_locale())
    full = format_date(on, "EEEE d MMMM y", locale=get_locale())
    tail = f", {clock}" if clock else ""
    return Moment(on.isoformat(), text + tail, full + tail)


def day_of(stored: str | None, zone: str) -> Moment | None:
    """Show the calendar day that an instant fell on in a zone."""
    return day(from_text(stored).astimezone(ZoneInfo(zone)).date()) if stored else None


def ago(stored: str | None, now: datetime) -> Moment | None:
    """Show how long ago an instant was; in full it is UTC."""
    if not stored:
        return None
    at = from_text(stored)
    exact = format_datetime(at, "EEEE d MMMM y, HH:mm:ss", locale=get_locale())
    return Moment(stored, _distance(now - at), f"{exact} UTC")


def city(zone: str) -> str:
    """Return the short name of a zone: Berlin for Europe/Berlin."""
    return zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")


def clock_in(zone: str, now: datetime) -> str:
    """Return what a clock on the wall shows in this zone now."""
    return format_datetime(now.astimezone(ZoneInfo(zone)), "EEE HH:mm", locale=get_locale())


def span(length: timedelta) -> str:
    """Return a length of time in its largest whole unit."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    if minutes < 48 * 60:
        return str(ngettext("%(num)s hour", "%(num)s hours", minutes // 60))
    return str(ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60)))


def _distance(gone: timedelta) -> str:
    if gone < timedelta(0):
        return str(gettext("in %(span)s", span=span(-gone)))
    if gone < timedelta(minutes=1):
        return str(gettext("just now"))
    return str(gettext("%(span)s ago", span=span(gone)))
