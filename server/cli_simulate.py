"""`./attune simulate`: try a design out before anybody is enrolled in it."""

from __future__ import annotations

from typing import Any

import click

from server import config as settings
from server.plainly import plainly


@click.command()
@click.argument("schedule", metavar="SCHEDULE")
@click.option("--arm", help="An arm of the design.  [default: its first]")
@click.option("--site", help="A site of the design.  [default: its first]")
@click.option(
    "--visit",
    "visits",
    multiple=True,
    metavar="NAME=DATE",
    help="A visit that was held: dosing-1=2027-03-12, or =2027-03-12T09:30; 2:dosing-1 in a second course.",
)
@click.option("--enrolled", metavar="DATE", help="[default: the first visit's day]")
@click.option("--zone", default="Europe/Berlin", show_default=True, help="Where they live.")
@click.option("--language", default="en", show_default=True, help="What they read.")
@click.option("--facilitators", "guides", default=2, show_default=True, help="How many guide them.")
@click.option(
    "--answered",
    multiple=True,
    metavar="ASSESSMENT=DATETIME",
    help="A form that was answered, by the participant's clock.",
)
@click.option(
    "--result",
    "results",
    multiple=True,
    metavar="ASSESSMENT.NAME=NUMBER",
    help="What an answered form holds for an item or a score that the design asks about.",
)
@click.option(
    "--event/--no-event", default=True, help="Whether the event some forms are about is known."
)
@click.option("--now", metavar="DATETIME", help="The present, for states.  [default: now]")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@plainly
def simulate(schedule: str, *, now: str | None, form: str, **wanted: Any) -> None:
    """Say all that one participant would be asked and sent.

    SCHEDULE is a file, wherever it lies, or the id of a shipped design. Visits given count as held.
    Nothing is stored. JSON goes to standard output, what was assumed to standard error.
    """
    from server.actions.read_trial import Wanted, present
    from server.actions.simulate import find_protocol, try_out
    from server.catalog.site import with_site
    from server.clock import SystemClock
    from server.errors import BadInputError, NotFoundError
    from server.outputs import simulation

    config = settings.load()
    try:
        shipped, protocol = find_protocol(schedule, config.forms, config.schedules)
        # The site's own wordings may speak a language that ours do not.
        catalog = with_site(shipped, config.site_wordings, sound_only=True).catalog
        done = try_out(catalog, protocol, Wanted(**wanted))
        at = present(now, wanted["zone"], SystemClock())
    except (BadInputError, NotFoundError) as error:
        raise click.UsageError(_told(error)) from error
    if form == "json":
        for note in done.notes:
            click.echo(f"Assumed: {note}.", err=True)
        click.echo(simulation.as_json(done.outcome, at))
    else:
        click.echo(simulation.as_text(done.outcome, protocol, at, config.url, done.notes))


def _told(error: Exception) -> str:
    places: dict[str, str] = getattr(error, "places", {})
    return "\n".join([str(error), *(f"  {place}: {remedy}" for place, remedy in places.items())])
