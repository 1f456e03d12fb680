"""What `./attune run` does before it serves, and the words it then prints."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import segno

from server.actions.context import Context, open_context
from server.actions.invite_device import invite_device
from server.config import Config
from server.demo import people
from server.demo.make import make_demo
from server.domain.people import Actor, Staff, System
from server.store import participants, settings, staff
from server.web import assets


@dataclass(frozen=True)
class Ready:
    """How the installation stands: demo or live, and how one may join the demo."""

    demo: bool
    join: str = ""
    code: str = ""


def prepare(config: Config, tell: Callable[[str], None]) -> Ready:
    """Bring the database up to date; an empty data folder becomes a demo."""
    context = open_context(config)
    try:
        if settings.mode(context.db) is None:
            tell("No data yet: making a demo study with synthetic participants …")
            make_demo(context, assets.version(config))
        if settings.mode(context.db) == "live":
            return Ready(demo=False)
        return _invite(context)
    finally:
        context.db.close()


def _invite(context: Context) -> Ready:
    """Let anyone who sits here join as the demo's newest participant."""
    row = staff.by_email(context.db, people.STAFF[0].email)
    participant_id, study_id = participants.newest(context.db, System("welcome"))
    if row is None or participant_id is None:
        return Ready(demo=True)
    viewer = Staff(row["id"], study_id, frozenset({"coordinator"}))
    made = invite_device(context, Actor("system", "welcome"), viewer, participant_id, "home")
    return Ready(demo=True, join=context.config.url + made.path, code=made.code)


def welcome(config: Config, ready: Ready) -> str:
    """Return what stands on the terminal once the web answers."""
    lines = ["", f"Attune is running: {config.url}", ""]
    lines += [f"  Staff           {config.url}/staff/"]
    if ready.demo:
        lines += [
            f"                  {people.STAFF[0].email}   password: {people.PASSWORD}",
            f"  A participant   {ready.join}",
            f"                  code: {ready.code}   (once, within three days)",
            *_qr(config, ready.join),
            f"  Demo mailbox    {config.url}/demo/mailbox",
            f"  Demo clock      {config.url}/demo/clock",
            "",
            "  Everything in this demo is synthetic; it can never become a live study.",
            "  A real one: ATTUNE_DATA=/srv/attune ./attune init",
        ]
    elif config.smtp is None:
        lines += ["  Mail            none leaves: ATTUNE_SMTP is not set, and reminders wait"]
    lines += [f"  Data            {config.data}", "", "  Ctrl-C stops it.", ""]
    return "\n".join(lines)


def _qr(config: Config, link: str) -> list[str]:
    """Return the QR code for a phone, or why there is none."""
    if not config.url.startswith("https://"):
        return [
            "                  No QR code: a phone needs https to keep answers safely, and this",
            "                  address works on this machine only. README, Phones and HTTPS.",
        ]
    out = io.StringIO()
    segno.make(link, error="m").terminal(out=out, compact=True)
    return out.getvalue().splitlines()
