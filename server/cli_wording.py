"""`./attune wording`: a sheet to fill with an instrument's sentences, and the way back in."""

from __future__ import annotations

from pathlib import Path

import click

from server import config as settings
from server.plainly import plainly


@click.group()
def wording() -> None:
    """Bring in the published sentences of a form."""


@wording.command()
@click.argument("instrument")
@click.option("--lang", "language", required=True, help="A language tag: de, pt-BR.")
@plainly
def template(instrument: str, language: str) -> None:
    """Write a sheet to fill, as CSV.

    What stands there now is beside each empty cell. Fill the last column and import the sheet.
    """
    from server.catalog import site
    from server.catalog.wording_checks import is_language
    from server.errors import BadInputError
    from server.outputs import wording_sheet

    if not is_language(language):  # before somebody fills a sheet that no import would take
        raise BadInputError(f"{language!r} is no language tag; write for example de or pt-BR")
    config = settings.load()
    catalog = site.load(config.forms, config.schedules, config.site_wordings)
    now = catalog.wording(instrument, language)
    for line in wording_sheet.lines(catalog.instrument(instrument), now, language):
        click.echo(line.encode(), nl=False)


@wording.command(name="import")
@click.argument("instrument")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lang", "language", required=True, help="A language tag: en, de, pt-BR.")
@click.option(
    "--match", "how", type=click.Choice(["id", "order"]), help="How items find each other."
)
@click.option(
    "--map",
    "names",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV of two columns, item (ours) and source (the file's name for it).",
)
@click.option("--form", help="One form of a REDCap dictionary that holds several.")
@click.option("--title", default="", help="What participants read above the form.")
@click.option("--introduction", default="", help="What they read before the first question.")
@click.option("--holder", default="", help="Who owns these sentences.")
@click.option("--proof", default="", help="In words, where the permission is filed.")
@click.option("--on", default="", help="The day this is recorded.  [default: today]")
@click.option("--by", default="", help="Who records it.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@plainly
def import_(instrument: str, file: Path, *, names: Path | None, yes: bool, **entry: str) -> None:
    """Read a filled sheet, a REDCap dictionary or a FHIR Questionnaire.

    Shows what was matched with what, asks, and writes a new version into the site's own folder
    (ATTUNE_WORDINGS). Half a wording is refused. A running server takes it up by itself.
    """
    from server.actions.import_wording import (
        Licence,
        Source,
        keep_wording,
        propose_wording,
        table,
    )
    from server.catalog import site
    from server.clock import SystemClock

    config = settings.load()
    today = SystemClock().now().date().isoformat()
    licence = Licence(entry["holder"], entry["proof"], entry["on"] or today, entry["by"])
    source = Source(
        file.read_bytes(),
        entry["how"],  # type: ignore[arg-type]
        names.read_bytes() if names else None,
        entry["form"],
        entry["title"],
        entry["introduction"],
    )
    catalog = site.load(config.forms, config.schedules, config.site_wordings)
    proposal = propose_wording(catalog, instrument, entry["language"], source, licence)
    for line in table(proposal):
        click.echo(line)
    if not yes:
        click.confirm(f"Write {proposal.wording.id} ({proposal.wording.status})?", abort=True)
    click.echo(f"written: {keep_wording(proposal, config.site_wordings)}")
