"""What `./attune run` does before it serves, and the words it then prints."""

from __future__ import annotations

import io
from collections.abc import Callable

import segno

from server.actions import check_wordings
from server.actions.context import Context, open_context
from server.actions.invite_device import invite_device
from server.config import Config
from server.demo import people
from server.domain.people import Actor, Staff, System
from server.store import participants, settings, staff, studies
from server.web import assets


def make_demo_first(config: Config, tell: Callable[[str], None]) -> None:
    """Turn an empty data folder into a demo."""
    from server.demo.make import make_demo

    tell("No data yet: making a demo study with synthetic participants …")
    make_demo(open_context(config), assets.version(config))


def welcome(config: Config) -> str:
    """Return what stands on the terminal once the web answers; a demo invites somebody to join."""
    context = open_context(config)
    try:
        demo = settings.mode(context.db) == "demo"
        lines = [
            "",
            f"Attune is running: {config.url}",
            "",
            f"  Staff           {config.url}/staff/",
        ]
        lines += (
            _demo(context) if demo else [*_live(config), *_unworded(context), *_setting_up(context)]
        )
    finally:
        context.db.close()
    return "\n".join([*lines, f"  Data            {config.data}", "", "  Ctrl-C stops it.", ""])


def _live(config: Config) -> list[str]:
    if config.smtp is not None:
        return []
    return ["  Mail            none leaves: ATTUNE_SMTP is not set, and reminders wait"]


def _unworded(context: Context) -> list[str]:
    """Say what keeps the first participant from being enrolled."""
    wanted = check_wordings.lines(context)
    if not wanted:
        return []
    first = "  Wordings        nobody can be enrolled before these are loaded:"
    return [first, *(f"                  {each}" for each in wanted)]


def _setting_up(context: Context) -> list[str]:
    """Say where to look before the first participant can be enrolled."""
    if all(study["live_at"] for study in studies.every(context.db)):
        return []
    return [f"  Go live         {context.config.url}/staff/study/go-live"]


def _demo(context: Context) -> list[str]:
    config = context.config
    return [
        f"                  {people.STAFF[0].email}   password: {people.PASSWORD}",
        *_invitation(context),
        f"  Demo mailbox    {config.url}/demo/mailbox",
        f"  Demo clock      {config.url}/demo/clock",
        "",
        "  Everything in this demo is synthetic; it can never become a live study.",
        "  A real one: ATTUNE_DATA=/srv/attune ./attune init",
    ]


def _invitation(context: Context) -> list[str]:
    """Let anyone who sits here join as the demo's newest participant."""
    row = staff.by_email(context.db, people.STAFF[0].email)
    participant_id, study_id = participants.newest(context.db, System("welcome"))
    if row is None or participant_id is None:
        return []
    viewer = Staff(row["id"], study_id, frozenset({"coordinator"}))
    made = invite_device(context, Actor("system", "welcome"), viewer, participant_id, "home")
    link = context.config.url + made.path
    return [
        f"  A participant   {link}",
        f"                  code: {made.code}   (once, within three days)",
        *_qr(context.config, link),
    ]


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
