"""Build a study's public pages into a folder: whole, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from server.actions.check_wordings import languages
from server.actions.context import Context
from server.errors import BadInputError, NotFoundError
from server.ids import new_id
from server.outputs import site
from server.outputs.site import Contact, Public
from server.outputs.translations import spoken
from server.store import studies
from server.store.database import Row

# Lies in every folder that was built: only such a one is ever replaced.
MARK = ".attune-site"


def build_site(context: Context, code: str, folder: Path) -> list[str]:
    """Build the pages of the study of this code and return which files there are now.

    What is there stays until the new pages are complete, and comes back if they cannot take its place.

    Raises:
        NotFoundError: there is no such study.
        BadInputError: the folder holds something that was not built here.

    """
    study = next((row for row in studies.every(context.db) if row["code"] == code.upper()), None)
    if study is None:
        known = ", ".join(row["code"] for row in studies.every(context.db))
        raise NotFoundError(f"There is no study {code!r}; there is: {known}.")
    folder = folder.expanduser().absolute()
    if folder.exists() and not _ours(folder):
        raise BadInputError(f"{folder} holds something else. Name an empty folder, or a new one.")
    fresh = folder.with_name(f".{folder.name}-{new_id()[:8]}")
    try:
        written = _write(context, study, fresh)
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return written


def _ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARK).exists() or not any(folder.iterdir()))


def _write(context: Context, study: Row, folder: Path) -> list[str]:
    tongues = list(dict.fromkeys(spoken(each) for each in languages(context, study)))
    written = []
    for place, text in site.render(_public(context, study), tongues):
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(str(place))
    (folder / MARK).write_text("Built by ./attune site build; building again replaces it.\n")
    return written


def _swap(fresh: Path, folder: Path) -> None:
    """Put the new folder in the old one's place; the old one comes back when that fails."""
    old = folder.with_name(f"{fresh.name}-old")
    standing = folder.exists()
    if standing:
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if standing:
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _public(context: Context, study: Row) -> Public:
    protocol = context.catalog.protocol(study["protocol"], study["protocol_version"])
    forms = [context.catalog.instrument(each.instrument) for each in protocol.assessments]
    ethics = study["ethics_contact"]
    return Public(
        title=study["title"],
        app=context.config.url,
        guide=protocol.words.guide,
        rated=any("rated facilitator" in each.visibility.hidden_from for each in forms),
        raters=any(each.respondent != "participant" for each in forms),
        where=study["data_where"],
        kept=study["data_kept"],
        results=study["results_when"],
        team=Contact(study["team_name"], study["team_phone"], study["team_hours"]),
        ethics=Contact(
            ethics.get("name", ""), ethics.get("phone", ""), email=ethics.get("email", "")
        ),
        help=tuple(
            Contact(
                each["label"], each["phone"], each.get("hours", ""), each.get("note", ""),
                each.get("country", ""),
            )
            for each in study["help_contacts"]
        ),
        synthetic=bool(study["synthetic"]),
    )  # fmt: skip
