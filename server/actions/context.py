"""What every action works with: settings, store, definitions, clock, keys, the way out for messages."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from server.catalog import site
from server.catalog.catalog import Catalog
from server.channels.channel import Channel
from server.channels.email import EmailChannel
from server.channels.mailbox import MailboxChannel
from server.channels.nowhere import Nowhere
from server.clock import Clock, ShiftedClock, SystemClock
from server.config import Config
from server.domain.people import Actor
from server.store import settings
from server.store.database import Database
from server.store.keys import Keys
from server.store.migrations import migrate
from server.store.transaction import Transaction, transaction


@dataclass(frozen=True)
class Context:
    """Made once by `open_context`, handed to every action; tests make their own."""

    config: Config
    db: Database
    catalog: Catalog
    clock: Clock
    keys: Keys
    channel: Channel

    def write(self, actor: Actor, reason: str) -> AbstractContextManager[Transaction]:
        """Open the transaction of one action, stamped with the clock's present instant."""
        return transaction(self.db, actor, reason, self.clock.now())


def open_context(config: Config) -> Context:
    """Open an installation: bring its database to the present shape, read definitions and keys.

    Raises:
        ConfigError: a setting or a key file cannot be used.
        DefinitionError: a form or a schedule cannot be used; all problems are named.

    """
    db = Database(config.database)
    migrate(db)
    clock = _clock(db)
    return Context(
        config=config,
        db=db,
        catalog=site.opened(config.forms, config.schedules, config.site_wordings),
        clock=clock,
        keys=Keys.load(config.data / "keys"),
        channel=_channel(config, db, clock),
    )


def _clock(db: Database) -> Clock:
    """Return the clock of a demo that can be moved, or the machine's own for everyone else.

    An empty database is nothing yet; the demo that may be made in it starts with no shift.
    """
    if settings.mode(db) == "live":
        return SystemClock()
    return ShiftedClock(lambda: settings.clock_shift(db))


def _channel(config: Config, db: Database, clock: Clock) -> Channel:
    """Return the way out. A demo writes to nobody real, whatever is set; a real one never pretends."""
    if settings.mode(db) != "live":
        return MailboxChannel(config.data / "mailbox", config.mail_from, config.host, clock=clock)
    if config.smtp:
        return EmailChannel(config.smtp, config.mail_from, config.host, clock=SystemClock())
    return Nowhere()
