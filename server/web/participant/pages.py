"""Forms as static pages by their hash: for connected phones and signed-in staff, compressed once."""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli
from flask import Response, request

from server.errors import NotFoundError, NotReadyError, said
from server.store import forms, studies
from server.web.access import context, device_here, form, staff_here
from server.web.participant import blueprint

FOREVER = "private, max-age=31536000, immutable"


@blueprint.get("/f/<digest>.html")
@form
def page(digest: str) -> Response:
    """Return the page of this hash; it never changes, so a browser that has it need not ask again."""
    _refuse_samples(digest)
    known = request.if_none_match.contains(digest)
    response = Response(status=304) if known else _body(digest)
    response.set_etag(digest)
    response.headers["Cache-Control"] = FOREVER
    # Licensed wording: what one person's browser holds must not be served to another's.
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    return response


def _refuse_samples(digest: str) -> None:
    """Open no sample sentences to a participant of a real study; staff may look at them."""
    device = device_here()
    if device is None or staff_here() is not None:
        return
    here, found = context(), forms.one(context().db, digest)
    study = studies.of_participant(here.db, device.participant_id)
    if found and not study["synthetic"] and not here.catalog.fit(found["wording"]):
        raise NotReadyError(said("Your study team is still getting this form ready."))


def _body(digest: str) -> Response:
    html = forms.html(context().db, digest)
    if html is None:
        raise NotFoundError(said("This form was never published here."))
    response = Response(mimetype="text/html")
    for coding in ("br", "gzip"):
        if request.accept_encodings[coding]:
            response.set_data(_compressed(html, coding))
            response.headers["Content-Encoding"] = coding
            return response
    response.set_data(html)
    return response


@lru_cache(maxsize=256)
def _compressed(html: bytes, coding: str) -> bytes:
    return brotli.compress(html, quality=11) if coding == "br" else gzip.compress(html, 9, mtime=0)
