"""Mail as files in a folder: what a demo would have sent, for reading in the browser."""

from __future__ import annotations

import email
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from server.channels.channel import Message, NotNowError, RefusedError
from server.channels.email import checked_address, compose
from server.clock import Clock, SystemClock

_SAFE = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class MailboxChannel:
    """Writes each message to `<folder>/<message id>.eml`; sent twice, it is there once."""

    folder: Path
    sender: str
    host: str
    clock: Clock = field(default_factory=SystemClock)
    name: str = "email"

    def send(self, message: Message) -> None:
        """Write the file whole or not at all."""
        if not _SAFE.fullmatch(message.id):
            raise RefusedError("this message's id cannot name a file")
        checked_address(message.to)
        mail = compose(message, self.sender, self.host, self.clock)
        path = self.folder / f"{message.id}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(mail.as_bytes())
            part.replace(path)
        except OSError as error:
            raise NotNowError(f"the mailbox folder cannot be written ({error.errno})") from error


@dataclass(frozen=True)
class Letter:
    """One mail as the demo shows it."""

    id: str
    to: str
    subject: str
    text: str
    at: datetime


def list_messages(folder: Path) -> list[Letter]:
    """Return every mail in the folder, the newest first; none when nothing was sent yet."""
    found = [_read(path) for path in folder.glob("*.eml")]
    return sorted(found, key=lambda letter: (letter.at, letter.id), reverse=True)


def _read(path: Path) -> Letter:
    mail = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    body = mail.get_body(("plain",))
    return Letter(
        id=path.stem,
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        text=str(body.get_content()) if body else "",
        at=parsedate_to_datetime(str(mail["Date"])),
    )
