"""A study's choices where sources disagree: checked, completed with defaults, named in the version."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.instrument import Instrument, Score
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


def choices_in(instrument: Instrument, scoring_version: str) -> dict[str, str]:
    """Return the choices that a score was made with, as its version names them."""
    named = dict(pair.split("=", 1) for pair in scoring_version.split(" ")[1:] if "=" in pair)
    return chosen(instrument, known_settings(instrument, named))


# Stored beside the choices that scoring knows; it changes what is shown, and no score.
HEADLINE = "headline"


def headline(instrument: Instrument, settings: Mapping[str, str]) -> Score | None:
    """Return the score that heads lists and charts in a study; None where there are no scores."""
    picked = settings.get(HEADLINE)
    return instrument.score(picked) if picked in instrument.heads else instrument.headline


def picked_headline(instrument: Instrument, name: str) -> str:
    """Return the name of a score that may head lists and charts.

    Raises:
        BadInputError: there is nothing to pick, or not this one.

    """
    if name in instrument.heads:
        return name
    known = ", ".join(instrument.heads) or "nothing to pick from"
    raise BadInputError(f"{name!r} cannot head {instrument.id}; there is {known}")


def version(instrument: Instrument, choices: Mapping[str, str]) -> str:
    """Return the scoring version, with every choice that is not the default: `1 missing=syntax`."""
    differing = [
        f"{name}={choice}"
        for name, choice in sorted(choices.items())
        if choice != instrument.settings[name].default
    ]
    return " ".join([instrument.scoring_version, *differing])
