"""`./attune recovery`: a file that holds the keys, sealed under a passphrase, and the way back."""

from __future__ import annotations

from pathlib import Path

import click

from server import config as settings
from server.plainly import plainly

_ENVIRONMENT = "ATTUNE_RECOVERY_PASSPHRASE"
_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def recovery() -> None:
    """Keep the keys elsewhere, sealed under a passphrase."""


@recovery.command()
@click.argument("file", type=_FILE)
@click.password_option(
    "--passphrase", prompt="A passphrase (16 characters or more)", envvar=_ENVIRONMENT
)
@plainly
def make(file: Path, passphrase: str) -> None:
    """Write the keys into FILE and open an envelope with it.

    Carry FILE to another place, and keep the passphrase apart from it. Then somebody confirms under
    Study, Go live, that it lies there.
    """
    from server.actions.context import open_context
    from server.actions.keep_recovery import make_recovery

    made = make_recovery(open_context(settings.load()), file, passphrase)
    click.echo(f"{made.file}\n  holds {len(made.keys)} opening key(s) and the contact key")
    click.echo(f"  opened with it just now: {', '.join(made.opened)}")
    click.echo(
        "Carry it elsewhere, keep the passphrase apart from it, and confirm it under Go live."
    )


@recovery.command()
@click.argument("file", type=_THERE)
@click.option("--passphrase", prompt="Its passphrase", hide_input=True, envvar=_ENVIRONMENT)
@plainly
def test(file: Path, passphrase: str) -> None:
    """See that FILE opens what is sealed here.

    Opens a fresh envelope, the newest answer and contact data with the keys in it.
    """
    from server.actions.context import open_context
    from server.actions.keep_recovery import try_recovery

    found = try_recovery(open_context(settings.load()), file, passphrase)
    click.echo(f"It opens: {', '.join(found.opened)}.")


@recovery.command(name="put-back")
@click.argument("file", type=_THERE)
@click.option("--passphrase", prompt="Its passphrase", hide_input=True, envvar=_ENVIRONMENT)
@plainly
def put_back(file: Path, passphrase: str) -> None:
    """Write the keys in FILE into the keys folder.

    Only while nothing runs; before `./attune restore` on a new machine. No key that lies there is lost.
    """
    from server.actions.put_back_keys import put_back_keys

    click.echo(put_back_keys(settings.load(), file, passphrase).summary)
