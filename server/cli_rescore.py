"""`./attune rescore`: score again what is in, after a scoring was mended or a study chose otherwise."""

from __future__ import annotations

import click

from server import config as settings
from server.plainly import plainly


@click.command()
@click.option("--study", "code", help="One study, by its code.  [default: all]")
@click.option("--instrument", help="One instrument.  [default: all]")
@click.option("--look", is_flag=True, help="Only tell what would be scored anew.")
@plainly
def rescore(code: str | None, instrument: str | None, *, look: bool) -> None:
    """Score answers again by what holds now.

    Whatever was scored by another version gets new scores beside the old ones, which stay. Running
    it again changes nothing.
    """
    from server.actions.context import open_context
    from server.actions.rescore import rescore as score_again
    from server.domain.people import Actor
    from server.store import studies

    context = open_context(settings.load())
    wanted = [each for each in studies.every(context.db) if code in {None, each["code"]}]
    if not wanted:
        raise click.ClickException(
            f"There is no study {code}." if code else "There is no study yet."
        )
    if instrument is not None:
        context.catalog.instrument(
            instrument
        )  # a slip of the pen would find nothing, and say so happily
    disagreeing = False
    for study in wanted:
        actor = Actor("system", "rescore")
        found = score_again(context, actor, study["id"], instrument, only_look=look)
        verb = "to be scored anew" if look else "scored anew"
        click.echo(f"{found.study}: {found.looked_at} answers looked at, {found.anew} {verb}")
        if found.unknown:
            click.echo(f"  {found.unknown} of a version that is gone from forms/: left as they are")
        for each in found.disagreeing:
            disagreeing = True
            click.echo(f"  {each}: comes out otherwise under the same scoring version", err=True)
    if disagreeing:
        raise click.ClickException(
            "Raise `scoring_version` in the form's file, then run this again."
        )
