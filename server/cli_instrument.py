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

    Writes a draft into forms/ and tells what did not come along; its notes name every single thing.
    """
    from server.actions.import_instrument import Wanted, import_instrument

    wanted = Wanted(instrument_id, form, own=own, language=language)
    made = import_instrument(file.read_bytes(), wanted, settings.load().forms)
    for loss in made.brief:
        click.echo(f"- {loss}")
    click.echo(
        f"{made.questions} questions, {made.scores} scores, {len(made.losses)} kinds of loss"
    )
    click.echo(f"written: {made.folder} (its notes name everything that each loss happened to)")


@instrument.command()
@click.argument("instrument_id", metavar="INSTRUMENT")
@click.option("--lang", "language", default="en", show_default=True)
@click.option("--version", help="A version of its structure.  [default: the newest]")
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    show_default=False,
    help="Where to listen.  [default: any free port]",
)
@click.option("--open/--no-open", "opens", default=True, help="Open it in the browser.")
@plainly
def preview(
    instrument_id: str, *, language: str, version: str | None, port: int, opens: bool
) -> None:
    """Try a form in the browser: fillable, scored live.

    On this machine only, until Ctrl-C. Nothing is stored.
    """
    import webbrowser

    from server.catalog import site
    from server.errors import NotFoundError
    from server.preview import PreviewServer

    config = settings.load()
    catalog = site.load(config.forms, config.schedules, config.site_wordings)
    found = catalog.instrument(instrument_id, version)
    spoken = catalog.languages(instrument_id)
    if language not in spoken:
        raise NotFoundError(
            f"{instrument_id} has no wording in {language!r}; there is {', '.join(spoken)}."
        )
    wording = catalog.wording(instrument_id, language)
    with PreviewServer(found, wording, config.static, port) as server:
        click.echo(f"{found.id} {found.version}, {wording.id}: {server.address} (Ctrl-C ends it)")
        if opens:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended")
