"""What stands in a FHIR resource: its objects, and its extensions by the last part of their address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Takes a loss: what happened to the item that is being read.
Tell = Callable[[str], None]
Json = Mapping[str, Any]

_TAIL = re.compile(r"[^/]*$")


@dataclass(frozen=True, slots=True)
class Extensions:
    """What stands in `extension`, by the last part of its address; the first of a name counts."""

    found: Mapping[str, Json]

    def value(self, name: str) -> Any:
        """Return the value of an extension, whatever its type; None without one."""
        held = self.found.get(name, {})
        return next((held[key] for key in held if key.startswith("value")), None)


def extensions(node: Json) -> Extensions:
    """Return the extensions of anything."""
    found: dict[str, Json] = {}
    for each in objects(node.get("extension")):
        found.setdefault(tail(each), each)
    return Extensions(found)


def objects(value: Any) -> list[Json]:
    """Return the objects of a list; a file may hold anything there."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def tail(extension: Json) -> str:
    """Return the last part of an extension's address."""
    found = _TAIL.search(str(extension.get("url", "")))
    return found[0] if found else ""


def real(value: Any) -> float | None:
    """Return a number; None for what is none, or too large for a definition."""
    # Definitions hold ten digits at most.
    sound = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if sound and abs(value) < 1e9 else None
