"""Plan everybody anew: after a new program, other files, or a database put back from a backup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from server.actions.context import Context
from server.actions.reconcile import Difference, reconcile
from server.domain.people import Actor
from server.errors import NotFoundError
from server.store import participants, studies

_PLANNER = Actor("system", "planner")


@dataclass(frozen=True)
class Replanned:
    """One participant, by code, and what planning anew changed."""

    code: str
    difference: Difference


def everybody(context: Context, study_code: str | None = None) -> list[str]:
    """Return the ids of a study's participants by code; without a study those of every study.

    Raises:
        NotFoundError: there is no such study.

    """
    found = [each for each in studies.every(context.db) if study_code in {None, each["code"]}]
    if not found and study_code is not None:
        known = ", ".join(each["code"] for each in studies.every(context.db))
        raise NotFoundError(f"There is no study {study_code}; there is {known}.")
    return [each for study in found for each in participants.ids_of(context.db, study["id"])]


def replan(context: Context, ids: list[str]) -> Iterator[Replanned]:
    """Plan each anew in a transaction of their own; what is stored already is not written again.

    Stopped half-way, what was planned stays, and running it again does the rest.
    """
    for participant_id in ids:
        with context.write(_PLANNER, "Planned anew") as tx:
            difference = reconcile(tx, context, participant_id)
            code = participants.present(tx.db, participant_id)["code"]
        yield Replanned(code, difference)
