"""Staff fill in forms on screen: mistakes at their place, a look over, saved with a name beside it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

from server.catalog.catalog import Catalog
from server.store import alerts, assessments, responses
from server.store.database import Row
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser
from tests.desk import let_rate, with_staff_forms
from tests.web.staff.reading import said


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    return with_staff_forms(catalog)


@pytest.fixture
def rating(client: Browser, cast: Cast) -> Browser:
    """The rater's browser; they rate Ada and not Ben."""
    let_rate(cast, cast.ada)
    return client.as_staff(cast, cast.rater)


def page(cast: Cast, definition: str, what: str = "") -> str:
    return f"/staff/assessments/{cast.assessment(cast.ada, definition)}{what}"


def begin(client: Browser, path: str) -> dict[str, str]:
    """Open a form and return what its page carries unseen."""
    text = client.get(path).text
    found = re.findall(r'<input[^>]* name="(the-[a-z]+)"[^>]* value="([^"]*)"', text)
    assert found
    return dict(found)


def answer_of(cast: Cast, definition: str) -> Row:
    asked = assessments.one(cast.context.db, EVERYTHING, cast.assessment(cast.ada, definition))
    found = responses.one(cast.context.db, EVERYTHING, asked["response_id"] or "")
    assert found is not None
    return found


def test_a_rater_finds_what_is_theirs_under_today_and_fills_it_in(rating: Browser, cast: Cast):
    today = rating.get("/staff/").text
    assert page(cast, "severity", "/answer") in today
    assert "SYN-002" not in today

    form = begin(rating, page(cast, "severity", "/answer"))
    look = rating.post(page(cast, "severity", "/answer"), data={**form, "total": "23"})
    assert look.status_code == 200
    assert "Look it over, then save" in look.text
    with pytest.raises(AssertionError):
        answer_of(cast, "severity")  # looked over is not saved

    saved = rating.post(
        page(cast, "severity", "/answer"), data={**form, "total": "23", "to-do": "save"}
    )
    assert saved.status_code == 303
    shown = said(rating.get(page(cast, "severity")).text)
    assert "Saved." in shown
    assert "entered by Rae Rater" in shown
    read = said(rating.get(f"/staff/responses/{answer_of(cast, 'severity')['id']}").text)
    assert "entered by Rae Rater" in read
    assert "23" in read
    assert page(cast, "severity", "/answer") not in rating.get("/staff/").text


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({}, "Answer it, or tick that it was not done."),
        ({"total": "99"}, "from 0 to 52"),
        ({"total": "much"}, "from 0 to 52"),
        ({"total-not-done": "yes"}, "Say why it was not done."),
        ({"total": "9", "total-not-done": "yes", "why-not-done": "x"}, "Either answer it"),
    ],
)
def test_a_mistake_stands_at_its_question_and_nothing_is_saved(
    rating: Browser, cast: Cast, sent: dict[str, str], complaint: str
):
    form = begin(rating, page(cast, "severity", "/answer"))
    for does in ("review", "save"):
        answer = rating.post(
            page(cast, "severity", "/answer"), data={**form, **sent, "to-do": does}
        )
        assert answer.status_code == 422
        assert complaint in said(answer.text)
        assert form["the-response"] in answer.text  # the same form goes on
    assert assessments.one(
        cast.context.db, EVERYTHING, cast.assessment(cast.ada, "severity")
    )["response_id"] is None  # fmt: skip


def test_what_was_not_done_is_saved_with_its_reason(rating: Browser, cast: Cast):
    sent = {"total-not-done": "yes", "why-not-done": "interview broken off"}
    form = begin(rating, page(cast, "severity", "/answer"))
    look = rating.post(page(cast, "severity", "/answer"), data={**form, **sent})
    assert "not done interview broken off" in said(look.text)
    rating.post(page(cast, "severity", "/answer"), data={**form, **sent, "to-do": "save"})

    read = said(rating.get(f"/staff/responses/{answer_of(cast, 'severity')['id']}").text)
    assert "not done interview broken off" in read


def test_going_back_from_the_last_look_keeps_what_was_entered(rating: Browser, cast: Cast):
    form = begin(rating, page(cast, "severity", "/answer"))
    again = rating.post(
        page(cast, "severity", "/answer"), data={**form, "total": "17", "to-do": "change"}
    )
    assert again.status_code == 200
    assert 'value="17"' in again.text


