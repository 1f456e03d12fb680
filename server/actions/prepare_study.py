"""What people see to before a study goes live: its languages, the crisis numbers, the keys elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from server.actions.check_readiness import numbers_digest
from server.actions.context import Context
from server.actions.keep_recovery import noted
from server.domain import entry
from server.domain.people import CARES, Actor, Role, Staff
from server.errors import BadInputError, ConflictError, ForbiddenError
from server.store import readiness, studies

# Who brings a study to life, approves its protocol and amends it.
LEADS: frozenset[Role] = frozenset({"administrator", "investigator"})


def require_lead(viewer: Staff) -> None:
    """Refuse whoever neither administers nor investigates this study."""
    if not viewer.roles & LEADS:
        raise ForbiddenError("Your role in this study does not include this.")


def choose_languages(
    context: Context, actor: Actor, viewer: Staff, languages: Iterable[str]
) -> None:
    """Record in which languages the study will ask; each form needs its sentences in each of them.

    Raises:
        BadInputError: none was chosen, or one of which there is no form.

    """
    require_lead(viewer)
    chosen = list(dict.fromkeys(languages))
    known = {wording.language for wording in context.catalog.wordings}
    if not chosen or not set(chosen) <= known:
        message = "Choose at least one language."
        raise BadInputError(message, {"languages": message})
    today = context.clock.now().date()
    with context.write(actor, "Chose the study's languages") as tx:
        readiness.record(tx, viewer.study_id, "languages", today, {"languages": chosen})


def tick_crisis_numbers(context: Context, actor: Actor, viewer: Staff, on: date | None) -> None:
    """Record that somebody dialled every number that participants can see, and on which day.

    Raises:
        BadInputError: no day, or one that is still to come.
        ConflictError: participants are offered no number at all.

    """
    if not viewer.roles & CARES:
        raise ForbiddenError("Your role in this study does not include this.")
    study = studies.one(context.db, viewer.study_id)
    if not study["help_contacts"]:
        raise ConflictError("There is no number to check yet: enter help contacts first.")
    today = context.clock.now().date()
    checks = entry.Checks()
    checks.require("on", on, "Give the day on which the numbers were dialled.")
    if on is not None:
        late = "This day is still to come."
        checks.field("on", lambda: entry.day(on, today, late), today)
    if checks.places or on is None:
        raise BadInputError("Nothing was recorded.", checks.places)
    with context.write(actor, "Checked the crisis numbers") as tx:
        detail = {"numbers": numbers_digest(study)}
        readiness.record(tx, viewer.study_id, "crisis numbers", on, detail)


def confirm_recovery(
    context: Context, actor: Actor, viewer: Staff, digest: str, place: str
) -> None:
    """Record that the recovery file with this digest lies elsewhere, and where, in words.

    Raises:
        BadInputError: nobody could find it by these words.
        ConflictError: another file was made since.

    """
    require_lead(viewer)
    file = noted(context)
    if file is None or file["sha256"] != digest:
        raise ConflictError("Another recovery file was made meanwhile. Look at the page again.")
    checks = entry.Checks()
    where = checks.field("place", lambda: entry.name(place, 300), "")
    checks.require("place", where, "Say where it lies, so that somebody else finds it.")
    if checks.places:
        raise BadInputError("Nothing was recorded.", checks.places)
    today = context.clock.now().date()
    with context.write(actor, "Confirmed that the recovery file lies elsewhere") as tx:
        detail = {"sha256": digest, "place": where}
        readiness.record(tx, viewer.study_id, "recovery file", today, detail)
