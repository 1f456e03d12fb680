"""The demo's mailbox: every message that would have gone out, readable in the browser."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from server.channels.mailbox import Letter, list_messages
from server.clock import to_text
from server.errors import NotFoundError
from server.web.access import context, demo
from server.web.demo import blueprint
from server.web.staff import moments
from server.web.staff.moments import Moment

SHOWN = 200


@dataclass(frozen=True)
class Mail:
    """One mail in the list."""

    id: str
    to: str
    subject: str
    text: str
    at: Moment | None


@blueprint.get("/mailbox")
@demo
def mailbox() -> ResponseReturnValue:
    """List what would have gone out, the newest first."""
    found = list_messages(context().config.data / "mailbox")
    return render_template(
        "demo/mailbox.html", mails=[_mail(each) for each in found[:SHOWN]], count=len(found)
    )


@blueprint.get("/mailbox/<mail_id>")
@demo
def mail(mail_id: str) -> ResponseReturnValue:
    """Read one mail."""
    for each in list_messages(context().config.data / "mailbox"):
        if each.id == mail_id:
            return render_template("demo/mail.html", mail=_mail(each))
    raise NotFoundError("There is no such mail.")


def _mail(each: Letter) -> Mail:
    return Mail(each.id, each.to, each.subject, each.text, moments.moment(to_text(each.at), "UTC"))
