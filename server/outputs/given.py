"""What somebody was asked and answered, in the words that they read when they answered it."""

from __future__ import annotations

from server.domain.instrument import YES_NO, Instrument, Wording
from server.errors import said
from server.outputs.translations import translations


def asked(name: str, wording: Wording, about: str, event: str) -> str:
    """Return an item's sentence with whom and what it is about filled in, as the phone had it.

    Empty where the item is not known; … stands for what is not known any more.
    """
    text = wording.items[name].text if name in wording.items else ""
    return text.replace("{about}", about or "…").replace("{event}", event or "…")


def given(value: object, name: str, instrument: Instrument, wording: Wording) -> str:
    """Return a stored value as words; empty where nothing was answered, or the item is not known."""
    item = next((each for each in instrument.items if each.id == name), None)
    if value is None or item is None:
        return ""
    labels = wording.options.get(item.label_set or "", {})
    if item.kind == YES_NO:
        say = translations(wording.language).gettext
        labels = {1: say(said("Yes")), 0: say(said("No")), **labels}
    values = value if isinstance(value, list) else [value]
    words = ", ".join(
        labels.get(each, str(each)) if isinstance(each, int) else _plain(each) for each in values
    )
    unit = wording.items[name].unit if name in wording.items else ""
    return f"{words} {unit}" if unit else words


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
