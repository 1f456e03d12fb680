"""What people type into fields: tidied, or refused with the remedy. Each check returns the tidy value."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection
from datetime import date
from functools import cache
from typing import TypeVar
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,23}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_PHONE = re.compile(r"[+(0-9][0-9 ()/.-]{3,30}")
_EARLIEST = date(2000, 1, 1)
_LATEST = date(2100, 1, 1)

T = TypeVar("T")


class FieldError(ValueError):
    """A field's value cannot be used; the text is the remedy that stands beside the field."""


class Checks:
    """Runs checks field by field and keeps every remedy, so that all show at once."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def field(self, name: str, check: Callable[[], T], otherwise: T) -> T:
        """Return the tidy value; when it cannot be used, note the remedy and return `otherwise`."""
        try:
            return check()
        except FieldError as remedy:
            self.places[name] = str(remedy)
            return otherwise

    def require(self, name: str, holds: object, remedy: str) -> None:
        """Note the remedy when something does not hold; a field's first remedy stands."""
        if not holds:
            self.places.setdefault(name, remedy)


def code(text: str) -> str:
    """Return a study code: it stands on paper and screens, so it must not be a name or an address."""
    tidy = text.strip()
    if not _CODE.fullmatch(tidy):
        raise FieldError("Use 2 to 24 letters, digits, dots or dashes, for example P-017.")
    return tidy


def spoken(code: str, languages: Collection[str]) -> str:
    """Return a language if one of these is it, or is what it falls back to (pt-BR to pt)."""
    if code not in languages and code.partition("-")[0] not in languages:
        there = ", ".join(sorted(languages))
        raise FieldError(f"No form has words in {code!r}. Choose one of: {there}.")
    return code


def zone(text: str) -> str:
    """Return an IANA zone's name."""
    tidy = text.strip()
    if tidy not in _zones():
        raise FieldError(f"Choose a zone by its city, for example {_meant(tidy[:60])}.")
    return tidy


def language(text: str) -> str:
    """Return a language tag such as `en` or `pt-BR`."""
    tidy = text.strip()
    if not _LANGUAGE.fullmatch(tidy):
        raise FieldError("Write a language as en, de or pt-BR.")
    return tidy


def email(text: str) -> str:
    """Return a mail address in the form it is sent to; no name server is asked."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise FieldError("Write one mail address, for example name@example.org.") from None
    return found.ascii_email or found.normalized


def phone(text: str) -> str:
    """Return a telephone number as typed, for people to call; empty is fine."""
    tidy = " ".join(text.split())
    if tidy and not _PHONE.fullmatch(tidy):
        raise FieldError("Use digits, spaces and + only, for example +49 30 123456.")
    return tidy


def name(text: str, longest: int = 120) -> str:
    """Return a name without line breaks or other control characters; empty is fine."""
    tidy = " ".join(text.split())
    if len(tidy) > longest:
        raise FieldError(f"Use at most {longest} characters.")
    if not tidy.isprintable():
        raise FieldError("Leave out signs that cannot be seen.")
    return tidy


def day(value: date, latest: date = _LATEST, remedy: str = "") -> date:
    """Return a date within reason and not after `latest`."""
    if not _EARLIEST <= value < _LATEST:
        raise FieldError("Give a date between 2000 and 2099.")
    if value > latest:
        raise FieldError(remedy or f"Give a date up to {latest.isoformat()}.")
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(each for each in available_timezones() if "/" in each or each == "UTC")


@cache
def _meant(text: str) -> str:
    near = difflib.get_close_matches(text.title(), sorted(_zones()), n=1, cutoff=0.8)
    return near[0] if near else "Europe/Berlin"
