"""Mail over SMTP: one message, one recipient, and an honest account of how it ended."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from server.channels.channel import Message, NotNowError, RefusedError, UnknownError
from server.clock import Clock, SystemClock
from server.errors import ConfigError

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_GO_AHEAD = 354
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class _Watched(smtplib.SMTP):
    """A conversation that is cut off at a deadline (seconds), from its first byte on."""

    def __init__(self, deadline: float, *args: Any, **how: Any) -> None:
        self.watch = threading.Timer(deadline, self._hang_up)
        self.watch.daemon = True
        self.watch.start()
        try:
            super().__init__(*args, **how)
        except BaseException:
            self.watch.cancel()
            raise

    def _hang_up(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""


@dataclass(frozen=True)
class EmailChannel:
    """A mail server, named as `smtp+starttls://user:password@mail.example.org:587`.

    `timeout` bounds each step, `deadline` the whole conversation, both in seconds: a server that
    sends one byte a second would pass every step.
    """

    url: str = field(repr=False)
    sender: str
    host: str
    clock: Clock = field(default_factory=SystemClock)
    timeout: float = 20.0
    deadline: float = 60.0
    name: str = "email"
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ConfigError(
                "ATTUNE_SMTP must begin with smtp+starttls://, smtps:// or (this machine) smtp://"
            )
        if parts.scheme == "smtp" and parts.hostname not in _LOOPBACK:
            raise ConfigError(
                "ATTUNE_SMTP names another machine without encryption; use smtp+starttls:// or smtps://"
            )

    def send(self, message: Message) -> None:
        """Hand the message over; returning means that the server took it.

        Raises:
            RefusedError: it will never take this message, or the address is none.
            NotNowError: the message certainly did not leave.
            UnknownError: the line broke when all of it may have been taken.

        """
        to = checked_address(message.to)
        body = compose(message, self.sender, self.host, self.clock)
        with self._open() as server:
            self._envelope(server, to)
            self._data(server, body.as_bytes(policy=SMTP_POLICY))

    @contextmanager
    def _open(self) -> Iterator[_Watched]:
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise NotNowError(f"no connection to the mail server ({_what(error)})") from error
        try:
            self._greet(server)
            yield server
        finally:
            # The outcome is known by now; how the goodbye goes changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
            server.watch.cancel()

    def _connect(self) -> _Watched:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        how: dict[str, Any] = {"timeout": self.timeout, "local_hostname": self._me}
        if parts.scheme == "smtps":
            return _WatchedTls(self.deadline, host, port, context=self.tls, **how)
        return _Watched(self.deadline, host, port, **how)

    @property
    def _me(self) -> str:
        """The name given in the greeting; asking the machine's resolver could take seconds."""
        return self.host if re.fullmatch(r"[A-Za-z0-9.-]+", self.host) else "localhost"

    def _greet(self, server: smtplib.SMTP) -> None:
        parts = urlsplit(self.url)
        try:
            if parts.scheme == "smtp+starttls":
                server.starttls(context=self.tls)
            server.ehlo_or_helo_if_needed()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except (OSError, smtplib.SMTPException) as error:
            raise NotNowError(f"the mail server did not let us in ({_what(error)})") from error

    def _envelope(self, server: smtplib.SMTP, to: str) -> None:
        try:
            code, _text = server.mail(self.sender)
            if code >= 400:
                # Our own address is at fault, not the participant's: worth mending and trying again.
                raise NotNowError(f"the mail server refuses our sender address ({code})")
            code, _text = server.rcpt(to)
        except (OSError, smtplib.SMTPException) as error:
            raise NotNowError(f"the line broke before the message left ({_what(error)})") from error
        if code >= 500:
            raise RefusedError(f"the mail server refuses the address ({code})")
        if code >= 400:
            raise NotNowError(f"the mail server puts the address off ({code})")

    def _data(self, server: smtplib.SMTP, body: bytes) -> None:
        try:
            code, _text = server.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            raise NotNowError(f"the line broke before the message left ({_what(error)})") from error
        if code != _GO_AHEAD:
            _judge(code)
        try:
            server.send(_dotted(body))
            code, _text = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise UnknownError(f"the line broke after the message left ({_what(error)})") from error
        if code >= 400:
            _judge(code)


def compose(message: Message, sender: str, host: str, clock: Clock) -> EmailMessage:
    """Return the mail. Its Message-ID stays the same at every try, so a doubled one shows as one.

    EmailMessage refuses line breaks in headers: nothing can be smuggled in.
    """
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{message.id}@{host}>"
    # Absence notes and mail robots need not answer.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail


def checked_address(text: str) -> str:
    """Return one plain address; RefusedError for lists, line breaks and anything else."""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise RefusedError("this is no mail address") from None
    return found.ascii_email or found.normalized


def _judge(code: int) -> None:
    if code >= 500:
        raise RefusedError(f"the mail server refuses the message ({code})")
    raise NotNowError(f"the mail server puts the message off ({code})")


def _dotted(body: bytes) -> bytes:
    """Return the body as it goes over the line: a dot that begins a line doubled, a lone dot last."""
    ended = body if body.endswith(b"\r\n") else body + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _what(error: Exception) -> str:
    """Name a failure without the server's own words, which may repeat an address."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
