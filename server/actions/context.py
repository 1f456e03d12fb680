"""What every action works with: settings, store, definitions, clock, keys, the way out for messages."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from server.catalog.catalog import Catalog
from server.channels.channel import Channel
from server.clock import Clock
from server.config import Config
from server.domain.people import Actor
from server.store.database import Database
from server.store.keys import Keys
from server.store.transaction import Transaction, transaction


@dataclass(frozen=True)
class Context:
    """Made once by `server.app`, handed to every action; tests make their own."""

    config: Config
    db: Database
    catalog: Catalog
    clock: Clock
    keys: Keys
    channel: Channel

    def write(self, actor: Actor, reason: str) -> AbstractContextManager[Transaction]:
        """Open the transaction of one action, stamped with the clock's present instant."""
        return transaction(self.db, actor, reason, self.clock.now())
