"""Bring a study to life: only when everything that the page lists is seen to at that very moment."""

from __future__ import annotations

from server.actions.check_readiness import Readiness, study_readiness
from server.actions.context import Context
from server.actions.prepare_study import require_lead
from server.domain.people import Actor, Staff
from server.errors import ConflictError
from server.store import studies
from server.store.database import Row

NOT_LIVE = "This study is not live yet, so nobody can be enrolled. Study, Go live lists what is still to do."


class NotLiveError(ConflictError):
    """The study is still being set up."""


def go_live(context: Context, actor: Actor, viewer: Staff) -> None:
    """Mark the study live, for good.

    Raises:
        ConflictError: a demo's study, which never is; one that is live; or something is missing.
        ForbiddenError: the viewer neither administers nor investigates it.

    """
    require_lead(viewer)
    with context.write(actor, "The study went live") as tx:
        study = studies.one(tx.db, viewer.study_id)
        if study["synthetic"]:
            raise ConflictError("This study belongs to a demo. It never goes live.")
        if study["live_at"] is not None:
            raise ConflictError("This study is live already.")
        missing = study_readiness(context, study).missing
        if missing:
            raise ConflictError("Something is still missing; the page says what. Nothing changed.")
        studies.change(tx, study["id"], {"live_at": tx.at_text})


def may_enrol(study: Row) -> bool:
    """Whether people can be enrolled: into a demo's study always, into a real one once it is live."""
    return bool(study["synthetic"]) or study["live_at"] is not None


def require_live(study: Row) -> None:
    """Refuse to enrol into a real study that is still being set up.

    Raises:
        NotLiveError: it is; the message says where to look.

    """
    if not may_enrol(study):
        raise NotLiveError(NOT_LIVE)


def lapsed(context: Context, study: Row) -> Readiness | None:
    """Return what a live study lacks by now; None while it lacks nothing, or is not live."""
    if study["live_at"] is None:
        return None
    found = study_readiness(context, study)
    return None if found.passes else found


def lines(context: Context) -> tuple[list[str], list[str]]:
    """Return what live studies lack, and how the others stand, a line each: for the terminal."""
    lacking, well = [], []
    for study in studies.every(context.db):
        found = lapsed(context, study)
        if found is not None:
            named = ", ".join(each.name for each in found.missing)
            lacking.append(f"{study['code']} is live and lacks: {named}. Study, Go live says more")
        elif study["live_at"] is None:
            well.append(
                f"{study['code']} is being set up: Study, Go live lists what is still to do"
            )
        else:
            well.append(f"{study['code']} is live")
    return lacking, well
