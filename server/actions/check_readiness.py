"""Whether all that a study needs before it goes live is seen to; asked anew each time, never stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from server.actions import check_wordings
from server.actions.context import Context
from server.actions.duty import watching
from server.actions.keep_recovery import noted
from server.clock import from_text
from server.domain.localtime import shifted
from server.domain.moments import Offset
from server.store import amendments, approvals, backups, readiness, settings
from server.store.database import Row

T = TypeVar("T")
Name = Literal["approval", "wordings", "duty", "crisis", "mail", "backup", "recovery"]
# What a version of the protocol brings with it; the rest is the installation's and the study's own.
OF_A_VERSION: tuple[Name, ...] = ("approval", "wordings", "duty")
# After so long somebody dials the crisis numbers again.
CRISIS_HOLDS = Offset(amount=6, unit="month")
# The nightly copy, and one night that went wrong.
BACKUP_HOLDS = timedelta(days=2)


@dataclass(frozen=True)
class Check:
    """One thing that is looked at. `why` is empty when it passes, else a key for what is wrong."""

    name: Name
    why: str = ""

    @property
    def passes(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class Approved:
    """A version that is in force here: how many follow it, and the approval of its very file, if any.

    `void` is the approval of an earlier text of the same version.
    """

    version: str
    digest: str
    people: int
    approval: Row | None
    void: Row | None


@dataclass(frozen=True)
class Readiness:
    """Everything that the page shows, and what follows from it."""

    checks: tuple[Check, ...]
    versions: tuple[Approved, ...]
    wordings: tuple[check_wordings.Worded, ...]
    watching: tuple[str, ...]
    crisis: Row | None
    mail_sent: Row | None
    mail_test: Row | None
    way_out: str
    backup: Row | None
    recovery_file: Row | None
    recovery: Row | None

    @property
    def passes(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> tuple[Check, ...]:
        return tuple(each for each in self.checks if not each.passes)

    def check(self, name: Name) -> Check:
        return next(each for each in self.checks if each.name == name)


def study_readiness(context: Context, study: Row, version: str | None = None) -> Readiness:
    """Look at everything. `version`: as if this version of the protocol were in force too."""
    db, key = context.db, study["id"]
    versions = _in_force(context, study, version)
    in_force = [{**study, "protocol_version": each.version} for each in versions]
    worded = _each_once(form for each in in_force for form in check_wordings.worded(context, each))
    watched = _each_once(title for each in in_force for title in watching(context, each))
    facts = {
        "crisis": readiness.latest(db, key, "crisis numbers"),
        "mail_sent": readiness.latest(db, key, "mail sent"),
        "mail_test": readiness.latest(db, key, "mail test"),
        "recovery": readiness.latest(db, key, "recovery file"),
    }
    file, copy, way = noted(context), backups.last_away(db), way_out(context)
    today = context.clock.now().date()
    checks = (
        Check("approval", _approval(versions)),
        Check("wordings", "" if all(each.fit for each in worded) else "samples"),
        Check("duty", "nobody" if watched and not _reachable(study) else ""),
        Check("crisis", _crisis(study, facts["crisis"], today)),
        Check("mail", _mail(way, facts["mail_sent"], facts["mail_test"])),
        Check("backup", _backup(context, copy)),
        Check("recovery", _recovery(context, file, facts["recovery"])),
    )
    return Readiness(
        checks, versions, worded, watched, way_out=way, backup=copy, recovery_file=file, **facts
    )


def _each_once(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))


def way_out(context: Context) -> str:
    """Return through what mail leaves, and as whom; empty when none does. A mail test is bound to it."""
    config = context.config
    if config.smtp is not None and settings.mode(context.db) == "live":
        parts = urlsplit(config.smtp)
        return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}, {config.mail_from}"
    return "" if settings.mode(context.db) == "live" else f"mailbox, {config.mail_from}"


def numbers_digest(study: Row) -> str:
    """Return what tells whether the numbers are still those that somebody checked."""
    numbers = [study["team_phone"], study["out_of_hours_phone"], study["help_contacts"]]
    told = json.dumps(numbers, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def approved(context: Context, study: Row) -> list[Approved]:
    """Return every version of the study's protocol, the oldest first, with who follows and approved it."""
    db, protocol = context.db, study["protocol"]
    rows = approvals.of(db, study["id"], protocol)
    people = amendments.versions_in_force(db, study["id"])
    return [
        _approved(each.version, context.catalog.digest(protocol, each.version), people, rows)
        for each in context.catalog.versions(protocol)
    ]


def _approved(version: str, digest: str, people: dict[str, int], rows: list[Row]) -> Approved:
    mine = [row for row in rows if row["version"] == version]
    good = next((row for row in mine if digest and row["digest"] == digest), None)
    void = next((row for row in mine if row["digest"] != digest), None)
    return Approved(version, digest, people.get(version, 0), good, None if good else void)


def _in_force(context: Context, study: Row, also: str | None) -> tuple[Approved, ...]:
    """Return the versions that count: the study's, those that somebody is pinned to, and `also`."""
    own = {study["protocol_version"], also}
    return tuple(each for each in approved(context, study) if each.people or each.version in own)


def _approval(versions: tuple[Approved, ...]) -> str:
    lacking = [each for each in versions if each.approval is None]
    if not lacking:
        return ""
    return "void" if any(each.void for each in lacking) else "none"


def _reachable(study: Row) -> bool:
    return all(study[name] for name in ("duty_name", "duty_email", "duty_phone"))


def _crisis(study: Row, fact: Row | None, today: date) -> str:
    if not study["help_contacts"]:
        return "no contacts"
    if fact is None:
        return "never"
    if fact["detail"]["numbers"] != numbers_digest(study):
        return "changed"
    stale = today >= shifted(date.fromisoformat(fact["on_day"]), CRISIS_HOLDS)
    return "stale" if stale else ""


def _mail(way: str, sent: Row | None, test: Row | None) -> str:
    if not way:
        return "no way out"
    if test is not None and test["detail"]["through"] == way:
        return ""
    if sent is not None and sent["detail"]["through"] == way:
        return "unconfirmed"
    return "never" if test is None else "other way out"


def _backup(context: Context, copy: Row | None) -> str:
    if copy is None:
        return "none" if context.config.backup else "no place"
    old = context.clock.now() - from_text(copy["at"]) > BACKUP_HOLDS
    return "old" if old else ""


def _recovery(context: Context, file: Row | None, fact: Row | None) -> str:
    if file is None:
        return "none"
    if not set(context.keys.opening) <= set(file["keys"]):
        return "keys"
    confirmed = fact is not None and fact["detail"]["sha256"] == file["sha256"]
    return "" if confirmed else "unconfirmed"
