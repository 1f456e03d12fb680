"""Write the keys into a recovery file, and see that the file opens what was sealed to them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.actions.context import Context
from server.clock import to_text
from server.domain.password import weakness
from server.domain.people import Actor
from server.errors import BadInputError, ConflictError, IntegrityError
from server.ids import new_id
from server.inputs import envelope
from server.store import backups, contacts, envelopes, recovery, settings
from server.store.recovery import Recovered

_KEEPER = Actor("system", "recovery")
# Whoever holds the file may guess for years, so it wants more than a password.
SHORTEST = 16
_SETTING = "recovery"
# So many of the newest envelopes are tried, should the last ones be damaged.
_LOOKED_AT = 20


@dataclass(frozen=True)
class Kept:
    """A recovery file that was made, or tested, here: what it is and what it opened just now."""

    file: Path
    digest: str
    keys: tuple[str, ...]
    opened: tuple[str, ...]


def make_recovery(context: Context, file: Path, passphrase: str) -> Kept:
    """Write a recovery file, read it back, open an envelope with it, and note that it was made.

    Raises:
        BadInputError: the passphrase is too easy to guess.
        ConflictError: a file of this name is there, or it would lie beside the keys themselves.
        IntegrityError: what was written does not open (then no file is left).

    """
    _require_strong(passphrase)
    if file.resolve().is_relative_to(context.config.data.resolve()):
        message = (
            f"{file} lies beside the keys; what takes them would take it too. Choose another place."
        )
        raise ConflictError(message)
    content = recovery.seal(context.keys, passphrase, to_text(context.clock.now()))
    _write_new(file, content)
    try:
        opened = _opens(context, recovery.unseal(file.read_bytes(), passphrase))
    except IntegrityError:
        file.unlink()
        raise
    return _note(context, file, tuple(sorted(context.keys.opening)), opened)


def try_recovery(context: Context, file: Path, passphrase: str) -> Kept:
    """Open a recovery file and, with what is in it, an envelope and contact data of this installation.

    Raises:
        IntegrityError: it does not open, or lacks a key that is in use here.

    """
    found = recovery.unseal(file.read_bytes(), passphrase)
    missing = set(context.keys.opening) - set(found.opening)
    if missing:
        message = f"{file} was made before key {', '.join(sorted(missing))} was; make a new one"
        raise IntegrityError(message)
    return _note(context, file, tuple(sorted(found.opening)), _opens(context, found))


def noted(context: Context) -> dict[str, Any] | None:
    """Return what is known of the last recovery file: `sha256, keys, made_at, tested_at`; None for none."""
    text = settings.get(context.db, _SETTING)
    return json.loads(text) if text else None


def _require_strong(passphrase: str) -> None:
    if len(passphrase) < SHORTEST or weakness(passphrase) is not None:
        message = f"Choose a passphrase of {SHORTEST} characters or more, for example five words."
        raise BadInputError(message)


def _write_new(file: Path, content: bytes) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{file} is there already; nothing was overwritten. Choose another name."
        raise ConflictError(message) from error
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    backups.sync(file.parent)


def _opens(context: Context, found: Recovered) -> tuple[str, ...]:
    """Return what was opened: a fresh envelope always, the newest real one and contact data if any."""
    name = new_id()
    probe = {"kind": "probe", "id": name}
    sealed = envelope.seal(context.keys.public_key, context.keys.current, name, probe)
    opened = ["a fresh envelope"]
    try:
        if json.loads(envelope.unseal(envelope.read(sealed), found.opening)) != probe:
            raise IntegrityError("the recovery file's key opens an envelope to something else")
        if _newest_opens(context, found):
            opened.append("the newest answer")
    except BadInputError as error:
        message = f"the recovery file's keys do not open what was sealed here: {error}"
        raise IntegrityError(message) from error
    if contacts.opens(context.db, found.contact):
        opened.append("contact data")
    return tuple(opened)


def _newest_opens(context: Context, found: Recovered) -> bool:
    """Open the newest envelope that the server itself can open; a damaged one says nothing of a key."""
    newest = envelopes.last(context.db)
    for seq in range(newest, max(0, newest - _LOOKED_AT), -1):
        row = envelopes.one(context.db, seq)
        if row is None:
            continue
        sealed = bytes(row["body"])
        try:
            plain = envelope.unseal(envelope.read(sealed), context.keys.opening)
        except BadInputError:
            continue
        return envelope.unseal(envelope.read(sealed), found.opening) == plain
    return False


def _note(context: Context, file: Path, keys: tuple[str, ...], opened: tuple[str, ...]) -> Kept:
    kept = Kept(file, recovery.digest(file), keys, opened)
    before = noted(context)
    with context.write(_KEEPER, "a recovery file was made or tested") as tx:
        same = before is not None and before["sha256"] == kept.digest
        made_at = before["made_at"] if before and same else tx.at_text
        row = {
            "sha256": kept.digest,
            "keys": list(keys),
            "made_at": made_at,
            "tested_at": tx.at_text,
        }
        if row != before:
            settings.put(tx, _SETTING, json.dumps(row))
    return kept
