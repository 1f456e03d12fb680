"""What a participant reads when something fails: a heading, a remedy, and the sentence of the error."""

from __future__ import annotations

from flask_babel import get_locale, gettext


def words(status: int) -> tuple[str, str]:
    """Return the heading and the remedy of a status."""
    known = {
        400: (gettext("Please try again"), gettext("Go back, reload the page, and send it again.")),
        401: (gettext("This phone is not connected"),
              gettext("No code, or an old one? Ask your study team for a new one. "
                      "What you have sent is safe.")),
        403: (gettext("This page is not for you"), gettext("Go back to your start page.")),
        404: (gettext("There is nothing here"),
              gettext("The page may have moved. Go back to your start page.")),
        413: (gettext("That was too long"), gettext("Please shorten your text and send it again.")),
        422: (gettext("Something is missing"), gettext("Nothing is lost. Please look again.")),
        423: (gettext("Not ready yet"),
              gettext("Your study team still has to load this form. They can see that it waits. "
                      "There is nothing for you to do, and nothing is lost.")),
        429: (gettext("Too many tries"), gettext("Wait a little, then try again.")),
        503: (gettext("We could not take this just now"),
              gettext("Your answers are safe on this phone. Try again in a moment.")),
    }  # fmt: skip
    last = gettext("Nothing you sent before is lost. Please try again in a moment.")
    return known.get(status, (gettext("Something went wrong on our side"), last))


def told(message: str) -> str:
    """Return an error's sentence in the page's language; none where it was never translated.

    Heading and remedy say enough then, and a page does not change its language half-way.
    """
    if not message:
        return ""
    translated = str(gettext(message))
    own = str(get_locale() or "en").startswith("en")
    return translated if own or translated != message else ""
