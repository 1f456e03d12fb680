"""What a study asks of anybody: by its own version, and by every other that somebody still follows."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.instrument import Instrument
from server.domain.protocol import Protocol
from server.store import amendments
from server.store.database import Row


def in_force(context: Context, study: Row) -> list[Protocol]:
    """Return the study's version of its protocol, then the others that somebody follows.

    `study` holds `protocol, protocol_version`, and `id` once it is stored.
    """
    followed = amendments.versions_in_force(context.db, study["id"]) if "id" in study else {}
    others = sorted(version for version, people in followed.items() if people)
    versions = dict.fromkeys([study["protocol_version"], *others])
    return [context.catalog.protocol(study["protocol"], each) for each in versions]


def instruments(context: Context, study: Row) -> dict[str, Instrument]:
    """Return every instrument that any version in force asks, by id, in the order it is named."""
    wanted = dict.fromkeys(
        definition.instrument
        for protocol in in_force(context, study)
        for definition in protocol.assessments
    )
    return {each: context.catalog.instrument(each) for each in wanted}
