"""Try a design out: all that one imagined participant would be asked and sent. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.actions.read_trial import Wanted, read_trial
from server.catalog.catalog import Catalog
from server.catalog.load import draft, load
from server.domain.entry import FieldError
from server.domain.protocol import Protocol
from server.domain.simulation import Outcome, Trial, simulate
from server.errors import BadInputError, NotFoundError


@dataclass(frozen=True)
class Simulated:
    """A design tried out."""

    protocol: Protocol
    catalog: Catalog
    trial: Trial
    outcome: Outcome
    notes: tuple[str, ...]


def find_protocol(named: str, forms: Path, schedules: Path) -> tuple[Catalog, Protocol]:
    """Return a protocol by the file it stands in, wherever that lies, or by its id.

    Raises:
        DefinitionError: the file has problems; all are named.
        NotFoundError: it is neither a file nor an id.

    """
    for path in (Path(named), schedules.parent / named):
        if path.is_file():
            return draft(path, forms, schedules)
    if named.endswith((".yaml", ".yml")):
        raise NotFoundError(f"There is no file {named}. Give the path of a schedule, or its id.")
    catalog = load(forms, schedules)
    return catalog, catalog.protocol(named)


def try_out(catalog: Catalog, protocol: Protocol, wanted: Wanted) -> Simulated:
    """Return all that this participant would be asked and sent.

    Raises:
        BadInputError: something cannot be imagined so; `places` names each thing with its remedy.

    """
    instruments = {
        each.instrument: catalog.instrument(each.instrument) for each in protocol.assessments
    }
    trial, notes = read_trial(protocol, instruments, catalog.spoken, wanted)
    try:
        outcome = simulate(protocol, instruments, trial)
    except FieldError as remedy:
        raise BadInputError("This cannot be tried out.", {"answered": str(remedy)}) from remedy
    return Simulated(protocol, catalog, trial, outcome, notes)
