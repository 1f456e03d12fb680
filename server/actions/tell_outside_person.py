"""Tell the person outside the treatment team, by a mail that says nothing, that words wait for them.

At least once: a mail is noted as sent only after it left, and a doubled one carries the same id.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from server.actions.context import Context
from server.channels.channel import Message
from server.domain.people import Actor
from server.ids import derived_id
from server.outputs import messages as words
from server.store import outside
from server.store.outside import Untold

LOG = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(minutes=15)


def tell_outside_person(context: Context, actor: Actor) -> None:
    """Send one mail to each person for whom something waits that no mail has told of."""
    for each in outside.untold(context.db, context.clock.now()):
        left = _send(context, each)
        with context.write(actor, "Told somebody that words wait") as tx:
            if left:
                outside.told(tx, each.ids)
            else:
                outside.tell_again(tx, each.ids, tx.at + AGAIN_AFTER)


def _send(context: Context, whom: Untold) -> bool:
    text = words.waiting_words(context.config.url)
    number = derived_id(whom.ids[0], "outside", "email")
    try:
        context.channel.send(Message(number, whom.email, text.subject, text.text))
    except Exception as error:  # noqa: BLE001 - whatever it was, the words still wait to be told of
        LOG.warning("a mail about waiting words did not leave: %s", type(error).__name__)
        return False
    return True
