"""Send a mail with a code the way that every mail leaves, and hear from a person that it arrived."""

from __future__ import annotations

import hmac
from datetime import timedelta

from server.actions.check_readiness import way_out
from server.actions.context import Context
from server.actions.prepare_study import require_lead
from server.channels.channel import Message, NotNowError, RefusedError, UnknownError
from server.clock import from_text
from server.domain import entry
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.ids import new_code, new_id, token_digest
from server.outputs.mail_test import mail_test
from server.store import readiness

VALID_FOR = timedelta(days=1)
_LENGTH = 8


def send_mail_test(context: Context, actor: Actor, viewer: Staff, address: str) -> None:
    """Send it now. What was asked for is on record before the mail leaves.

    Raises:
        BadInputError: this is no address, or the mail server refused it.
        ConflictError: no mail leaves this installation, or it did not leave this time.

    """
    require_lead(viewer)
    checks = entry.Checks()
    to = checks.field("address", lambda: entry.email(address), "")
    if checks.places:
        raise BadInputError("No mail was sent.", checks.places)
    way = way_out(context)
    if not way:
        raise ConflictError("No mail leaves this server: ATTUNE_SMTP is not set.")
    code, name = new_code(_LENGTH), new_id()
    with context.write(actor, "Asked for a mail test") as tx:
        detail = {"to": to, "through": way, "code": token_digest(name + code), "message": name}
        readiness.record(tx, viewer.study_id, "mail sent", tx.at.date(), detail)
    words = mail_test(context.config.url, code)
    try:
        context.channel.send(Message(name, to, words.subject, words.text))
    except RefusedError as error:
        message = f"The mail server refused it: {error}"
        raise BadInputError(message, {"address": message}) from error
    except (NotNowError, UnknownError) as error:
        raise ConflictError(f"The mail did not leave: {error}. Try again.") from error


def confirm_mail_test(context: Context, actor: Actor, viewer: Staff, code: str) -> None:
    """Take the code that stood in the mail.

    Raises:
        BadInputError: it is not that of the last mail, or that mail is older than a day.

    """
    require_lead(viewer)
    sent = readiness.latest(context.db, viewer.study_id, "mail sent")
    tidy = "".join(code.split()).upper()
    given = token_digest(str(sent["detail"]["message"]) + tidy) if sent else ""
    if sent is None or not hmac.compare_digest(given, sent["detail"]["code"]):
        message = "This is not the code of the last mail. Look at the newest one."
        raise BadInputError(message, {"code": message})
    if context.clock.now() - from_text(sent["recorded_at"]) > VALID_FOR:
        message = "That mail is older than a day. Send another."
        raise BadInputError(message, {"code": message})
    with context.write(actor, "A mail test arrived") as tx:
        detail = {"to": sent["detail"]["to"], "through": sent["detail"]["through"]}
        readiness.record(tx, viewer.study_id, "mail test", tx.at.date(), detail)
