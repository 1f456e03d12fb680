"""Commands: thin, each calls an action and prints what became of it in plain words."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from server import config as settings
from server.cli_instrument import instrument
from server.cli_participants import participants
from server.cli_plan import plan
from server.cli_recovery import recovery
from server.cli_rescore import rescore
from server.cli_simulate import simulate
from server.cli_site import site
from server.cli_wording import wording
from server.config import Config
from server.plainly import plainly

# Importing WeasyPrint, Flask and the like takes most of a second; each command imports what it needs.

_ON_DUTY = "Who is called when an answer needs somebody (name)"
_DUTY = "Who is on duty: asked for by every protocol with a question about safety."


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="For those who develop Attune, the same door also takes: test, lint, format, bench, lock.",
)
def cli() -> None:
    """Attune: patient-reported outcomes for psychedelic-assisted therapy.

    Settings come from the environment: ATTUNE_DATA (folder), ATTUNE_PORT, ATTUNE_BIND, ATTUNE_URL
    (the https address that phones use), ATTUNE_SMTP and ATTUNE_MAIL_FROM (the way out for mail),
    ATTUNE_BACKUP (a folder on another machine's disk), ATTUNE_WORDINGS (the site's own wordings).
    """


cli.add_command(wording)
cli.add_command(instrument)
cli.add_command(simulate)
cli.add_command(participants)
cli.add_command(recovery)
cli.add_command(plan)
cli.add_command(rescore)
cli.add_command(site)


def _founded(config: Config) -> bool:
    """Whether this folder holds a demo or a real installation already."""
    from server.store import settings as stored
    from server.store.database import Database

    if not config.database.exists():
        return False
    db = Database(config.database)
    try:
        return "settings" in db.utils.table_names() and stored.mode(db) is not None
    finally:
        db.close()


@cli.command()
@plainly
def run() -> None:
    """Serve web and worker until Ctrl-C.

    An empty data folder becomes a demo first.
    """
    from server.processes import Child, Parent, require_free, web_command, worker_command

    config = settings.load()
    require_free(config)
    if not _founded(config):
        from server.welcome import make_demo_first

        make_demo_first(config, tell=click.echo)
    parent = Parent(config, [Child("web", web_command()), Child("worker", worker_command())])
    parent.start()
    # While web and worker get ready on their own, so that a second start waits once only.
    from server.welcome import welcome

    words = welcome(config)
    parent.wait()
    click.echo(words)
    raise SystemExit(parent.keep())


@cli.command()
@plainly
def worker() -> None:
    """Do the periodic work only.

    For those who serve `wsgi:app` with a WSGI server of their own choice.
    """
    from server.worker import main

    raise SystemExit(main())


@cli.command()
@click.option("--study", "code", prompt="Short code of the study", help="For example MDD-1.")
@click.option("--title", prompt="Title of the study")
@click.option(
    "--protocol", default="alliance-core", show_default=True, help="A file of schedules/."
)
@click.option("--name", prompt="Your name")
@click.option("--email", prompt="Your e-mail address (you sign in with it)")
@click.password_option(prompt="A password (12 characters or more)", envvar="ATTUNE_PASSWORD")
@click.option("--duty-name", prompt=_ON_DUTY, default="", show_default=False, help=_DUTY)
@click.option("--duty-email", prompt="  their e-mail address", default="", show_default=False)
@click.option("--duty-phone", prompt="  their phone number", default="", show_default=False)
@plainly
def init(**entry: str) -> None:
    """Make a real, empty installation.

    It asks for the first study, its administrator, and who is on duty when an answer needs
    a person. It never touches a demo.
    """
    from server.actions.context import open_context
    from server.actions.found_installation import Founding, found_installation

    context = open_context(settings.load())
    found_installation(context, Founding(**entry))
    # Spelled out: without the folder, the next command would begin a demo somewhere else.
    folder = shlex.quote(str(context.config.data))
    click.echo(f"Ready. Start it with: ATTUNE_DATA={folder} ./attune run")
    click.echo("Nobody can be enrolled before it is live: sign in, then Study, Go live.")


@cli.command()
@plainly
def check() -> None:
    """Check forms/, schedules/ and the site's own wordings.

    Prints every problem at once, with file, line, path and remedy; and warnings of what may be too
    much for one day or too near a session, which are no problems.
    """
    from server.actions.check_definitions import check_definitions

    config = settings.load()
    report = check_definitions(config.forms, config.schedules, config.site_wordings)
    for told in (*report.warnings, *report.problems):
        click.echo(told, err=True)
    click.echo(report.summary)
    raise SystemExit(1 if report.problems else 0)


@cli.command()
@click.argument("instrument")
@click.option("--version", help="A version of its structure.  [default: the newest]")
@click.option(
    "--setting",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A choice where sources disagree.",
)
@click.option("--explain", is_flag=True, help="Add method, rule and reason to each score.")
@plainly
def score(instrument: str, version: str | None, pairs: tuple[str, ...], *, explain: bool) -> None:
    """Score answers that were given elsewhere.

    Reads JSON lines, each a list of answers in item order (null: unanswered), and writes a JSON
    object of scores for each. It stops at the first line that cannot be scored. Nothing is stored.
    """
    from server.actions.score_answers import read_settings, score_answers
    from server.catalog.load import load

    config = settings.load()
    found = load(config.forms, config.schedules).instrument(instrument, version)
    for line in score_answers(found, sys.stdin.buffer, read_settings(pairs), explain=explain):
        click.echo(line)


@cli.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where to.")
@plainly
def backup(folder: Path | None) -> None:
    """Write a verified copy of the database.

    The copy is opened again and checked before it counts. The site's own wordings lie beside it.
    Keys are not in it.
    """
    from server.actions.back_up import back_up
    from server.actions.context import open_context

    context = open_context(settings.load())
    made = back_up(context, folder)
    click.echo(f"{made.file}\n  holds {made.audit_seq} audit entries, verified")
    if made.wordings:
        click.echo(f"  and beside it {made.wordings} wordings of the site's own")
    click.echo("The keys are not in it: ./attune recovery make FILE writes them into a file apart.")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@plainly
def restore(file: Path) -> None:
    """Put a backup in the database's place.

    Only while nothing runs; the backup is verified first, and the old database kept beside it.
    """
    from server.actions.restore import restore as put_back

    click.echo(put_back(settings.load(), file).summary)


@cli.command()
@plainly
def verify() -> None:
    """Check every row against the audit trail.

    Pages, links, triggers, the chain itself, and the heads that earlier backups saw.
    """
    from server.actions.context import open_context
    from server.actions.verify_store import verify_store

    click.echo(verify_store(open_context(settings.load())).summary)


@cli.command()
@plainly
def doctor() -> None:
    """Look at this machine and say what to mend."""
    from server.doctor import examine

    findings = examine(settings.load())
    for finding in findings:
        click.echo(f"{'ok  ' if finding.well else 'MEND'}  {finding.name}: {finding.text}")
    raise SystemExit(0 if all(finding.well for finding in findings) else 1)


@cli.command()
@plainly
def schema() -> None:
    """Write the database's shape to schema.sql.

    For those who add a migration; a test compares the two.
    """
    from server.store import snapshot

    snapshot.FILE.write_text(snapshot.drawn(), encoding="utf-8")
    click.echo(f"written: {snapshot.FILE}")


if __name__ == "__main__":
    cli(prog_name="./attune")
