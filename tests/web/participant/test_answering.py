"""A form without any script: saved, asked about once, moved, sent by the same door as the phone's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from server.clock import FixedClock
from server.domain.instrument import Instrument, Item, Licence, OptionSet
from server.store import assessments, devices, drafts, responses
from server.web.participant.answer_form import form_of
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser


def _hidden(page: str) -> dict[str, str]:
    return dict(
        re.findall(
            r'name="(the-response|the-beginning|asked-once)" type="hidden" value="([^"]*)"', page
        )
    )


def _stored(cast: Cast, assessment: str) -> dict[str, tuple[str, object]]:
    row = assessments.one(cast.context.db, EVERYTHING, assessment)
    found = responses.answers(cast.context.db, EVERYTHING, row["response_id"])
    return {each["item"]: (each["state"], each["value"]) for each in found}


@pytest.fixture
def who5(cast: Cast) -> str:
    return cast.assessment(cast.ada, "wellbeing-baseline")


def test_answers_are_stored_as_they_were_given(client: Browser, cast: Cast, who5: str):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    assert "checked" not in page
    data = _hidden(page) | {f"who0{n}": str(n) for n in range(1, 6)} | {"to-do": "send"}
    answer = client.post(f"/a/{who5}", data=data)
    assert (answer.status_code, answer.location) == (303, f"/done/{who5}")
    assert _stored(cast, who5) == {f"who0{n}": ("answered", n) for n in range(1, 6)}
    assert "Sent. We have it." in client.get(answer.location).text


def test_what_is_left_empty_is_asked_about_once_and_told_apart(
    client: Browser, cast: Cast, who5: str
):
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text) | {"who01": "5"}
    asked = client.post(f"/a/{who5}", data=data)
    assert asked.status_code == 200
    assert "You left this one empty. That is fine." in asked.text
    assert 'value="5" checked' in asked.text
    again = data | _hidden(asked.text) | {"who02-left": "yes"}
    assert client.post(f"/a/{who5}", data=again).status_code == 303
    stored = _stored(cast, who5)
    assert stored["who01"] == ("answered", 5)
    assert stored["who02"] == ("skipped", None)
    assert stored["who03"] == ("unanswered", None)


def test_saved_it_waits_here_with_its_answers(client: Browser, cast: Cast, who5: str):
    first = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text)
    saved = client.post(f"/a/{who5}", data=first | {"who03": "4", "to-do": "save"})
    assert (saved.status_code, saved.location) == (303, "/today")
    assert "begun" in client.get("/today").text
    page = client.get(f"/a/{who5}").text
    assert re.search(r'name="who03" value="4" checked', page)
    assert _hidden(page)["the-response"] == first["the-response"]
    assert responses.of(cast.context.db, EVERYTHING, cast.ada.id) == []


def test_once_sent_nothing_of_it_stays_behind(client: Browser, cast: Cast, who5: str):
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text) | {"who03": "4"}
    client.post(f"/a/{who5}", data=data | {"to-do": "save"})
    client.post(f"/a/{who5}", data=data | {"to-do": "send", "asked-once": "yes"})
    assert drafts.one(cast.context.db, cast.ada.device, who5) is None
    assert client.get(f"/a/{who5}").location == f"/done/{who5}"


def test_sent_twice_it_is_stored_once(client: Browser, cast: Cast, who5: str):
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text) | {"asked-once": "yes"}
    assert client.post(f"/a/{who5}", data=data).status_code == 303
    assert client.post(f"/a/{who5}", data=data).status_code == 303
    assert len(responses.of(cast.context.db, EVERYTHING, cast.ada.id)) == 1


def test_a_code_that_the_form_does_not_offer_is_refused_beside_its_question(
    client: Browser, cast: Cast, who5: str
):
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text)
    answer = client.post(f"/a/{who5}", data=data | {"who01": "17", "who02": "3"})
    assert answer.status_code == 422
    assert 'id="q-who01-error"' in answer.text
    assert 'href="#q-who01"' in answer.text
    assert re.search(r'name="who02" value="3" checked', answer.text), "nothing else is lost"


def test_the_guide_is_named_on_every_question_and_the_other_one_is_a_press_away(
    client: Browser, cast: Cast
):
    about_robin = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    about_sam = cast.assessment(cast.ada, "alliance-prep", cast.second)
    page = client.as_phone(cast.ada).get(f"/a/{about_robin}").text
    assert page.count('<span class="whose">About Robin') == 12
    assert "about Robin</title>" in page
    moved = client.post(
        f"/a/{about_robin}",
        data=_hidden(page) | {"wai01": "4", "to-do": f"move {about_sam}"},
    )
    assert moved.location == f"/a/{about_sam}"
    there = client.get(moved.location).text
    assert "About Sam" in there
    assert re.search(r'name="wai01" value="4" checked', there)
    assert drafts.one(cast.context.db, cast.ada.device, about_robin) is None


def test_after_sending_too(client: Browser, cast: Cast):
    about_robin = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    about_sam = cast.assessment(cast.ada, "alliance-prep", cast.second)
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{about_robin}").text)
    client.post(f"/a/{about_robin}", data=data | {"wai01": "4", "asked-once": "yes"})
    page = client.get(f"/done/{about_robin}").text
    assert "I meant Sam" in page
    assert "Your guides never see these answers." in page
    mended = client.post(f"/done/{about_robin}/about", data={"other": cast.second.id})
    assert mended.location == f"/done/{about_sam}"
    assert _stored(cast, about_sam)["wai01"] == ("answered", 4)
    again = assessments.one(cast.context.db, EVERYTHING, about_robin)
    assert again["response_id"] is None


def test_a_form_that_is_not_open_says_so_and_takes_late_answers_all_the_same(
    client: Browser, cast: Cast, who5: str, clock: FixedClock
):
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text) | {"asked-once": "yes"}
    row = assessments.one(cast.context.db, EVERYTHING, who5)
    clock.at = clock.at.replace(month=12)
    assert row["closes_at"] < "2027-12"
    assert "Not open now" in client.get(f"/a/{who5}").text
    client.post(f"/a/{who5}", data=data)
    assert cast.context.db.value("SELECT count(*) FROM envelopes") == 1


def test_the_practice_form_goes_the_whole_way_and_leaves_nothing(client: Browser, cast: Cast):
    page = client.as_phone(cast.ada).get("/practice").text
    data = _hidden(page) | {"weather": "2", "asked-once": "yes"}
    assert client.post("/practice", data=data).status_code == 303
    row = devices.one(cast.context.db, cast.ada.device.id)
    assert row is not None
    assert row["practised_at"] is not None
    assert responses.of(cast.context.db, EVERYTHING, cast.ada.id) == []


def test_an_id_that_is_none_is_refused(client: Browser, cast: Cast, who5: str):
    client.as_phone(cast.ada)
    bad = client.post(f"/a/{who5}", data={"the-response": "../x", "asked-once": "yes"})
    assert bad.status_code == 422


WAYS = ["/a/{}", "/done/{}"]


@pytest.mark.parametrize("way", WAYS)
def test_nobody_elses_form_is_there(client: Browser, cast: Cast, who5: str, way: str):
    assert client.get(way.format(who5)).status_code == 401
    assert client.as_phone(cast.ben).get(way.format(who5)).status_code == 404
    assert client.post(f"/a/{who5}", data={}).status_code == 404


@pytest.mark.parametrize("way", [*WAYS, "/today", "/practice"])
def test_staff_do_not_answer_for_participants(client: Browser, cast: Cast, who5: str, way: str):
    assert client.as_staff(cast, cast.rated).get(way.format(who5)).status_code == 401


KINDS = {
    "hours": Item(id="hours", kind="number", minimum=0, maximum=24, step=0.5),
    "line": Item(id="line", kind="scale", minimum=0, maximum=100, step=1),
    "day": Item(id="day", kind="date"),
    "several": Item(id="several", kind="multi-choice", options="few"),
    "yes": Item(id="yes", kind="yes-no"),
    "said": Item(id="said", kind="text"),
}
SOUND = {"hours": "7,5", "line": "0", "day": "2027-02-28", "yes": "0", "said": " a word "}


Entering = Callable[[dict[str, object]], tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture
def every_kind(app: Flask) -> Entering:
    instrument = Instrument(
        id="every-kind", version="1.0.0", title="t", short_title="t", respondent="participant",
        recall="none", minutes=1, options={"few": OptionSet(values=(1, 2))},
        items=tuple(KINDS.values()), licence=Licence(status="own", holder="us"),
    )  # fmt: skip

    def enter(data: dict[str, object]) -> tuple[dict[str, Any], dict[str, Any]]:
        with app.test_request_context(
            "/a/x", method="POST", data=data, base_url="http://localhost:8000"
        ):
            form = form_of(instrument, {})
            form.validate_on_submit()
            return form.raw(), form.errors

    return enter


def test_every_kind_is_read_as_the_phone_would_send_it(every_kind: Entering):
    kept, errors = every_kind(SOUND | {"several": ["2", "1"], "line-left": "yes"})
    assert errors == {}
    assert {name: answer.get("value") for name, answer in kept.items()} == {
        "hours": 7.5, "line": 0, "day": "2027-02-28", "several": [2, 1], "yes": 0, "said": " a word ",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"hours": "25"}, {"hours": "7.3"}, {"hours": "nan"}, {"hours": "1e999"}, {"line": "many"},
     {"day": "2027-02-30"}, {"several": ["3"]}, {"yes": "2"}, {"said": "x" * 20_001}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_stored_is_told_and_the_rest_is_kept(
    every_kind: Entering, wrong: dict[str, object]
):
    kept, errors = every_kind(SOUND | wrong)
    assert len(errors) == 1
    assert set(kept) == set(KINDS) - set(wrong)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"who01": "17"}, "Choose one of these answers"),
        ({"who01": "NaN"}, "Choose one of these answers"),
        ({"who01": ["3", "4"]}, "Choose one of these answers"),
    ],
    ids=str,
)
def test_each_mistake_is_told_at_its_item(
    client: Browser, cast: Cast, who5: str, wrong: dict[str, Any], told: str
):
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text) | {"asked-once": "yes"}
    answer = client.post(f"/a/{who5}", data=data | wrong)
    assert answer.status_code == 422
    assert re.search(rf'id="q-who01-error">.*?{told}', answer.text, re.DOTALL)
    assert cast.context.db.value("SELECT count(*) FROM envelopes") == 0


def test_a_megabyte_of_text_is_told_at_its_item_and_still_there(client: Browser, cast: Cast):
    data = _hidden(client.as_phone(cast.ada).get("/practice").text) | {"asked-once": "yes"}
    answer = client.post("/practice", data=data | {"words": "ä" * 500_000})
    assert answer.status_code == 422
    assert re.search(
        r'id="q-words-error">.*?Shorten it to 20,000 characters', answer.text, re.DOTALL
    )
    assert "ä" * 500_000 in answer.text, "nothing is lost"


def test_line_ends_are_those_that_a_phone_sends(client: Browser, cast: Cast):
    data = _hidden(client.as_phone(cast.ada).get("/practice").text) | {"asked-once": "yes"}
    # A browser ends lines with two signs where the phone's script counts one.
    answer = client.post("/practice", data=data | {"words": "a\r\n" * 9_999})
    assert answer.status_code == 303


def test_an_item_that_no_form_asks_stops_the_page_and_nothing_is_sent(
    client: Browser, cast: Cast, who5: str
):
    data = _hidden(client.as_phone(cast.ada).get(f"/a/{who5}").text) | {"asked-once": "yes"}
    answer = client.post(f"/a/{who5}", data=data | {"who01": "3", "who99": "3"})
    assert answer.status_code == 422
    assert "This form has changed since you opened it" in answer.text
    assert re.search(r'name="who01" value="3" checked', answer.text)
    assert cast.context.db.value("SELECT count(*) FROM envelopes") == 0


def test_the_first_button_sends_for_a_press_on_enter_means_it(client: Browser, cast: Cast):
    about_robin = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    page = client.as_phone(cast.ada).get(f"/a/{about_robin}").text
    assert re.findall(r'name="to-do" value="(\w+)', page)[0] == "send"
