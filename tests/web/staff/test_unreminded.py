"""A participant's page says why nobody reminds them, to those who can change it."""

from __future__ import annotations

from datetime import date

import pytest

from server.actions.reconcile import reconcile
from server.store import participants
from tests.cast import TESTER, Cast
from tests.conftest import Browser
from tests.web.staff.reading import ENTRY, said

NO_PHONE = "Reminders begin once a phone is connected"


def test_whoever_has_no_phone_yet_is_not_reminded_and_staff_read_so(desk: Browser) -> None:
    page = desk.post("/staff/participants/enrol", data=ENTRY, follow_redirects=True).text
    assert NO_PHONE in page
    assert "0 messages" not in page


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("status", "paused", "while the participant pauses"),
        ("status", "prepared", "before somebody has looked and said go"),
        ("channel", "none", "wants no reminders"),
    ],
)
def test_each_other_reason_is_said(
    desk: Browser, cast: Cast, kind: str, value: str, told: str
) -> None:
    place = f"/staff/participants/{cast.ada.id}"
    before = said(desk.get(place).text)
    assert NO_PHONE not in before
    assert told not in before
    with cast.context.write(TESTER, "changed") as tx:
        participants.record(tx, cast.ada.id, kind, value, date(2027, 3, 1))  # type: ignore[arg-type]
        reconcile(tx, cast.context, cast.ada.id)
    assert told in said(desk.get(place).text)
