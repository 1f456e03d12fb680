"""`./attune plan`: plan every participant anew and say what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from server import config as settings
from server.plainly import plainly

if TYPE_CHECKING:
    from server.actions.reconcile import Difference
    from server.actions.replan import Replanned

_WORDS = {
    "added": "added", "changed": "changed", "retired": "no longer planned", "revived": "planned again",
    "messages_added": "reminders added", "messages_changed": "reminders changed",
    "messages_cancelled": "reminders cancelled",
}  # fmt: skip


@click.command()
@click.option("--study", "code", metavar="CODE", help="One study only.  [default: every study]")
@plainly
def plan(code: str | None) -> None:
    """Plan every participant anew.

    For after an update, or a database put back from a backup: what is due follows the files in
    schedules/ and what is known of each participant. Answers stay as they are, and running it again
    changes nothing. It may run while people answer.
    """
    from server.actions.context import open_context
    from server.actions.replan import everybody, replan

    context = open_context(settings.load())
    ids = everybody(context, code)
    touched: list[Replanned] = []
    with click.progressbar(
        replan(context, ids), length=len(ids), label="Planning", show_pos=True
    ) as done:
        touched.extend(each for each in done if each.difference)
    for each in touched:
        click.echo(f"{each.code}: {_told(each.difference)}")
    click.echo(_summary(len(ids), len(touched)))


def _told(difference: Difference) -> str:
    return ", ".join(f"{count} {_WORDS[name]}" for name, count in vars(difference).items() if count)


def _summary(people: int, changed: int) -> str:
    if not people:
        return "Nobody is enrolled yet."
    if not changed:
        return f"{people} planned; nothing had to change."
    return f"{people} planned; something changed for {changed}."
