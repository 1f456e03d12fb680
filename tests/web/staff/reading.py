"""What staff's tests share: a coordinator's browser, somebody to enrol, a page without its tags."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from server.store import passwords
from tests.conftest import Browser

PASSWORD = "four wet umbrellas"
KEPT = passwords.keep(PASSWORD)
ENTRY = {
    "code": "SYN-003", "enrolled_on": "2027-03-01", "arm": "immediate", "language": "en",
    "zone": "Europe/Berlin", "channel": "email", "name": "Synthetic", "email": "syn3@example.org",
    "phone": "",
}  # fmt: skip


def said(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def sign_in(client: Browser, email: str, password: str = PASSWORD, **kwargs: Any) -> TestResponse:
    data = {"email": email, "password": password, **kwargs.pop("data", {})}
    return client.post("/staff/sign-in", data=data, **kwargs)
