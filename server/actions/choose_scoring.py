"""Choose how a study scores an instrument whose sources disagree; answers from then on follow it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.reconcile import design
from server.domain.people import Actor, Staff
from server.domain.scoring.settings import chosen
from server.errors import BadInputError
from server.store import studies


def choose_scoring(
    context: Context, actor: Actor, viewer: Staff, instrument_id: str, choices: Mapping[str, str]
) -> None:
    """Store the study's choices for one instrument; what is scored already keeps its version.

    Raises:
        ForbiddenError: the viewer's role does not look after this study.
        BadInputError: the study does not ask this instrument, or it has no such setting or choice.

    """
    require_care(viewer)
    study = studies.one(context.db, viewer.study_id)
    _protocol, instruments = design(context, study)
    if instrument_id not in instruments:
        raise BadInputError(f"This study does not ask {instrument_id}.")
    settled = chosen(instruments[instrument_id], choices)
    scoring = json.dumps({**study["scoring"], instrument_id: settled}, sort_keys=True)
    with context.write(actor, f"Chose how {instrument_id} is scored") as tx:
        # Also when it is what stood already: that somebody decided is a fact.
        tx.note("studies", viewer.study_id, f"scoring of {instrument_id}", settled)
        studies.change(tx, viewer.study_id, {"scoring": scoring})
