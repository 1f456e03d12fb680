"""Choose how a study scores an instrument whose sources disagree; what is in is scored anew by it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from server.actions.asked import instruments
from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.rescore import rescore
from server.domain.instrument import Instrument
from server.domain.people import Actor, Staff
from server.domain.scoring.settings import HEADLINE, chosen, known_settings, picked_headline
from server.errors import BadInputError
from server.store import studies
from server.store.database import Row


def choose_scoring(
    context: Context, actor: Actor, viewer: Staff, instrument_id: str, choices: Mapping[str, str]
) -> int:
    """Store the study's choices for one instrument and score its answers again; return how many.

    The results of before stay beside the new ones, under their own scoring version.

    Raises:
        ForbiddenError: the viewer's role does not look after this study.
        BadInputError: the study does not ask this instrument, or it has no such setting or choice.

    """
    require_care(viewer)
    study = studies.one(context.db, viewer.study_id)
    instrument = instruments(context, study).get(instrument_id)
    if instrument is None:
        raise BadInputError(f"This study does not ask {instrument_id}.")
    settled = _settled(instrument, {**_standing(instrument, study), **choices})
    scoring = json.dumps({**study["scoring"], instrument_id: settled}, sort_keys=True)
    with context.write(actor, f"Chose how {instrument_id} is scored") as tx:
        # Also when it is what stood already: that somebody decided is a fact.
        tx.note("studies", viewer.study_id, f"scoring of {instrument_id}", settled)
        studies.change(tx, viewer.study_id, {"scoring": scoring})
    reason = f"Chose how {instrument_id} is scored"
    return rescore(context, actor, viewer.study_id, instrument_id, reason).anew


def _standing(instrument: Instrument, study: Row) -> dict[str, str]:
    """Return what was chosen before and can still be chosen."""
    made = study["scoring"].get(instrument.id, {})
    picked = made.get(HEADLINE)
    kept = {HEADLINE: picked} if picked in instrument.heads else {}
    return {**known_settings(instrument, made), **kept}


def _settled(instrument: Instrument, choices: Mapping[str, str]) -> dict[str, str]:
    """Return every choice, checked: those that change scores, and the score that heads lists."""
    scoring = {name: choice for name, choice in choices.items() if name != HEADLINE}
    settled = chosen(instrument, scoring)
    if HEADLINE in choices:
        settled[HEADLINE] = picked_headline(instrument, choices[HEADLINE])
    return settled
