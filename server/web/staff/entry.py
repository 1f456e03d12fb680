"""What people enter: fields that many forms share, and how a complaint finds its field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms.fields import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import InputRequired, Length

from server.errors import BadInputError, ConflictError

_REGIONS = (
    "Africa/",
    "America/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


@lru_cache
def zones() -> tuple[str, ...]:
    """Return the zones that people live in, by name; aliases such as `Etc/GMT+3` are left out."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(_REGIONS)))


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return values with their words as a select or radio field wants them."""
    return [SelectChoice(value, word) for value, word in pairs]


def zone_field() -> Any:
    """Return a field that offers every zone."""
    return SelectField(choices=choices((name, name.replace("_", " ")) for name in zones()))


def text(most: int, needed: str = "") -> Any:
    """Return a one-line field of at most so many characters; `needed` is what to say of none."""
    checks: list[Any] = [Length(max=most)]
    if needed:
        checks.insert(0, InputRequired(needed))
    return StringField(validators=checks, filters=[_stripped])


def reason() -> Any:
    """Return a field for the reason of a change; it is kept beside the change for good."""
    return TextAreaField(validators=[Length(max=500)], filters=[_stripped])


def day(text: str) -> date:
    """Return a day that a bare form names.

    Raises:
        BadInputError: it is none.

    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError("Please give a day, for example 2027-03-31.") from error


def maybe_day(text: str, places: dict[str, str], place: str = "on") -> date | None:
    """Return a day, none where nothing was typed; what is no day is noted under `place`."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        places[place] = str(gettext("Give a day, for example 2027-03-31."))
        return None


def maybe_time(text: str, places: dict[str, str], place: str = "at") -> time | None:
    """Return a clock time, none where nothing was typed; what is none is noted under `place`."""
    try:
        return time.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        places[place] = str(gettext("Give a time, for example 09:30."))
        return None


def complain(form: FlaskForm, error: BadInputError | ConflictError) -> None:
    """Put an action's complaint where the person entered it, or above the form."""
    placed = False
    places = error.places if isinstance(error, BadInputError) else {}
    for name, remedy in places.items():
        if name in form:
            field = form[name]
            field.errors = [*field.errors, remedy]
            placed = True
    if not placed:
        form.form_errors.append(" ".join([str(error), *places.values()]))


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value
