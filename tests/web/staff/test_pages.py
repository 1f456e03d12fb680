"""What staff do in a day, page by page."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from server.actions.context import Context
from server.app import create_app
from server.channels.channel import Message
from server.channels.mailbox import MailboxChannel
from server.clock import FixedClock
from server.config import Config
from server.domain.people import Staff
from server.store import alerts, invitations, messages, responses, settings, staff, visits
from tests.cast import EVERYTHING, TESTER, Cast
from tests.conftest import Browser


@pytest.fixture
def desk(client: Browser, cast: Cast) -> Browser:
    """The coordinator's browser."""
    return client.as_staff(cast, cast.coordinator)


@pytest.fixture
def one(cast: Cast) -> str:
    """Ada's page."""
    return f"/staff/participants/{cast.ada.id}"


def _text(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


# ---------------------------------------------------------------- today


def test_today_groups_what_waits_under_each_participant(desk: Browser, cast: Cast) -> None:
    desk.post("/staff/participants/enrol", data=ENTRY)
    page = _text(desk.get("/staff/").text)

    assert "Overdue 2" in page
    assert "Due now 1" in page
    assert re.search(r"SYN-001 Well-being at baseline, Distress at baseline", page)
    assert "Alliance before dosing (Robin)" in page


def test_what_has_little_time_left_is_overdue_and_what_closed_is_missed(
    desk: Browser, cast: Cast, clock: FixedClock
) -> None:
    clock.move(timedelta(days=1, hours=18))
    late = _text(desk.as_staff(cast, cast.coordinator).get("/staff/").text)
    clock.move(timedelta(days=2))
    gone = _text(desk.as_staff(cast, cast.coordinator).get("/staff/").text)

    assert "Overdue 2" in late
    assert "Missed in the last seven days 2" in gone


def test_when_nobody_needs_anything_it_says_so_and_what_comes_next(
    client: Browser, cast: Cast, clock: FixedClock
) -> None:
    clock.move(timedelta(days=60))
    page = _text(client.as_staff(cast, cast.coordinator).get("/staff/").text)

    assert "Nobody needs you right now." in page


def test_an_alert_is_settled_with_a_word_that_is_kept(desk: Browser, cast: Cast) -> None:
    with cast.context.write(TESTER, "needed") as tx:
        alert = alerts.add(tx, cast.study_id, cast.ada.id, "call-me", "Please call this afternoon")
    assert "Please call this afternoon" in desk.get("/staff/").text

    empty = desk.post(f"/staff/alerts/{alert}/settle", data={"note": "  "})
    done = desk.post(f"/staff/alerts/{alert}/settle", data={"note": "called, all is well"})

    assert (empty.status_code, done.status_code) == (422, 303)
    assert "Please call this afternoon" not in desk.get("/staff/").text
    note = cast.context.db.value(
        "SELECT v.new_value FROM audit a JOIN audit_values v ON v.seq = a.seq"
        " WHERE a.table_name = 'alerts' AND a.field = 'note'"
    )
    assert note == '"called, all is well"'
    assert desk.post(f"/staff/alerts/{alert}/settle", data={"note": "again"}).status_code == 404


def test_a_message_that_did_not_arrive_stands_on_today(desk: Browser, cast: Cast) -> None:
    with cast.context.write(TESTER, "the other side refused") as tx:
        first = messages.of(tx.db, EVERYTHING, cast.ada.id)[0]
        tx.change("messages", first["id"], {"state": "failed", "error": "550 no such user"})

    assert "550 no such user" in desk.get("/staff/").text


# ---------------------------------------------------------------- participants


def test_the_list_is_searched_by_code(desk: Browser) -> None:
    page = desk.get("/staff/participants?code=syn-002").text

    assert "SYN-002" in page
    assert "SYN-001</a>" not in page
    assert "No code holds that." in desk.get("/staff/participants?code=zzz").text


ENTRY = {
    "code": "SYN-003", "enrolled_on": "2027-03-01", "arm": "immediate", "language": "en",
    "zone": "Europe/Berlin", "channel": "email", "name": "Synthetic", "email": "syn3@example.org",
    "phone": "",
}  # fmt: skip


def test_somebody_is_enrolled_and_their_page_opens(desk: Browser) -> None:
    response = desk.post("/staff/participants/enrol", data=ENTRY, follow_redirects=True)

    assert "<h1>SYN-003</h1>" in response.text
    assert "Well-being at baseline" in response.text
    assert "syn3@example.org" not in response.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": ""}, "Give a study code."),
        ({"code": "syn-001"}, "is taken in this study"),
        ({"email": "not an address"}, "aria-invalid"),
        ({"enrolled_on": "2031-01-01"}, "This day is still to come."),
        ({"zone": "Mars/Base"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_used_is_said_where_it_was_entered_and_nothing_is_lost(
    desk: Browser, cast: Cast, changes: dict[str, str], said: str
) -> None:
    before = cast.context.db.value("SELECT COUNT(*) FROM participants")
    response = desk.post("/staff/participants/enrol", data={**ENTRY, **changes})

    assert response.status_code == 422
    assert said in response.text
    assert 'value="Synthetic"' in response.text
    assert cast.context.db.value("SELECT COUNT(*) FROM participants") == before


def test_a_visit_that_moves_takes_its_forms_along_and_keeps_its_history(
    desk: Browser, cast: Cast, one: str
) -> None:
    dosing = next(
        row
        for row in visits.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["kind"] == "dosing"
    )
    form = {
        "kind": "dosing",
        "on": "2027-03-10",
        "at": "10:30",
        "status": "planned",
        "reason": "a cold",
    }

    response = desk.post(f"{one}/visits/{dosing['id']}", data=form, follow_redirects=True)

    page = _text(response.text)
    assert "10 Mar 2027, 10:30" in page
    assert "1 earlier entry 3 Mar 2027, 09:00 , planned" in page
    assert "a cold" in page
    assert re.search(
        r"Alliance before dosing, Robin Preparation 1 26 Feb 2027, 16:00 10 Mar 2027, 08:00", page
    )


def test_a_visit_is_changed_only_through_its_own_participant(desk: Browser, cast: Cast) -> None:
    theirs = visits.of(cast.context.db, EVERYTHING, cast.ben.id)[0]["id"]

    assert desk.get(f"/staff/participants/{cast.ada.id}/visits/{theirs}").status_code == 404


def test_a_second_visit_on_the_same_hour_is_said_not_to_be_stored(desk: Browser, one: str) -> None:
    form = {"kind": "preparation", "on": "2027-02-26", "at": "11:00", "status": "held"}
    response = desk.post(f"{one}/visits/new", data=form)

    assert response.status_code == 422
    assert "recorded already" in response.text


def test_a_facilitator_is_assigned_and_later_ended(desk: Browser, cast: Cast) -> None:
    ben = f"/staff/participants/{cast.ben.id}"
    form = {"staff_id": cast.rated.id, "shown_name": "Robin", "on": "2027-02-24"}
    assert "Robin" in desk.post(f"{ben}/facilitators", data=form, follow_redirects=True).text

    early = desk.post(f"{ben}/facilitators/{cast.rated.id}/end", data={"on": "2020-01-01"})
    ended = desk.post(
        f"{ben}/facilitators/{cast.rated.id}/end", data={"on": "2027-03-01"}, follow_redirects=True
    )

    assert early.status_code == 422
    assert "1 Mar 2027" in _text(ended.text)


def test_withdrawing_needs_a_second_mark_and_stops_everything(
    desk: Browser, cast: Cast, one: str
) -> None:
    unsure = desk.post(f"{one}/status", data={"status": "withdrawn"})
    sure = desk.post(
        f"{one}/status", data={"status": "withdrawn", "sure": "y"}, follow_redirects=True
    )

    assert unsure.status_code == 422
    assert "Tick this if the participant really withdraws." in unsure.text
    assert "withdrawn" in sure.text
    waiting = [
        row
        for row in messages.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["state"] == "due"
    ]
    assert waiting == []
    assert desk.post(f"{one}/phone", data={"kind": "clinic"}).status_code == 409


def test_zone_and_language_change_from_a_day_on(desk: Browser, one: str) -> None:
    form = {
        "zone": "Asia/Tokyo",
        "language": "en",
        "channel": "none",
        "on": "2027-03-05",
        "reason": "moved",
    }
    page = desk.post(f"{one}/change", data=form, follow_redirects=True).text

    assert "Asia/Tokyo" in page


def test_contact_data_are_changed_where_they_are_shown(desk: Browser, cast: Cast, one: str) -> None:
    form = {"name": "Synthetic", "email": "new@example.org", "phone": "+49 30 1"}
    assert desk.post(f"{one}/contact/change", data=form).status_code == 303
    assert 'value="new@example.org"' in desk.post(f"{one}/contact").text
    assert desk.post(f"{one}/contact/change", data={**form, "email": "no"}).status_code == 422


# ---------------------------------------------------------------- answers


def test_skipped_unanswered_and_not_shown_are_told_apart(desk: Browser, cast: Cast) -> None:
    """R20."""
    answers = cast.answers("who-5")
    items = list(answers)
    answers[items[0]] = {"state": "skipped"}
    answers[items[1]] = {"state": "not-shown"}
    del answers[items[2]]
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"), answers))
    response = responses.of(cast.context.db, EVERYTHING, cast.ada.id)[0]["id"]

    page = _text(desk.get(f"/staff/responses/{response}").text)

    assert page.count("skipped on purpose") == 1
    assert page.count("not shown") == 1
    assert page.count("left without an answer") == 1
    assert "not scored" in page
    rows = {row["name"]: row for row in _export(desk)}
    assert [rows[item]["state"] for item in items[:4]] == [
        "skipped",
        "not-shown",
        "unanswered",
        "answered",
    ]
    assert [rows[item]["value"] for item in items[:3]] == ["", "", ""]


def test_the_export_holds_codes_numbers_and_harmless_text(desk: Browser, cast: Cast) -> None:
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    rows = _export(desk)

    assert {row["participant"] for row in rows} == {"SYN-001"}
    assert {row["what"] for row in rows} == {"answer", "score"}
    assert all(row["value"] == "3" for row in rows if row["what"] == "answer")
    text = desk.get("/staff/export/answers.csv").text
    assert "Synthetic SYN" not in text
    assert "@" not in text


def test_an_export_is_noted_with_its_size(desk: Browser, cast: Cast) -> None:
    desk.get("/staff/export/answers.csv")
    row = cast.context.db.one("SELECT actor, reason FROM audit WHERE field = 'exported'")

    assert row == {"actor": f"staff:{cast.coordinator.id}", "reason": "Exported answers and scores"}


def _export(desk: Browser) -> list[dict[str, str]]:
    text = desk.get("/staff/export/answers.csv").text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_summary_opens_as_a_pdf_under_its_code(desk: Browser, cast: Cast, one: str) -> None:
    response = desk.get(f"{one}/summary.pdf")

    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"] == 'inline; filename="summary-SYN-001.pdf"'
    assert response.headers["Cache-Control"] == "no-store"


# ---------------------------------------------------------------- phones


def test_at_the_clinic_a_picture_and_a_code_for_ten_minutes(
    desk: Browser, cast: Cast, one: str
) -> None:
    page = desk.post(f"{one}/phone", data={"kind": "clinic"}).text

    assert "<svg" in page
    assert "for 10 minutes" in page
    code = re.search(r'class="code">([^<]+)<', page)
    assert code is not None
    assert len(code[1].replace(" ", "")) >= 8
    open_now = invitations.open_of(cast.context.db, cast.ada.id, "2027-03-01T09:05:00.000Z")
    assert [row["kind"] for row in open_now] == ["clinic"]


def test_at_home_a_link_and_a_code_and_no_picture(desk: Browser, one: str) -> None:
    page = desk.post(f"{one}/phone", data={"kind": "home"}).text

    assert "http://localhost:8000/join#t=" in page
    assert 'class="qr"' not in page
    assert desk.post(f"{one}/phone", data={"kind": "carrier pigeon"}).status_code == 422


def test_over_plain_http_no_picture_is_drawn_and_the_page_says_why(
    context: Context, config: Config, cast: Cast, one: str
) -> None:
    plain = replace(context, config=replace(config, url="http://forms.example.org"))
    application = create_app(context=plain)
    application.config["WTF_CSRF_ENABLED"] = False
    browser = application.test_client()
    browser.set_cookie("session", cast.session(cast.coordinator), domain="forms.example.org")

    page = browser.post(
        f"{one}/phone", data={"kind": "clinic"}, base_url="http://forms.example.org"
    ).text

    assert 'class="qr"' not in page
    assert "only over https" in page
    assert 'class="code"' in page


def test_a_phone_shows_its_three_ticks_and_can_be_disconnected(
    desk: Browser, cast: Cast, one: str
) -> None:
    before = _text(desk.get(one).text)
    assert "connected not practised yet not reminder confirmed yet" in before

    desk.post(f"{one}/devices/{cast.ada.device.id}/revoke")
    assert "disconnected" in _text(desk.get(one).text)


def test_a_test_reminder_is_put_in_line(desk: Browser, cast: Cast, one: str) -> None:
    assert desk.post(f"{one}/test-reminder").status_code == 303
    kinds = [row["kind"] for row in messages.of(cast.context.db, EVERYTHING, cast.ada.id)]
    assert "test" in kinds


# ---------------------------------------------------------------- study, forms, settings


def test_the_protocol_is_told_in_words(desk: Browser) -> None:
    page = _text(desk.get("/staff/study").text)

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
    page = _text(desk.get("/staff/forms").text)

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


# ---------------------------------------------------------------- the demo


def test_the_demos_clock_moves_and_comes_back(desk: Browser, cast: Cast) -> None:
    desk.post("/demo/clock", data={"step": "day"})
    desk.post("/demo/clock", data={"step": "week"})
    assert settings.clock_shift(cast.context.db) == timedelta(days=8)
    assert desk.post("/demo/clock", data={"step": "aeon"}).status_code == 422

    desk.post("/demo/clock", data={"step": "now"})
    assert settings.clock_shift(cast.context.db) == timedelta(0)
    reasons = cast.context.db.all(
        "SELECT reason FROM audit WHERE table_name = 'settings' AND actor LIKE 'staff:%'"
    )
    assert {row["reason"] for row in reasons} == {"Moved the demo's clock"}


def test_the_demos_mail_is_read_in_the_browser_as_text(
    client: Browser, config: Config, cast: Cast
) -> None:
    box = MailboxChannel(config.data / "mailbox", "forms@example.org", "localhost")
    box.send(
        Message("m-1", "ada@example.org", "A short form is ready for you", "Open <b>it</b> at home")
    )

    assert "A short form is ready for you" in client.get("/demo/mailbox").text
    assert "Open &lt;b&gt;it&lt;/b&gt; at home" in client.get("/demo/mailbox/m-1").text
    assert client.get("/demo/mailbox/m-2").status_code == 404


# ---------------------------------------------------------------- what goes wrong


def test_a_store_that_is_busy_says_that_nothing_was_changed(
    app: Flask, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.errors import BusyError
    from server.web.staff import today

    def busy(*_args: object) -> None:
        raise BusyError("The database is busy; nothing was changed. Try again in a moment.")

    monkeypatch.setattr(today, "_page", busy)
    response = desk.get("/staff/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert "nothing was changed" in response.text


def test_a_fault_of_ours_tells_nothing_of_the_inside(
    app: Flask, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.web.staff import today

    def broken(_viewer: Staff) -> None:
        raise RuntimeError("canary in the inside")

    monkeypatch.setattr(today, "_page", broken)
    app.testing = False
    response = desk.get("/staff/")

    assert response.status_code == 500
    assert "canary" not in response.text
    assert "Something went wrong" in response.text
