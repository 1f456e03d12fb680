"""The PIN, as far as the server checks it: set, bind again by it, read back for some minutes."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request
from flask_babel import gettext

from server.actions.export_my_data import sent_about
from server.actions.open_reading import end_reading, open_reading
from server.actions.rebind_device import rebind_device, salt_of
from server.actions.set_pin import set_pin
from server.clock import to_text
from server.errors import LockedError, NotFoundError, said
from server.ids import token_digest
from server.outputs.given import asked, given
from server.store import pins, responses
from server.store.database import Row
from server.web.access import context, cookie, device, public
from server.web.api import blueprint
from server.web.api.body import json_object, text
from server.web.participant.joining import with_credential


@blueprint.put("/pin")
@device
def pin_set() -> Response:
    """Keep the verifier of the PIN just chosen on this phone."""
    body = json_object()
    was = text(body, "was") if body.get("was") else None
    set_pin(
        context(), g.actor, g.device, salt=text(body, "salt"), proof=text(body, "proof"), was=was
    )
    return jsonify(set=True)


@blueprint.get("/pin")
@device
def pin_salt() -> Response:
    """Return this phone's salt, null when it has no PIN here."""
    row = pins.of(context().db, g.device.id)
    return jsonify(salt=row["salt"] if row else None)


@blueprint.get("/place/<locator>")
@public
def place(locator: str) -> Response:
    """Return the salt of the phone whose place this is."""
    return jsonify(salt=salt_of(context(), locator))


@blueprint.post("/rebind")
@public
def rebind() -> Response:
    """Bind this browser again by place and PIN."""
    body = json_object()
    bound = rebind_device(
        context(),
        locator=text(body, "locator"),
        proof=text(body, "proof"),
        address=request.remote_addr or "",
        agent=request.user_agent.string[:200],
    )
    return with_credential(jsonify(locator=bound.locator), bound.token)


@blueprint.post("/reading")
@device
def reading() -> Response:
    """Open reading back for some minutes."""
    token, ends = open_reading(context(), g.actor, g.device, text(json_object(), "proof"))
    response = jsonify(ends=to_text(ends))
    response.set_cookie(
        cookie("reading"), token, max_age=int(pins.READING.total_seconds()),
        secure=context().config.secure, httponly=True, samesite="Strict", path="/",
    )  # fmt: skip
    return response


@blueprint.delete("/reading")
@device
def reading_ended() -> Response:
    """End reading back at once."""
    end_reading(context(), g.actor, g.device)
    response = jsonify(ended=True)
    response.delete_cookie(cookie("reading"), path="/", secure=context().config.secure)
    return response


@blueprint.get("/sent/<response_id>")
@device
def sent(response_id: str) -> Response:
    """Return what this participant answered in one form, in the words that were read then."""
    here = context()
    row = responses.one(here.db, g.device, response_id)
    # What others entered about somebody (a rater, an interviewer) is not theirs to read back here.
    if row is None or row["source"] not in {"participant", "paper"}:
        raise NotFoundError(said("There is no such form for you."))
    token = request.cookies.get(cookie("reading"), "")
    if not pins.reads(here.db, token_digest(token), g.device.id, here.clock.now()):
        raise LockedError(said("Please give your PIN again."))
    return jsonify(_told(row, responses.answers(here.db, g.device, response_id)))


def _told(row: Row, answers: list[Row]) -> dict[str, Any]:
    catalog, (about, event) = context().catalog, sent_about(context(), g.device, row)
    language, version = row["wording"].split("/")[1:]
    instrument = catalog.instrument(row["instrument"], row["instrument_version"])
    wording = catalog.wording(row["instrument"], language, version)
    known = {item.id for item in instrument.items}
    told = [
        {
            "asked": asked(each["item"], wording, about, event),
            "given": _sealed(each) or given(each["value"], each["item"], instrument, wording),
        }
        for each in answers
        if each["state"] != "not-shown" and each["item"] in known
    ]
    return {"title": wording.title, "answers": told}


def _sealed(answer: Row) -> str:
    """Return what stands for an answer that is kept apart from the others; empty for any other."""
    apart = answer["state"] == "answered" and answer["value"] is None
    return (
        gettext("You told us. It is locked away, apart from your other answers.") if apart else ""
    )
