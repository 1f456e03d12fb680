"""`./attune instrument`: drafts made from other systems' questionnaires."""

from __future__ import annotations

from pathlib import Path

import click

from server import config as settings
from server.plainly import plainly


@click.group()
def instrument() -> None:
    """Make a form from another system's file, and try it."""


@instrument.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "instrument_id", required=True, help="What it is to be called here.")
@click.option("--form", help="One form of a REDCap dictionary that holds several.")
@click.option("--lang", "language", help="The language of its sentences.  [default: as it says]")
@click.option("--own", is_flag=True, help="The sentences are this site's own.")
@plainly
def import_(
    file: Path, instrument_id: str, form: str | None, language: str | None, *, own: bool
) -> None:
    """Read a REDCap dictionary or a FHIR Questionnaire.

    Writes a draft into forms/ and names everything that did not come along, here and in its notes.
    """
    from server.actions.import_instrument import Wanted, import_instrument

    wanted = Wanted(instrument_id, form, own=own, language=language)
    made = import_instrument(file.read_bytes(), wanted, settings.load().forms)
    for loss in made.losses:
        click.echo(f"- {loss}")
    click.echo(
        f"{made.questions} questions, {made.scores} scores, {len(made.losses)} kinds of loss"
    )
    click.echo(f"written: {made.folder}")
