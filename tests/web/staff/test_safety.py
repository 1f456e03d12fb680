"""What staff see of answers that need a person, and who is on duty."""

from __future__ import annotations

import pytest

from server.store import studies
from tests.actions.test_raise_alerts import calls, check, yes
from tests.cast import TESTER, Cast
from tests.conftest import Browser

REACH = {
    "team_name": "The team", "team_phone": "+49 30 1", "team_hours": "always",
    "label-0": "Night line", "phone-0": "+49 800 1",
    "duty_name": "New Duty", "duty_email": "new@example.org", "duty_phone": "+49 30 99999",
}  # fmt: skip


def test_today_begins_with_what_is_urgent(cast: Cast, client: Browser):
    cast.send(cast.ada, check(cast, harm=yes(), call_me=yes()))
    text = client.as_staff(cast, cast.coordinator).get("/staff/").text
    assert "A safety answer, urgent" in text
    assert "thoughts of death or of self-harm" in text
    assert text.index("A safety answer, urgent") < text.index("Asks to be called, today")
    assert text.index('<h2 id="needs">') == text.index("<h2 id=")


def test_a_call_that_cannot_leave_stands_on_today(
    cast: Cast, client: Browser, monkeypatch: pytest.MonkeyPatch
):
    from server.channels.nowhere import Nowhere
    from tests.actions.sending import run

    cast.send(cast.ada, check(cast, harm=yes()))
    monkeypatch.setattr(cast.context.channel, "send", Nowhere().send)
    run(cast.context)
    assert calls(cast)[0]["state"] == "due"
    text = client.as_staff(cast, cast.coordinator).get("/staff/").text
    assert "ATTUNE_SMTP is not set" in text


def test_settling_wants_a_word_and_ends_it(cast: Cast, client: Browser):
    cast.send(cast.ada, check(cast, harm=yes()))
    alert = cast.context.db.value("SELECT id FROM alerts WHERE kind = 'safety'")
    staff = client.as_staff(cast, cast.coordinator)
    assert staff.post(f"/staff/alerts/{alert}/settle", data={"note": " "}).status_code == 422
    assert "A safety answer" in staff.get("/staff/").text
    staff.post(f"/staff/alerts/{alert}/settle", data={"note": "called, is safe"})
    assert "A safety answer" not in staff.get("/staff/").text
    row = cast.context.db.one("SELECT settled_by FROM alerts WHERE id = ?", [alert])
    assert row == {"settled_by": f"staff:{cast.coordinator.id}"}


def test_who_is_on_duty_is_changed_beside_how_participants_reach_help(cast: Cast, client: Browser):
    staff = client.as_staff(cast, cast.coordinator)
    assert "duty@example.org" in staff.get("/staff/study").text
    assert staff.post("/staff/study/help", data=REACH).status_code == 303
    assert "new@example.org" in staff.get("/staff/study").text
    assert studies.one(cast.context.db, cast.study_id)["duty_name"] == "New Duty"
    wrong = staff.post("/staff/study/help", data={**REACH, "duty_email": "nowhere"})
    assert wrong.status_code == 422
    half = staff.post("/staff/study/help", data={**REACH, "duty_phone": ""})
    assert half.status_code == 422


def test_a_live_study_that_asks_about_safety_is_never_without_one(cast: Cast, client: Browser):
    with cast.context.write(TESTER, "live, with the full set") as tx:
        studies.change(tx, cast.study_id, {"synthetic": 0, "protocol_version": "1.1.0"})
    nobody = {name: "" for name in REACH if name.startswith("duty")}
    told = client.as_staff(cast, cast.coordinator).post("/staff/study/help", data=REACH | nobody)
    assert told.status_code == 422
    assert "Safety check" in told.text


def test_the_study_chooses_where_sources_disagree(cast: Cast, client: Browser):
    with cast.context.write(TESTER, "the full set") as tx:
        studies.change(tx, cast.study_id, {"protocol_version": "1.1.0"})
    staff = client.as_staff(cast, cast.coordinator)
    assert "contradicts itself" in staff.get("/staff/study").text
    given = {"instrument": "whoqol-bref", "choice-missing_rule": "syntax"}
    assert staff.post("/staff/study/scoring", data=given).status_code == 303
    assert studies.one(cast.context.db, cast.study_id)["scoring"]["whoqol-bref"] == {
        "missing_rule": "syntax"
    }
    given["choice-missing_rule"] = "both"
    assert staff.post("/staff/study/scoring", data=given).status_code == 400


def test_staff_enter_the_event_and_never_read_it_back(cast: Cast, client: Browser):
    staff = client.as_staff(cast, cast.coordinator)
    place = f"/staff/participants/{cast.ada.id}/event"
    assert "An event is known already" in staff.get(place).text
    assert staff.post(place, data={"words": "the blue door", "when": ""}).status_code == 303
    for page in (place, f"/staff/participants/{cast.ada.id}"):
        assert "the blue door" not in staff.get(page).text
    assert staff.post(place, data={"words": ""}).status_code == 422