def test_a_checklist_asks_why_once_for_all_that_was_not_asked(desk: Browser, cast: Cast):
    path = page(cast, "events", "/answer")
    form = begin(desk, path)
    items = [each.id for each in cast.context.catalog.instrument("adverse-events").questions[:-1]]
    sent = {**form, **dict.fromkeys(items, "0"), "headache": "-1", "nausea": "-1"}

    wrong = desk.post(path, data=sent)
    assert wrong.status_code == 422
    assert said(wrong.text).count("Say why it was not done.") == 2  # above, and at its field

    desk.post(path, data={**sent, "why-not-done": "was asleep", "to-do": "save"})
    told = responses.answers(cast.context.db, EVERYTHING, answer_of(cast, "events")["id"])
    reasons = {each["item"]: each["reason"] for each in told if each["reason"]}
    assert reasons == {"headache": "was asleep", "nausea": "was asleep"}


def test_a_form_of_somebody_else_says_whose_it_is(desk: Browser, client: Browser, cast: Cast):
    refused = desk.get(page(cast, "severity", "/answer"))
    assert refused.status_code == 409
    assert "A rater who is assigned" in refused.text
    guide = client.as_staff(cast, cast.rated)
    assert guide.get(page(cast, "events", "/answer")).status_code == 409
    assert guide.get(page(cast, "notes", "/answer")).status_code == 200


def test_a_paper_is_noted_kept_in_today_and_entered(desk: Browser, cast: Cast):
    path = page(cast, "wellbeing-baseline")
    assert desk.post(f"{path}/paper", data={"on": "2027-02-28"}).status_code == 303
    today = said(desk.get("/staff/").text)
    assert "Yours to fill in" in today
    assert "on paper, to be transcribed" in today

    form = begin(desk, f"{path}/transcribe")
    items = [each.id for each in cast.context.catalog.instrument("who-5").questions]
    sent = {**form, **dict.fromkeys(items, "3"), "paper-on": "2027-02-28", "to-do": "save"}
    assert desk.post(f"{path}/transcribe", data=sent).status_code == 303

    shown = said(desk.get(path).text)
    assert "answered on paper, transcribed" in shown
    assert "from paper, entered by Cora Coordinator" in shown
    read = said(desk.get(f"/staff/responses/{answer_of(cast, 'wellbeing-baseline')['id']}").text)
    assert "Filled in, as the paper says 28 Feb 2027 Entered" in read  # no time was written down
    one = said(desk.get(f"/staff/participants/{cast.ada.id}").text)
    assert "answered on paper, transcribed entered by Cora Coordinator" in one


def test_a_paper_needs_its_day_and_what_is_empty_there_stays_empty(desk: Browser, cast: Cast):
    path = page(cast, "wellbeing-baseline", "/transcribe")
    form = begin(desk, path)
    undated = desk.post(path, data=form)
    assert undated.status_code == 422
    assert "Give the day it was filled in." in said(undated.text)
    first = cast.context.catalog.instrument("who-5").questions[0].id
    desk.post(path, data={**form, "paper-on": "2027-02-27", first: "4", "to-do": "save"})

    told = responses.answers(
        cast.context.db, EVERYTHING, answer_of(cast, "wellbeing-baseline")["id"]
    )
    assert {each["state"] for each in told} == {"answered", "unanswered"}


def test_an_excuse_needs_a_reason_stands_beside_the_form_and_is_taken_back(
    desk: Browser, cast: Cast
):
    path = page(cast, "wellbeing-baseline")
    bare = desk.post(f"{path}/excuse", data={"reason": " "})
    assert bare.status_code == 422
    assert "Say why" in bare.text
    desk.post(f"{path}/excuse", data={"reason": "was in hospital"})
    one = said(desk.get(f"/staff/participants/{cast.ada.id}").text)
    assert "excused was in hospital" in one
    desk.post(f"{path}/excuse/withdraw")
    assert "excused was in hospital" not in said(
        desk.get(f"/staff/participants/{cast.ada.id}").text
    )


