"""What stands in the way of a good installation, found out before a participant does."""

from __future__ import annotations

import ctypes.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.config import Config
from server.errors import AttuneError
from server.store.database import Database, require_sound_sqlite, sqlite3

# Below this the log of one busy day, a backup and a report could fill the disk together.
FREE_BYTES = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    well: bool
    text: str


def examine(config: Config) -> list[Finding]:
    """Look at everything; nothing is changed."""
    looks: list[tuple[str, Callable[[Config], str]]] = [
        ("SQLite", _sqlite), ("reports", _pango), ("data folder", _folder), ("disk", _disk),
        ("keys", _keys), ("database", _database), ("address", _address), ("mail", _mail),
        ("definitions", _definitions), ("site's wordings", _site_folder), ("wordings", _wordings),
        ("live", _live),
    ]  # fmt: skip
    return [_look(name, look, config) for name, look in looks]


def _look(name: str, look: Callable[[Config], str], config: Config) -> Finding:
    try:
        return Finding(name, well=True, text=look(config))
    except AttuneError as error:
        return Finding(name, well=False, text=str(error))


def _sqlite(_config: Config) -> str:
    require_sound_sqlite()
    return f"{sqlite3.sqlite_version} ({sqlite3.__name__})"


def _pango(_config: Config) -> str:
    if ctypes.util.find_library("pango-1.0") is None:
        raise AttuneError(
            "Pango is missing, so nothing can be printed: "
            "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        )
    return "Pango is there"


def _folder(config: Config) -> str:
    if config.data.exists() and config.data.stat().st_mode & 0o077:
        raise AttuneError(f"{config.data} can be read by others; chmod 700 {config.data}")
    return str(config.data)


def _disk(config: Config) -> str:
    free = shutil.disk_usage(_nearest(config.data)).free
    if free < FREE_BYTES:
        raise AttuneError(f"only {free // 1024**2} MB are free; make room, or move ATTUNE_DATA")
    return f"{free // 1024**3} GB free"


def _nearest(folder: Path) -> Path:
    return folder if folder.exists() else _nearest(folder.parent)


def _keys(config: Config) -> str:
    folder = config.data / "keys"
    if not folder.exists():
        return "none yet; made at the first start"
    loose = [key.name for key in folder.iterdir() if key.stat().st_mode & 0o077]
    if loose:
        raise AttuneError(f"others can read {', '.join(loose)}; chmod 600 {folder}/*")
    return f"in {folder}; no backup can be read without them: ./attune recovery make FILE"


def _database(config: Config) -> str:
    from server.store import migrations, settings

    if not config.database.exists():
        return "none yet; ./attune run makes a demo, ./attune init a real installation"
    db = Database(config.database)
    if migrations.pending(db):
        return "an older shape; the next start brings it up to date"
    missing = migrations.missing_triggers(db)
    if missing:
        raise AttuneError(f"safeguards were dropped: {', '.join(missing)}; restore a backup")
    return f"{settings.mode(db) or 'empty'}"


def _address(config: Config) -> str:
    if not config.secure:
        raise AttuneError(
            f"{config.url} is neither https nor this machine: phones get the plain pages only. "
            "Set ATTUNE_URL to an https address (README, Phones and HTTPS)"
        )
    return config.url


def _mail(config: Config) -> str:
    if config.smtp is not None:
        return f"through {config.smtp.rsplit('@', 1)[-1]}, from {config.mail_from}"
    if _mode(config) == "live":
        raise AttuneError(
            "no ATTUNE_SMTP: reminders wait and none leaves. README, A real installation"
        )
    return "none leaves: a demo's mail lies in its mailbox"


def _mode(config: Config) -> str | None:
    from server.store import settings

    return settings.mode(Database(config.database)) if config.database.exists() else None


def _site_folder(config: Config) -> str:
    """Look at the folder of the site's own wordings: named, there, readable, and what is in force."""
    from server.catalog import load, site

    folder = config.site_wordings
    if config.wordings is not None and not folder.is_dir():
        raise AttuneError(
            f"ATTUNE_WORDINGS names {folder}, which is no folder: create it, mount its disk, or unset it"
        )
    if not folder.is_dir():
        return f"none yet; ./attune wording import puts them into {folder}"
    if not os.access(folder, os.R_OK | os.X_OK):
        raise AttuneError(f"{folder} cannot be read; chmod u+rx {folder}")
    base = load.check(config.forms, config.schedules).catalog
    found = site.with_site(base, folder)
    if found.problems:
        told = "\n      ".join(found.problems)
        raise AttuneError(f"in {folder} cannot be used, so they are left out:\n      {told}")
    own = [each for each in found.catalog.wordings if each.of_site]
    forms = len({each.instrument for each in own})
    return f"{len(own)} for {forms} forms in {folder}; every backup takes them along"


def _wordings(config: Config) -> str:
    """Tell which forms a real study cannot ask yet."""
    if _mode(config) != "live":
        return "a demo asks sample sentences, and says so"
    from server.actions.check_wordings import lines
    from server.actions.context import open_context

    context = open_context(config)
    try:
        wanted = lines(context)
    finally:
        context.db.close()
    if wanted:
        raise AttuneError(
            "\n      ".join(["nobody can be enrolled before these are loaded:", *wanted])
        )
    return "every form that a study asks has its own"


def _live(config: Config) -> str:
    """Tell which studies are live, and what those lack by now."""
    if _mode(config) != "live":
        return "a demo is never live"
    from server.actions.context import open_context
    from server.actions.go_live import lines

    context = open_context(config)
    try:
        lacking, well = lines(context)
    finally:
        context.db.close()
    if lacking:
        raise AttuneError("\n      ".join(lacking))
    return "; ".join(well)


def _definitions(config: Config) -> str:
    from server.actions.check_definitions import check_definitions

    report = check_definitions(config.forms, config.schedules, config.site_wordings)
    if report.problems:
        raise AttuneError(f"{len(report.problems)} problems; ./attune check prints them")
    return report.summary.splitlines()[-1]
