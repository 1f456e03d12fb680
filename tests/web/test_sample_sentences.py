"""A real study asks no sample sentences: nobody is enrolled, nothing opens, and staff see why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.actions.check_wordings import lines, waiting
from server.actions.context import Context
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.catalog import site
from server.config import ROOT, Config
from server.errors import BadInputError
from server.store import studies
from tests.cast import ENROLLED, Cast, make_live
from tests.conftest import Browser
from tests.licensed import license_all


@pytest.fixture
def real(cast: Cast) -> Cast:
    """The cast, in a study that is no demo's any more."""
    make_live(cast.context, cast.study_id)
    return cast


def _enrol(context: Context, cast: Cast, language: str) -> str:
    entry = Enrolment(
        "SYN-009", "Europe/Berlin", language, "immediate", "none", "", "", "", ENROLLED
    )
    return enrol_participant(context, cast.actor(cast.coordinator), cast.coordinator, entry)


def test_nobody_is_enrolled_before_every_form_has_its_wording(real: Cast):
    with pytest.raises(BadInputError) as refused:
        _enrol(real.context, real, "en")
    told = refused.value.places["language"]
    for instrument in ("wai-sr", "ies-r", "who-5"):
        assert f"./attune wording import {instrument} --lang en FILE" in told
    assert "followup-open" not in told, "our own sentences are no samples"


def test_with_all_wordings_loaded_somebody_is_enrolled(real: Cast, config: Config):
    license_all(real.context.catalog, config.site_wordings, "alliance-core")
    catalog = site.opened(ROOT / "forms", ROOT / "schedules", config.site_wordings)
    context = replace(real.context, catalog=catalog)
    assert waiting(context, studies.one(context.db, real.study_id)) == []
    assert _enrol(context, real, "en")


def test_a_licence_for_english_is_none_for_german(real: Cast, config: Config):
    license_all(real.context.catalog, config.site_wordings, "alliance-core")
    catalog = site.opened(ROOT / "forms", ROOT / "schedules", config.site_wordings)
    with pytest.raises(BadInputError) as refused:
        _enrol(replace(real.context, catalog=catalog), real, "de")
    assert "who-5 --lang de" in refused.value.places["language"]


def test_a_demo_asks_them_all_the_same(cast: Cast):
    assert _enrol(cast.context, cast, "en")
    assert lines(cast.context) == []


def test_the_phone_is_told_and_neither_page_opens(client: Browser, real: Cast):
    due = client.as_phone(real.ada).get("/api/list").get_json()["assessments"]
    assert due
    assert not any(each["openable"] for each in due if "own words" not in each["title"])
    for path in (f"/f/{due[0]['form']}.html", f"/a/{due[0]['id']}"):
        answer = client.get(path)
        assert answer.status_code == 423
        assert "nothing is lost" in answer.text
    today = client.get("/today").text
    assert "Not ready yet. Your study team still has to load it." in today
    assert "/a/" not in today


def test_what_was_answered_all_the_same_is_taken_in(real: Cast):
    assessment = real.assessment(real.ada, "wellbeing-baseline")
    real.send(real.ada, real.payload(assessment))
    row = real.context.db.one("SELECT response_id FROM assessments WHERE id = ?", [assessment])
    assert row is not None
    assert row["response_id"]


def test_the_practice_form_opens_everywhere(client: Browser, real: Cast):
    practice = client.as_phone(real.ada).get("/api/list").get_json()["practice"]["form"]
    assert client.get(f"/f/{practice}.html").status_code == 200


def test_staff_look_at_the_page_and_read_on_today_what_is_missing(client: Browser, real: Cast):
    due = client.as_phone(real.ada).get("/api/list").get_json()["assessments"]
    client.as_staff(real, real.coordinator)
    assert client.get(f"/f/{due[0]['form']}.html").status_code == 200
    today = client.get("/staff/").text
    assert "Cannot be opened: wording missing" in today
    assert "./attune wording import wai-sr --lang en FILE" in today
    assert "Wordings still to load" in client.get("/staff/study").text


def test_a_rated_guide_does_not_learn_from_it_what_is_asked_about_them(client: Browser, real: Cast):
    assert "wai-sr" not in client.as_staff(real, real.rated).get("/staff/").text


def test_the_terminal_names_study_form_and_command(real: Cast):
    told = lines(real.context)
    assert any("SYN-1" in line and "--lang en" in line for line in told)
