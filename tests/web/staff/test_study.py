"""Study, forms, settings."""

from __future__ import annotations

import re

from server.store import staff
from tests.cast import Cast
from tests.conftest import Browser
from tests.web.staff.reading import said


def test_the_protocol_is_told_in_words(desk: Browser) -> None:
    page = said(desk.get("/staff/study").text)

    assert "last Preparation before Dosing 1" in page
    assert "7 days after, or up to 2 days earlier and 3 days later" in page
    assert "Never between 21:00 and 08:00" in page


def test_how_to_reach_help_is_changed_and_checked(desk: Browser) -> None:
    good = {
        "team_name": "Team",
        "team_phone": "+49 30 123",
        "label-0": "Night line",
        "phone-0": "112",
    }
    assert "Night line" in desk.post("/staff/study/help", data=good, follow_redirects=True).text
    for wrong in (
        {"phone-0": "call me"},
        {"label-0": ""},
        {"team_phone": "x"},
        {"label-0": "", "phone-0": ""},
    ):
        assert desk.post("/staff/study/help", data={**good, **wrong}).status_code == 422


def test_draft_wording_is_marked_as_such(desk: Browser) -> None:
    page = said(desk.get("/staff/forms").text)

    assert "draft wording" in page
    assert "needs the holder's permission" in page or "needs the holder&#39;s permission" in page


def test_an_administrator_hires_and_hands_over_a_password_once(client: Browser, cast: Cast) -> None:
    client.as_staff(cast, cast.administrator)
    form = {"name": "Nora New", "email": "nora@example.org", "roles": "monitor"}
    page = client.post("/staff/study/people", data=form).text
    code = re.search(r'class="code">([^<]+)<', page)

    assert code is not None
    assert code[1] not in client.get("/staff/study/people").text
    assert (
        client.post(
            "/staff/sign-in", data={"email": "nora@example.org", "password": code[1]}
        ).status_code
        == 303
    )


def test_only_an_administrator_sees_how_the_system_is(
    desk: Browser, client: Browser, cast: Cast
) -> None:
    assert "How the system is" not in desk.get("/staff/settings").text

    page = client.as_staff(cast, cast.administrator).get("/staff/settings").text
    for part in ("Worker", "Backup", "SQLite 3.", "Audit trail"):
        assert part in page


def test_a_study_is_added_and_looked_at(client: Browser, cast: Cast) -> None:
    client.as_staff(cast, cast.administrator)
    form = {"code": "new-1", "title": "A new study", "protocol": "alliance-core"}
    assert client.post("/staff/study/new", data={**form, "protocol": "none"}).status_code == 422
    assert client.post("/staff/study/new", data=form).status_code == 303

    found = staff.studies_of(cast.context.db, cast.administrator.id)
    new = next(row for row in found if row["code"] == "NEW-1")
    client.post("/staff/look-at", data={"study": new["id"]})
    assert "Nobody is enrolled yet." in client.get("/staff/participants").text