def test_the_export_tells_every_form_as_itself(desk: Browser, cast: Cast):
    context = cast.context
    desk.post(f"{page(cast, 'distress-baseline')}/excuse", data={"reason": "was in hospital"})
    desk.post(f"{page(cast, 'mood')}/paper", data={"on": "2027-02-28"})
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))

    text = desk.get("/staff/export/forms.csv").text
    rows = {row["definition"]: row for row in _rows(text) if row["participant"] == cast.ada.code}

    told = {name: (row["state"], row["in_words"], row["reason"]) for name, row in rows.items()}
    assert told["distress-baseline"] == ("excused", "excused", "was in hospital")
    assert told["mood"] == ("on-paper", "on paper, to be transcribed", "")
    assert rows["mood"]["on_day"] == date(2027, 2, 28).isoformat()
    assert told["wellbeing-baseline"][0] == "answered"
    assert (rows["wellbeing-baseline"]["source"], rows["severity"]["respondent"]) == (
        "participant", "rater",
    )  # fmt: skip
    exported = context.db.value("SELECT COUNT(*) FROM audit WHERE field = 'exported'")
    assert exported == 1


@pytest.mark.slow
def test_a25_a_blinded_rater_sees_no_outcome_no_alliance_no_alert_and_no_visit(
    rating: Browser, cast: Cast
):
    """Every page a rater can open, after everybody said everything: nothing of it is there."""
    for definition, about in (
        ("wellbeing-baseline", None), ("mood", None), ("alliance-prep", cast.rated),
    ):  # fmt: skip
        cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, definition, about)))
    with cast.context.write(cast.actor(cast.coordinator), "somebody is needed") as tx:
        alerts.add(tx, cast.study_id, cast.ada.id, "safety", "canary-alert")
    told = responses.of(cast.context.db, EVERYTHING, cast.ada.id)
    pages = [
        "/staff/", "/staff/participants", f"/staff/participants/{cast.ada.id}",
        *(f"/staff/assessments/{row['assessment_id']}" for row in told),
        *(f"/staff/responses/{row['id']}" for row in told),
        page(cast, "severity"), page(cast, "severity", "/answer"),
        "/staff/export/answers.csv", "/staff/export/forms.csv",
        f"/staff/participants/{cast.ada.id}/summary.pdf",
    ]  # fmt: skip
    canaries = {
        "Well-being", "Alliance", "WHO-5", "WAI-SR", "PHQ-9", "canary-alert", "Dosing",
        "Preparation", "Adverse events",
        *(row["id"] for row in told), *(row["assessment_id"] for row in told),
    }  # fmt: skip

    heard = {path: said(rating.get(path).text) for path in pages}

    assert "Severity by a rater" in heard[f"/staff/participants/{cast.ada.id}"]
    found = [(path, each) for path, text in heard.items() for each in canaries if each in text]
    assert found == []
    for row in told:
        assert rating.get(f"/staff/assessments/{row['assessment_id']}").status_code == 404
        assert rating.get(f"/staff/responses/{row['id']}").status_code == 404


def test_another_raters_total_and_a_participant_of_others_are_not_there(
    rating: Browser, cast: Cast
):
    asked = cast.assessment(cast.ben, "severity")
    assert rating.get(f"/staff/assessments/{asked}").status_code == 404
    assert rating.get(f"/staff/assessments/{asked}/answer").status_code == 404
    assert rating.get(f"/staff/participants/{cast.ben.id}").status_code == 404


def test_a_rated_facilitator_learns_nothing_of_a_begun_or_excused_alliance_form(
    desk: Browser, client: Browser, cast: Cast
):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    phone = client.application.test_client()
    phone.set_cookie("__Host-device", cast.ada.token, domain="localhost", secure=True)
    told = phone.put(
        "/api/begun", json={"begun": {asked: "2027-03-01T08:00:00Z"}},
        base_url="http://localhost:8000",
    )  # fmt: skip
    assert told.status_code == 200
    desk.post(f"/staff/assessments/{asked}/excuse", data={"reason": "canary-reason"})
    assert "begun on the phone" in desk.get(f"/staff/assessments/{asked}").text

    guide = client.as_staff(cast, cast.rated)
    assert guide.get(f"/staff/assessments/{asked}").status_code == 404
    for path in ("/staff/", f"/staff/participants/{cast.ada.id}", "/staff/export/forms.csv"):
        text = guide.get(path).text
        assert "canary-reason" not in text
        assert asked not in text
        assert "begun" not in said(text).replace("begun,", "")


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
