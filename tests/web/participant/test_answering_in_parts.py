"""A form whose questions hang on each other, without any script: part by part, then a last look."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from server.catalog.catalog import Catalog
from server.catalog.load import load
from server.clock import FixedClock
from server.config import ROOT
from server.store import assessments, drafts, responses
from tests.branching import branching
from tests.cast import EVERYTHING, Cast
from tests.conftest import Browser


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return branching(load(ROOT / "forms", ROOT / "schedules"))


@pytest.fixture
def who5(cast: Cast) -> str:
    return cast.assessment(cast.ada, "wellbeing-baseline")


def _asked(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'data-item="(\w+)"', page)))


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(the-[a-z]+|asked-once)" type="hidden" value="([^"]*)"', page))


def _turn(client: Browser, who5: str, page: str, **given: str) -> str:
    """Answer what is on the page, press Next, and return the page that comes then."""
    answer = client.post(f"/a/{who5}", data=_hidden(page) | {"to-do": "next"} | given)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def test_each_part_shows_what_the_answers_before_it_brought_up(
    client: Browser, cast: Cast, who5: str
):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    assert _asked(page) == ["who01", "who02"]
    assert "2 to 5 questions" in page
    low = _turn(client, who5, page, who01="3", who02="1")
    assert _asked(low) == ["who03"]
    assert "Part 2 of" in low
    last = _turn(client, who5, low, who03="0")
    assert _asked(last) == ["who04"]
    review = _turn(client, who5, last, who04="2")
    assert "Look once more, then send" in review
    assert review.count("part=") == 4
    sent = client.post(f"/a/{who5}", data=_hidden(review) | {"to-do": "send"})
    assert sent.location == f"/done/{who5}"
    assert _stored(cast, who5) == {
        "who01": ("answered", 3), "who02": ("answered", 1), "who03": ("answered", 0),
        "who04": ("answered", 2), "who05": ("not-shown", None),
    }  # fmt: skip
    assert drafts.one(cast.context.db, cast.ada.device, who5) is None


def test_a_part_that_shows_nothing_is_passed_over(client: Browser, cast: Cast, who5: str):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    assert _asked(_turn(client, who5, page, who01="3", who02="5")) == ["who05"]


def test_whoever_goes_back_and_answers_otherwise_is_asked_what_that_brings_up(
    client: Browser, cast: Cast, who5: str
):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    low = _turn(client, who5, page, who01="3", who02="1")
    last = _turn(client, who5, low, who03="0")
    back = client.post(f"/a/{who5}", data=_hidden(last) | {"who04": "2", "to-do": "back"})
    assert back.location.endswith("part=2")
    first = client.get(f"/a/{who5}?part=1").text
    assert re.search(r'name="who02" value="1" checked', first)
    high = _turn(client, who5, first, who01="3", who02="5")
    assert _asked(high) == ["who05"], "the fourth is hidden, and what was said to it is kept"
    review = _turn(client, who5, high, who05="4")
    client.post(f"/a/{who5}", data=_hidden(review) | {"to-do": "send"})
    stored = _stored(cast, who5)
    assert (stored["who03"], stored["who05"]) == (("not-shown", None), ("answered", 4))
    row = responses.of(cast.context.db, EVERYTHING, cast.ada.id)[0]
    assert json.loads(row["process"])["aside"] == {"who03": 0, "who04": 2}


def test_nobody_sends_what_they_were_never_shown(client: Browser, cast: Cast, who5: str):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    _turn(client, who5, page, who01="3", who02="1")
    assert _asked(client.get(f"/a/{who5}?part=review").text) == ["who03"]
    early = client.post(f"/a/{who5}", data=_hidden(page) | {"the-part": "review", "to-do": "send"})
    assert early.status_code == 200
    assert _asked(early.text) == ["who03"]
    assert responses.of(cast.context.db, EVERYTHING, cast.ada.id) == []


@pytest.mark.parametrize("part", ["0", "9", "-1", "x", "3", "²"])
def test_an_address_of_a_part_that_there_is_not_leads_to_the_next_question(
    client: Browser, cast: Cast, who5: str, part: str
):
    assert _asked(client.as_phone(cast.ada).get(f"/a/{who5}?part={part}").text) == [
        "who01",
        "who02",
    ]


def test_what_is_left_empty_is_asked_about_once_in_each_part(
    client: Browser, cast: Cast, who5: str
):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    asked = client.post(f"/a/{who5}", data=_hidden(page) | {"who02": "1", "to-do": "next"}).text
    assert "You left this one empty" in asked
    again = _turn(client, who5, asked, who02="1", **{"who01-left": "yes"})
    assert _asked(again) == ["who03"]
    assert "You left this one empty" not in again


def test_whoever_comes_back_another_day_goes_on_where_they_stopped(
    client: Browser, cast: Cast, who5: str, clock: FixedClock
):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    low = _turn(client, who5, page, who01="3", who02="1")
    saved = client.post(f"/a/{who5}", data=_hidden(low) | {"to-do": "save"})
    assert saved.location == "/today"
    row = assessments.one(cast.context.db, EVERYTHING, who5)
    clock.at = clock.at.replace(month=12)
    assert row["closes_at"] < "2027-12"
    late = client.get(f"/a/{who5}")
    assert _asked(late.text) == ["who03"], "begun in time, it may be finished"


def test_a_form_that_changed_meanwhile_keeps_what_fits_and_loses_nothing(
    client: Browser, cast: Cast, who5: str, catalog: Catalog
):
    page = client.as_phone(cast.ada).get(f"/a/{who5}").text
    _turn(client, who5, page, who01="3", who02="1")
    _change(client, cast, catalog)
    changed = client.post(f"/a/{who5}", data=_hidden(page) | {"who02": "1", "to-do": "next"})
    assert changed.status_code == 422
    assert "This form has changed since you opened it" in changed.text
    assert re.search(r'name="who02" value="1" checked', changed.text)
    assert "who01" not in _asked(changed.text)
    draft = drafts.one(cast.context.db, cast.ada.device, who5)
    assert draft is not None
    assert draft["answers"]["who01"]["value"] == 3, "it stays beside what is asked now"


def _change(client: Browser, cast: Cast, catalog: Catalog) -> None:
    """Bring out a version of WHO-5 without its first statement."""
    old = catalog.instrument("who-5")
    items = tuple(item for item in old.items if item.id != "who01")
    new = old.model_copy(update={"version": "1.1.0", "items": items})
    new.__dict__.pop("questions", None)
    application = client.application
    holder = application.extensions["attune"]
    assert holder is not None
    application.extensions["attune"] = replace(
        cast.context,
        catalog=Catalog(
            (
                *catalog.instruments,
                type(old).model_validate(
                    new.model_dump(exclude={"items", "scores"}) | {"items": items, "change": {}}
                ),
            ),
            catalog.wordings,
            catalog.protocols,
        ),
    )


def _stored(cast: Cast, assessment: str) -> dict[str, tuple[str, object]]:
    row = assessments.one(cast.context.db, EVERYTHING, assessment)
    found = responses.answers(cast.context.db, EVERYTHING, row["response_id"])
    return {each["item"]: (each["state"], each["value"]) for each in found}
