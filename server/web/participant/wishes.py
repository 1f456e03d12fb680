"""What a plain page sends that is no form: sealed here as a phone seals it, and taken in by the same door."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import g

from server.actions.receive_envelope import receive
from server.inputs import envelope
from server.inputs.payload import Kind
from server.web.access import context
from server.web.private_list import Person


def send(who: Person, kind: Kind, name: str, **inside: str) -> None:
    """Seal a wish of whoever holds this browser under the id `name`, and take it in."""
    here, zone = context(), str(who.row["zone"])
    now = here.clock.now().astimezone(ZoneInfo(zone))
    wish = {"kind": kind, "finished_at": now.isoformat(), "zone": zone, **inside}
    body = envelope.seal(here.keys.public_key, here.keys.current, name, wish)
    receive(here, g.device, name, body, via="page")
