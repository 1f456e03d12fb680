"""Mail over a real SMTP conversation: how each way of failing is told apart (F9), nothing smuggled in (A16)."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.channels.channel import Message, NotNowError, RefusedError, UnknownError
from server.channels.email import EmailChannel, compose
from server.channels.mailbox import MailboxChannel, list_messages
from server.clock import FixedClock
from server.errors import ConfigError
from tests.channels.peer import Peer, listening

NOW = FixedClock(dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC))
MESSAGE = Message(
    id="0b54f9d4-7a0e-5a0c-9f0e-a77e5e0a77e5",
    to="ana@example.org",
    subject="A short form is ready for you",
    text="Hello,\n\n.a line that begins with a dot\n…and one with an ellipsis\n",
)


def channel(url: str, **more: object) -> EmailChannel:
    return EmailChannel(url, "forms@example.org", "forms.example.org", clock=NOW, **more)  # type: ignore[arg-type]


def send(peer: Peer, message: Message = MESSAGE, **more: object) -> None:
    with listening(peer) as address:
        channel(f"smtp://{address}", **more).send(message)


def test_one_message_reaches_one_person_whole() -> None:
    peer = Peer()
    send(peer)
    ((to, mail),) = peer.taken
    assert to == ["ana@example.org"]
    assert mail["Message-ID"] == "<0b54f9d4-7a0e-5a0c-9f0e-a77e5e0a77e5@forms.example.org>"
    assert mail["From"] == "forms@example.org"
    assert mail["Date"] == "Mon, 01 Mar 2027 09:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == MESSAGE.text


def test_sent_again_it_carries_the_same_id() -> None:
    peer = Peer()
    send(peer)
    send(peer)
    assert len({mail["Message-ID"] for _, mail in peer.taken}) == 1


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"rcpt": "550 no such user"}, RefusedError),
        ({"rcpt": "451 try later"}, NotNowError),
        ({"data": "554 we do not want it"}, RefusedError),
        ({"data": "452 no room"}, NotNowError),
        ({"drop": "before"}, UnknownError),
        ({"drop": "after"}, UnknownError),
    ],
)
def test_f9_each_way_of_failing_is_told_apart(
    script: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error) as failed:
        send(Peer(**script))  # type: ignore[arg-type]
    assert "ana@" not in str(failed.value)
    assert "user" not in str(failed.value)


def test_f9_nobody_listening_means_not_now() -> None:
    with pytest.raises(NotNowError, match="no connection"):
        channel("smtp://localhost:1", timeout=2.0).send(MESSAGE)


@contextmanager
def talking(script: list[bytes], pause: float = 0.0) -> Iterator[str]:
    """A server that says one line after each of ours, byte by byte with pauses, and then hangs up."""
    server = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        client, _ = server.accept()
        with client:
            try:
                for line in script:
                    for byte in line if pause else [line]:
                        client.sendall(bytes([byte]) if isinstance(byte, int) else byte)
                        time.sleep(pause)
                    client.recv(65536)
            except OSError:
                return

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield f"localhost:{server.getsockname()[1]}"
    finally:
        thread.join(20)
        server.close()


GREETING = [b"220 hello\r\n", b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n"]


def test_f9_a_line_that_breaks_before_the_text_left_nothing() -> None:
    for said in range(1, len(GREETING) + 1):
        with talking(GREETING[:said]) as address, pytest.raises(NotNowError):
            channel(f"smtp://{address}").send(MESSAGE)


def test_f9_a_line_that_breaks_after_the_text_left_it_unknown() -> None:
    with talking([*GREETING, b"354 go on\r\n"]) as address, pytest.raises(UnknownError):
        channel(f"smtp://{address}").send(MESSAGE)


def test_f9_a_goodbye_that_fails_changes_nothing() -> None:
    with talking([*GREETING, b"354 go on\r\n", b"250 taken\r\n"]) as address:
        channel(f"smtp://{address}").send(MESSAGE)


def test_f9_a_server_that_drips_is_left_when_the_time_is_up() -> None:
    started = time.monotonic()
    with talking([b"220 " + b"x" * 200 + b"\r\n"], pause=0.05) as address:
        with pytest.raises(NotNowError):
            channel(f"smtp://{address}", timeout=0.5, deadline=1.0).send(MESSAGE)
        assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "to",
    ["ana@example.org\r\nBcc: all@example.org", "ana@example.org, ben@example.org", "ana", "",
     "Ana <ana@example.org>", "ana@example.org;ben@example.org", "ana@example.org\nRCPT TO:<ben@example.org>"],
)  # fmt: skip
def test_a16_what_is_not_one_address_never_reaches_the_line(to: str) -> None:
    peer = Peer()
    with pytest.raises(RefusedError):
        send(peer, replace(MESSAGE, to=to))
    assert peer.taken == []


def test_a16_line_breaks_in_a_subject_are_refused_not_sent() -> None:
    peer = Peer()
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        send(peer, replace(MESSAGE, subject="A form\r\nBcc: all@example.org"))
    assert peer.taken == []


def test_a_name_and_password_are_given_only_to_whom_we_know(tmp_path: Path) -> None:
    server_side, client_side = certificates(tmp_path)
    peer = Peer()
    with listening(peer, server_side, auth=True) as address:
        url = f"smtp+starttls://us%40example.org:p%40ss%3Aword@{address}"
        channel(url, tls=client_side).send(MESSAGE)
        with pytest.raises(NotNowError):  # nobody vouches for this server
            channel(url).send(MESSAGE)
        with pytest.raises(NotNowError, match="SMTPAuthenticationError 535"):
            channel(url.replace("word", "wood"), tls=client_side).send(MESSAGE)
    assert len(peer.taken) == 1
    assert set(peer.logins) == {"us@example.org"}


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    server_side, client_side = certificates(tmp_path)
    peer = Peer()
    with listening(peer, server_side, at_once=True) as address:
        channel(f"smtps://{address}", tls=client_side).send(MESSAGE)
    assert len(peer.taken) == 1


def test_r42_without_encryption_only_this_machine() -> None:
    with pytest.raises(ConfigError, match=r"smtp\+starttls"):
        channel("smtp://mail.example.org:25")
    with pytest.raises(ConfigError):
        channel("http://mail.example.org")
    assert "secret" not in repr(channel("smtps://user:secret@mail.example.org"))


def test_the_mailbox_shows_what_would_have_gone_out_once(tmp_path: Path) -> None:
    box = MailboxChannel(tmp_path / "mailbox", "forms@example.org", "localhost", clock=NOW)
    assert list_messages(tmp_path / "mailbox") == []
    box.send(MESSAGE)
    box.send(MESSAGE)
    (letter,) = list_messages(tmp_path / "mailbox")
    assert (letter.id, letter.to, letter.subject, letter.at) == (
        MESSAGE.id, MESSAGE.to, MESSAGE.subject, NOW.at,
    )  # fmt: skip
    assert letter.text == MESSAGE.text
    with pytest.raises(RefusedError):
        box.send(replace(MESSAGE, id="../../etc/passwd"))
    with pytest.raises(RefusedError):
        box.send(replace(MESSAGE, to="nobody"))
    (tmp_path / "file").touch()
    with pytest.raises(NotNowError):
        replace(box, folder=tmp_path / "file").send(MESSAGE)


def test_a_page_beside_the_text_is_an_alternative() -> None:
    mail = compose(replace(MESSAGE, html="<p>Hello</p>"), "forms@example.org", "localhost", NOW)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for this machine, signed by itself, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(path)
    client_side = ssl.create_default_context(cafile=str(path))
    return server_side, client_side
