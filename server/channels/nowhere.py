"""No way out: a real installation without ATTUNE_SMTP. Messages wait, and staff see why."""

from __future__ import annotations

from server.channels.channel import Message, NotNowError


class Nowhere:
    """Takes nothing and loses nothing."""

    name = "email"

    def send(self, message: Message) -> None:
        del message
        raise NotNowError("this server has no way to send mail: ATTUNE_SMTP is not set")
