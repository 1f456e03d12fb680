"""`./attune participants`: bring a running study's participants in from a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from server import config as settings
from server.plainly import plainly

if TYPE_CHECKING:
    from server.actions.context import Context
    from server.actions.import_line import Line
    from server.actions.import_participants import Report

_COLUMNS = """\
code          how the person is called everywhere: P-014. Rows are known again by it.
zone          where they live: Europe/Berlin
language      what they read: en, de, pt-BR
arm           a code of the protocol. Where few may know it, only with --with-arms.
site          a code of the protocol, if it names sites
channel       email, or none. Left empty: email where there is an address.
hours         when they wish to be reminded, by their clock: 18:00. Left empty: as the protocol says.
name, email, phone   how they are reached; kept apart and encrypted
enrolled_on   2027-01-31
group         a group's name, as it stands under Participants, Groups. Its dates to come become theirs.
dosing-1 …    a day, and its time if it is known: 2027-02-14 09:30. A day that is past counts as held,
              one to come as planned; "cancelled 2027-02-14", "no-show …", "held …", "planned …" say
              otherwise. Add columns as you need them; 2:dosing-1 is a second course.
facilitator-1 …   an e-mail address or a name of somebody of the study; -name how the participant calls
              them, -from and -to the first and the last day. Left empty: their first name, from enrolment.
The event that some forms are about has no column: it is kept sealed, and asked once on the phone or
entered by staff on the participant's page.
What is left empty changes nothing."""


@click.group()
def participants() -> None:
    """Bring in the participants of a running study."""


@participants.command()
@click.option("--study", "code", required=True, help="The study's short code.")
@plainly
def template(code: str) -> None:
    """Write a table to fill, as CSV.

    Its columns fit the study's protocol. What they hold is told on standard error.
    """
    from server.actions.import_participants import template as wanted
    from server.outputs import csv

    head = wanted(_opened(), code)
    for line in csv.lines((), head):
        click.echo(line.encode(), nl=False)
    click.echo(_COLUMNS, err=True)


@participants.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--study", "code", required=True, help="The study's short code.")
@click.option("--with-arms", "arms", is_flag=True, help="You may know who is in which arm.")
@click.option("--write", is_flag=True, help="Write it. Without this it is only shown.")
@plainly
def import_(file: Path, code: str, *, arms: bool, write: bool) -> None:
    """Read a table of participants.

    Shows what each row changes and every form that follows, or every mistake by line and column. All
    rows are written or none; running it again writes only what changed. Whoever is new is written to
    only after somebody has looked and said go: Participants, Imported.
    """
    from server.actions.import_participants import (
        NotImportedError,
        import_participants,
        try_import,
    )

    context = _opened()
    do = import_participants if write else try_import
    try:
        report = do(context, code, file.read_bytes(), arms=arms)
    except NotImportedError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        raise
    for line in report.lines:
        _show(line, plan=not write)
    click.echo(_sum(report, write=write))
    if write and report.new:
        click.echo("Nobody new is written to before somebody says go: Participants, Imported.")


def _sum(report: Report, *, write: bool) -> str:
    done = f"{report.new} new, {report.changed} changed, {report.same} as they were"
    if not (report.new or report.changed):
        return f"{done}: nothing to write"
    return f"{done}: written" if write else f"{done}: nothing written; add --write to write it"


def _opened() -> Context:
    """Open the installation; a wrong folder must not become a new one."""
    from server.actions.context import open_context
    from server.errors import NotFoundError

    config = settings.load()
    if not config.database.exists():
        message = f"{config.data} holds no installation. Set ATTUNE_DATA to the folder that does."
        raise NotFoundError(message)
    return open_context(config)


def _show(line: Line, *, plan: bool) -> None:
    from server.actions.import_line import asked, told
    from server.domain.localtime import local, zone_at

    what = "new" if line.changes.new else "changes" if line.changes else "as it was"
    sums = f"{line.forms} forms"
    if line.over:
        sums += f", {line.over} of them over already"
    if line.next_message:
        zone = zone_at(line.facts.zones, line.next_message)
        sums += f"; next message {local(line.next_message, zone):%Y-%m-%d %H:%M} {zone}"
    click.echo(f"line {line.arrival.line}  {line.arrival.code}  {what}; {sums}")
    for text in told(line):
        click.echo(f"    {text}")
    for text in asked(line) if plan else ():
        click.echo(f"    opens {text}")
    for doubt in line.doubts:
        click.echo(f"    look again: {doubt}")
