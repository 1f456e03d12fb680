"""Put the keys of a recovery file back into the keys folder, and lose none that lies there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from server.config import Config
from server.errors import ConflictError, IntegrityError
from server.store import backups, contacts, recovery, running
from server.store.database import Database
from server.store.keys import opening_id
from server.store.recovery import Recovered, private_pem


@dataclass(frozen=True)
class PutBack:
    """Which files were written, and which that lay there were kept under another name."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def summary(self) -> str:
        lines = [
            f"Written to {self.folder}: {', '.join(self.written) or 'nothing, all was there'}."
        ]
        if self.kept:
            lines.append(f"What lay there before is kept beside it: {', '.join(self.kept)}.")
        return "\n".join(lines)


def put_back_keys(config: Config, file: Path, passphrase: str) -> PutBack:
    """Open a recovery file and write its keys; before a restore, on a machine that is new perhaps.

    An opening key that lies there already stays as a retired one, so that all still opens.

    Raises:
        ConflictError: web or worker is running here; or contact data here belong to another key.
        IntegrityError: the file does not open.

    """
    found = recovery.unseal(file.read_bytes(), passphrase)
    with running.alone(config.data):
        folder = config.data / "keys"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _require_contacts_fit(config, found)
        kept = [*_retire(folder, found), *_lay_aside(folder, found)]
        return PutBack(folder, tuple(_write_missing(folder, found)), tuple(kept))


def _require_contacts_fit(config: Config, found: Recovered) -> None:
    """Refuse to exchange a contact key that opens what lies in the database for one that does not."""
    if not config.database.exists():
        return
    db = Database(config.database)
    try:
        if "contacts" in db.utils.table_names():
            contacts.opens(db, found.contact)
    except IntegrityError as error:
        message = (
            f"the contact data in {config.database} were sealed with another key than the one in "
            "this recovery file; nothing was changed. It belongs to another installation, or to an "
            "older database: restore that one's backup after this, in an empty folder."
        )
        raise ConflictError(message) from error
    finally:
        db.close()


def _retire(folder: Path, found: Recovered) -> list[str]:
    """Let another current opening key become a retired one."""
    current = folder / "opening.pem"
    if not current.exists():
        return []
    lies = opening_id(current)
    if lies == found.current:
        return []
    name = f"opening-{lies[:8]}.pem"
    current.rename(folder / name)
    return [name]


def _lay_aside(folder: Path, found: Recovered) -> list[str]:
    """Keep another contact key under a name that is not read: it opened nothing here."""
    lies = folder / "contact.key"
    if not lies.exists() or lies.read_text("ascii").strip() == found.contact.secret.hex():
        return []
    name = "contact.key.before"
    lies.rename(folder / name)
    return [name]


def _write_missing(folder: Path, found: Recovered) -> list[str]:
    files = {"contact.key": found.contact.secret.hex().encode()}
    for name, key in found.opening.items():
        current = name == found.current
        files["opening.pem" if current else f"opening-{name[:8]}.pem"] = private_pem(key)
    missing = [name for name in sorted(files) if not (folder / name).exists()]
    for name in missing:
        part = folder / f"{name}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(files[name])
            out.flush()
            os.fsync(out.fileno())
        part.rename(folder / name)
    backups.sync(folder)
    return missing
