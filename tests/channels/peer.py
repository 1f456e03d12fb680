"""A real SMTP server on a loopback port, whose answers a test can script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Peer:
    """Keeps what it took; `rcpt` and `data` may answer something else, or `drop` the line."""

    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    rcpt: str = ""
    data: str = ""
    drop: str = ""  # before: without a word when the text has come; after: once it is taken
    port: int = 0
    logins: list[str] = field(default_factory=list)
    on_taken: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - the name that the server calls
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.data:
            return self.data
        if self.drop == "before":
            self._hang_up(server)
            return "250 never heard"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        self.taken.append((list(envelope.rcpt_tos), mail))
        self.on_taken()
        if self.drop == "after":
            self._hang_up(server)
        return "250 OK"

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login.decode())
        return AuthResult(success=given.password == b"p@ss:word", handled=False)

    @staticmethod
    def _hang_up(server: SMTP) -> None:
        with suppress(Exception):
            server.transport.abort()  # type: ignore[union-attr]  # set while a client is there


@contextmanager
def listening(
    peer: Peer, tls: SSLContext | None = None, *, at_once: bool = False, auth: bool = False
) -> Iterator[str]:
    """Serve until the block ends; gives `host:port`. `tls` offers STARTTLS, or wraps all `at_once`."""
    extra: dict[str, Any] = {}
    if auth:
        extra = {"authenticator": peer.login, "auth_required": True}
    if tls and not at_once:
        extra |= {"tls_context": tls, "require_starttls": True}
    # All of it in the other thread: in this one a browser's loop may be running.
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(
            loop.create_server(
                lambda: SMTP(peer, loop=loop, **extra),
                host="127.0.0.1",
                port=peer.port,
                ssl=tls if at_once else None,
            ),
            loop,
        ).result()
        try:
            yield f"localhost:{server.sockets[0].getsockname()[1]}"
        finally:
            loop.call_soon_threadsafe(server.close)
            asyncio.run_coroutine_threadsafe(_end_all(loop), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    """Let conversations that a test broke off come to their end."""
    others = asyncio.all_tasks(loop) - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.01)
