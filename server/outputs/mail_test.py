"""The words of the mail that shows, before a study goes live, that mail leaves and arrives."""

from __future__ import annotations

from server.outputs.messages import Text
from server.outputs.translations import translations


def mail_test(url: str, code: str) -> Text:
    """Return a mail to staff that carries a code to be typed in under Study, Go live."""
    say = translations("en").gettext
    page = f"{url.rstrip('/')}/staff/study/go-live"
    lines = [
        say("This mail left Attune the way that reminders and calls will leave it."),
        f"{say('Type this code where you asked for it:')} {code}",
        page,
        say("You did not ask for it? Then leave it; nothing happens."),
    ]
    return Text(say("Attune: a test of the way out for mail"), "\n\n".join(lines) + "\n")
