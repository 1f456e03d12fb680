"""A study's choices where sources disagree: checked, completed with defaults, named in the version."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.instrument import Instrument
from server.errors import BadInputError


def chosen(instrument: Instrument, settings: Mapping[str, str]) -> dict[str, str]:
    """Return a choice for each setting of the instrument, the default where none is named.

    Raises:
        BadInputError: there is no such setting, or no such choice.

    """
    for name, choice in settings.items():
        if name not in instrument.settings:
            known = ", ".join(instrument.settings) or "none"
            raise BadInputError(f"{instrument.id} has no setting {name!r}; it has: {known}")
        choices = instrument.settings[name].choices
        if choice not in choices:
            known = ", ".join(choices)
            raise BadInputError(f"{name} of {instrument.id} cannot be {choice!r}; it is {known}")
    return {name: settings.get(name, each.default) for name, each in instrument.settings.items()}


def known_settings(instrument: Instrument, settings: Mapping[str, str]) -> dict[str, str]:
    """Return those of a study's choices that this version of the instrument has.

    An answer to an older version, or a choice that a later one dropped, must not be refused for it.
    """
    return {
        name: choice
        for name, choice in settings.items()
        if name in instrument.settings and choice in instrument.settings[name].choices
    }


def version(instrument: Instrument, choices: Mapping[str, str]) -> str:
    """Return the scoring version, with every choice that is not the default: `1 missing=syntax`."""
    differing = [
        f"{name}={choice}"
        for name, choice in sorted(choices.items())
        if choice != instrument.settings[name].default
    ]
    return " ".join([instrument.scoring_version, *differing])
