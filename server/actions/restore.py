"""Put a backup in the database's place: verified first, the old one kept, a new epoch begun."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from server.clock import Clock, SystemClock
from server.config import Config
from server.domain.people import Actor
from server.errors import ConfigError
from server.store import backups, manifest, running, settings, wordings_copy
from server.store.database import Database
from server.store.keys import Keys
from server.store.migrations import migrate
from server.store.transaction import transaction
from server.store.verification import Head, verify

_RESTORER = Actor("system", "restore")


@dataclass(frozen=True, slots=True)
class Restored:
    """What now stands in the database's place, and where the old one lies."""

    head: Head
    aside: Path | None
    wordings: str = ""

    @property
    def summary(self) -> str:
        old = f"The old database lies in {self.aside}." if self.aside else "There was none before."
        return (
            f"Restored and verified: {self.head.audit_seq} audit entries, "
            f"{self.head.envelope_seq} envelopes. {old}\n"
            f"{self.wordings}\n"
            "Phones will offer again whatever this copy lacks, as they get in touch."
        )


def restore(config: Config, file: Path, clock: Clock | None = None) -> Restored:
    """Verify a backup, then put it in place. Until the last step nothing is touched.

    Raises:
        ConflictError: web or worker is running on this data folder.
        IntegrityError: the file is damaged, or not the one that its manifest tells of.
        ConfigError: keys that its envelopes need are not in the keys folder.

    """
    with running.alone(config.data):
        slip = manifest.matching(file)
        backups.check(file)
        beside = False
        if slip is not None:
            _require_keys(config, slip.keys)
            beside = bool(slip.wordings_sha256) and wordings_copy.check(file, slip.wordings_sha256)
        part = config.database.with_name("attune.db.part")
        _remove(part)
        shutil.copyfile(file, part)
        part.chmod(0o600)
        head = _begin_anew(part, file, clock or SystemClock())
        aside = _set_aside(config)
        part.rename(config.database)
        backups.sync(config.data)
        told = _wordings(config, file, slip, beside=beside)
    return Restored(head, aside, told)


def _wordings(config: Config, file: Path, slip: manifest.Manifest | None, *, beside: bool) -> str:
    """Put back the site's own wordings, and say what became of them."""
    if not beside:
        lost = slip is not None and slip.wordings_sha256
        return (
            f"Its {slip.wordings} wordings of the site's own are missing beside it; load them again."
            if lost and slip
            else "No wordings of the site's own lay beside it."
        )
    found = wordings_copy.put_back(file, config.site_wordings)
    kept = f" Left as they are, though they differ: {', '.join(found.differing)}."
    return (
        f"Wordings of the site's own: {len(found.put)} put back into {config.site_wordings}, "
        f"{len(found.there)} there already.{kept if found.differing else ''}"
    )


def _require_keys(config: Config, wanted: tuple[str, ...]) -> None:
    missing = set(wanted) - set(Keys.load(config.data / "keys").opening)
    if missing:
        message = (
            f"{config.data / 'keys'} lacks opening key {', '.join(sorted(missing))}, which this "
            "backup needs. Put back the keys folder from its recovery copy first (a retired key "
            "as opening-<name>.pem)."
        )
        raise ConfigError(message)


def _begin_anew(part: Path, file: Path, clock: Clock) -> Head:
    """Bring the copy to the present shape and a new epoch, before it is anybody's database."""
    db = Database(part)
    try:
        migrate(db)
        with transaction(db, _RESTORER, "a backup was restored", clock.now()) as tx:
            tx.note("backups", file.name, "restored", backups.digest(file))
            settings.new_epoch(tx)
        head = verify(db)
    finally:
        db.close()
    backups.fold_in_log(part)
    _remove_companions(part)
    backups.sync(part)
    return head


def _set_aside(config: Config) -> Path | None:
    """Keep the old database. Linked, not moved: at no instant is there none, should this be killed."""
    if not config.database.exists():
        _remove_companions(config.database)
        return None
    backups.fold_in_log(config.database)  # a damaged file is kept as it is
    folder = config.data / "replaced"
    folder.mkdir(exist_ok=True, mode=0o700)
    aside = folder / f"attune-{len(list(folder.glob('attune-*.db'))) + 1:04d}.db"
    os.link(config.database, aside)
    for old in backups.companions(config.database):
        if old.exists():
            # A log that could not be folded in belongs to the old file; beside the new one it
            # would be poison.
            old.rename(aside.with_name(aside.name + old.name.removeprefix(config.database.name)))
    return aside


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
    _remove_companions(part)


def _remove_companions(file: Path) -> None:
    for leftover in backups.companions(file):
        leftover.unlink(missing_ok=True)
