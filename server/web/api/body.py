"""The body of a request to the API: a JSON object, declared as such."""

from __future__ import annotations

from typing import Any

from flask import request

from server.errors import BadInputError
from server.inputs import strict_json


def json_object() -> dict[str, Any]:
    """Return the request's JSON object.

    Raises:
        BadInputError: it is none, or not declared as JSON (a form of another site could send that).

    """
    if not request.is_json:
        raise BadInputError("Send JSON, with Content-Type: application/json.")
    found = strict_json.read(request.get_data(), largest=16 * 1024)
    if not isinstance(found, dict):
        raise BadInputError("Send a JSON object.")
    return found


def text(body: dict[str, Any], name: str) -> str:
    """Return a field that must be text; BadInputError names it when it is not."""
    value = body.get(name)
    if not isinstance(value, str):
        raise BadInputError("Something is missing.", {name: "must be text"})
    return value
