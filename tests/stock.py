"""What tests share because making it anew for each costs more than the tests: databases, the application."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from flask import Flask

from server.actions.context import Context
from server.actions.publish_forms import publish_forms
from server.app import create_app
from server.catalog.site import SiteWatch
from server.store.database import Database, sqlite3
from server.web import assets

Made = TypeVar("Made")


@dataclass
class Stock:
    """States of a database by the steps that led to them, and applications by their settings.

    Whoever changes the database in between, by whatever way, leaves the path: from there on everything
    is made for that test alone.
    """

    states: dict[Hashable, tuple[Any, object]] = field(default_factory=dict)
    # How far each database came on the path, and how many changes its connection had counted there.
    paths: WeakKeyDictionary[Database, tuple[Hashable, int]] = field(
        default_factory=WeakKeyDictionary
    )
    apps: dict[Hashable, tuple[Flask, dict[str, Any], Any]] = field(default_factory=dict)
    # The keys hold identities: nothing may take the place in memory of what they stand for.
    kept: list[object] = field(default_factory=list)

    def through(self, db: Database, what: Hashable, make: Callable[[], Made]) -> Made:
        """Bring the database to where `make` would; return what `make` returned the first time."""
        way, counted = self.paths.get(db, ((), 0))
        if db.connection.total_changes != counted:
            return make()
        way = (way, what)
        if way in self.states:
            saved, made = self.states[way]
            saved.backup(db.connection)
        else:
            made = make()
            saved = sqlite3.connect(":memory:")
            db.connection.backup(saved)
            self.states[way] = (saved, made)
        self.paths[db] = (way, db.connection.total_changes)
        return cast("Made", made)

    def with_context(
        self, context: Context, what: str, make: Callable[[Context], Made], *also: Hashable
    ) -> Made:
        """Do the same for something that is made of a whole context."""
        self.kept += (context.catalog, context.keys)
        key = (what, id(context.catalog), id(context.keys), context.clock.now(), *also)
        return self.through(context.db, key, lambda: make(context))

    def app(self, context: Context) -> Flask:
        """Return the application over this context: built once, with nothing left of the last test's."""
        self.kept.append(context.keys)
        key = (id(context.keys), replace(context.config, data=Path()))
        if key not in self.apps:
            made = create_app(context=context)
            self.apps[key] = (made, dict(made.config), made.jinja_env.loader)
        found, config, loader = self.apps[key]
        found.config.clear()
        found.config.update(config)
        found.jinja_env.loader = loader
        tree = assets.version(context.config)
        shelf = self.with_context(context, "forms", lambda here: publish_forms(here, tree), tree)
        found.extensions |= {
            "attune": context,
            "attune_forms": shelf,
            "attune_watch": SiteWatch(context.config.site_wordings),
        }
        return found
