"""Which forms of a study have nothing but sample sentences: a real study may not ask those."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.actions.asked import in_force, instruments
from server.actions.context import Context
from server.domain.instrument import Instrument
from server.domain.protocol import Protocol
from server.store import readiness, studies
from server.store.database import Row


@dataclass(frozen=True, order=True)
class Unworded:
    """An instrument without licensed or own sentences in a language."""

    instrument: str
    title: str
    language: str

    @property
    def command(self) -> str:
        """What loads them."""
        return f"./attune wording import {self.instrument} --lang {self.language} FILE"


@dataclass(frozen=True)
class Worded:
    """A form of a study in one language: whose sentences would be shown, and by which right.

    `shown_in` differs from `language` where there are only English ones.
    """

    instrument: str
    title: str
    language: str
    shown_in: str
    status: str
    holder: str
    proof: str
    proof_on: str
    proof_by: str

    @property
    def fit(self) -> bool:
        """Whether a real study may show them."""
        return self.status != "placeholder"

    @property
    def command(self) -> str:
        """What loads others."""
        return Unworded(self.instrument, self.title, self.language).command


def missing(context: Context, instrument: str, language: str) -> Unworded:
    """Return how a form that wants a wording is called, and what loads it."""
    return Unworded(instrument, context.catalog.instrument(instrument).short_title, language)


def may_ask(context: Context, study: Row, instrument: str, language: str) -> bool:
    """Whether this study may open a form: always, unless it is real and the sentences are samples."""
    return bool(study["synthetic"]) or not context.catalog.placeholder(instrument, language)


def unworded(context: Context, protocol: Protocol, languages: Iterable[str]) -> list[Unworded]:
    """Return what still wants a wording before people who read these languages can be asked."""
    catalog = context.catalog
    return [
        missing(context, each, language)
        for each in dict.fromkeys(asked.instrument for asked in protocol.assessments)
        for language in _read_in(catalog.instrument(each), languages)
        if catalog.placeholder(each, language)
    ]


def _read_in(instrument: Instrument, languages: Iterable[str]) -> Iterable[str]:
    """Return in which languages a form is read: staff's own are English, like staff's pages."""
    return languages if instrument.respondent == "participant" else ("en",)


def languages(context: Context, study: Row) -> list[str]:
    """Return the languages a study asks in: those chosen for it (English, if none), and those read in it."""
    chosen = readiness.latest(context.db, study["id"], "languages")
    read = readiness.languages_read(context.db, study["id"])
    return list(dict.fromkeys([*(chosen["detail"]["languages"] if chosen else ["en"]), *read]))


def worded(context: Context, study: Row) -> list[Worded]:
    """Return every form of a study's protocol in every language it asks in, in the protocol's order.

    Versions that somebody else still follows count like the study's own.
    """
    catalog = context.catalog
    spoken = languages(context, study)
    return [
        Worded(
            each, catalog.instrument(each).short_title, language, shown.language, shown.status,
            shown.holder, shown.proof, shown.proof_on, shown.proof_by,
        )
        for each in instruments(context, study)
        for language in _read_in(catalog.instrument(each), spoken)
        for shown in [catalog.wording(each, language)]
    ]  # fmt: skip


def waiting(context: Context, study: Row) -> list[Unworded]:
    """Return what a real study still wants, in every language it asks in."""
    if study["synthetic"]:
        return []
    spoken = languages(context, study)
    wanted = (unworded(context, protocol, spoken) for protocol in in_force(context, study))
    return list(dict.fromkeys(each for found in wanted for each in found))


def lines(context: Context) -> list[str]:
    """Return what each real study here still wants, a line each: for the terminal."""
    return [
        f"{study['code']}: {each.title} ({each.language}) has sample sentences only; {each.command}"
        for study in studies.every(context.db)
        for each in waiting(context, study)
    ]


def refusal(wanted: Iterable[Unworded]) -> str:
    """Return why nobody can be enrolled yet, naming each form and what loads it; empty for nothing."""
    named = "; ".join(f"{each.title}: {each.command}" for each in wanted)
    if not named:
        return ""
    return f"Sample sentences only, in this language. Load what you have a licence for. {named}"
