"""What a way out for messages is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to leave. `id` stays the same at every try, so a doubled one shows as one."""

    id: str
    to: str
    subject: str
    text: str
    html: str = ""


class RefusedError(Exception):
    """The other side said no for good (unknown address): trying again is useless."""


class NotNowError(Exception):
    """It did not work this time and the message certainly did not leave; try again later."""


class UnknownError(Exception):
    """The line broke after the message was handed over: it may have left."""


class Channel(Protocol):
    """Something that carries a message away, or raises one of the three errors above."""

    @property
    def name(self) -> str: ...

    def send(self, message: Message) -> None:
        """Hand the message over; returning means that the other side took it."""
        ...
