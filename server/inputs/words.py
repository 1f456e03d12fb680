"""Sentences and names from other systems, made ours: markup taken out, braces softened, ids made valid."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from server.domain.grammar import RESERVED

_BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol"}
_SKIPPED = {"script", "style"}
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_UNFIT = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.skipping = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.skipping += tag in _SKIPPED
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.skipping -= tag in _SKIPPED
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self.skipping <= 0:
            self.parts.append(data)


def has_markup(text: str) -> bool:
    """Whether a text is formatted."""
    return _MARKUP.search(text) is not None


def plain(text: str) -> str:
    """Return a text without markup, control characters and surplus white space."""
    if has_markup(text):
        stripper = _Stripper()
        stripper.feed(text)
        stripper.close()
        text = html.unescape("".join(stripper.parts))
    text = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    return "\n".join(line for line in lines if line)


def without_braces(text: str) -> str:
    """Return a text in which braces are parentheses: ours fill what stands in braces."""
    return text.replace("{", "(").replace("}", ")")


def as_id(name: str, taken: set[str], prefix: str = "q_") -> str:
    """Return a valid id of ours for another system's name, unlike those taken, and take it."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not base or not base[0].isalpha() or base in RESERVED:
        base = f"{prefix}{base}".rstrip("_")
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}_{number}"
    taken.add(found)
    return found
