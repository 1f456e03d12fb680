"""Which forms of a study have nothing but sample sentences: a real study may not ask those."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.actions.context import Context
from server.domain.protocol import Protocol
from server.store import participants, studies
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
        for language in languages
        if catalog.placeholder(each, language)
    ]


def waiting(context: Context, study: Row) -> list[Unworded]:
    """Return what a real study still wants, in English and every language its participants read."""
    if study["synthetic"]:
        return []
    protocol = context.catalog.protocol(study["protocol"], study["protocol_version"])
    return unworded(context, protocol, participants.languages(context.db, study["id"]))


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
