"""What only a demo has."""

from __future__ import annotations

from datetime import timedelta

from server.channels.channel import Message
from server.channels.mailbox import MailboxChannel
from server.config import Config
from server.store import settings
from tests.cast import Cast
from tests.conftest import Browser


def test_the_demos_clock_moves_and_comes_back(desk: Browser, cast: Cast) -> None:
    desk.post("/demo/clock", data={"step": "day"})
    desk.post("/demo/clock", data={"step": "week"})
    assert settings.clock_shift(cast.context.db) == timedelta(days=8)
    assert desk.post("/demo/clock", data={"step": "aeon"}).status_code == 422

    desk.post("/demo/clock", data={"step": "now"})
    assert settings.clock_shift(cast.context.db) == timedelta(0)
    reasons = cast.context.db.all(
        "SELECT reason FROM audit WHERE table_name = 'settings' AND actor LIKE 'staff:%'"
    )
    assert {row["reason"] for row in reasons} == {"Moved the demo's clock"}


def test_the_demos_mail_is_read_in_the_browser_assaid(
    client: Browser, config: Config, cast: Cast
) -> None:
    box = MailboxChannel(config.data / "mailbox", "forms@example.org", "localhost")
    box.send(
        Message("m-1", "ada@example.org", "A short form is ready for you", "Open <b>it</b> at home")
    )

    assert "A short form is ready for you" in client.get("/demo/mailbox").text
    assert "Open &lt;b&gt;it&lt;/b&gt; at home" in client.get("/demo/mailbox/m-1").text
    assert client.get("/demo/mailbox/m-2").status_code == 404
