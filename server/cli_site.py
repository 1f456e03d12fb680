"""`./attune site`: the public pages of a study, for any host of files."""

from __future__ import annotations

from pathlib import Path

import click

from server import config as settings
from server.plainly import plainly


@click.group()
def site() -> None:
    """Make the public pages of a study."""


@site.command()
@click.argument("study", metavar="STUDY")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to.",
)
@plainly
def build(study: str, folder: Path) -> None:
    """Build them into a folder that any host can serve.

    STUDY is its short code. The pages need no server of ours, set no cookies and run no scripts.
    Building again replaces them at once; a folder that holds anything else is left alone.
    """
    from server.actions.build_site import build_site
    from server.actions.context import open_context

    written = build_site(open_context(settings.load()), study, folder)
    click.echo(f"{folder}: {len(written)} files; open {folder / 'index.html'}")
