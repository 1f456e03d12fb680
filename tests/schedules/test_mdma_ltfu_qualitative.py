"""One year after: what people say in their own words and time, by hand or told to somebody, beside their scores."""

from __future__ import annotations

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from server.errors import BadInputError
from server.store import responses
from tests.schedules.founding import found_study
from tests.schedules.living import Person, Study
from tests.schedules.telling import SEES_ALL, assert_in_peace, assert_light

TREATED = "2026-05-10"


@pytest.fixture
def study(context: Context, clock: FixedClock) -> Study:
    return found_study(context, clock, "mdma-ltfu-qualitative")


def joined(study: Study) -> Person:
    """Joined on 1 March 2027, almost ten months after their last treatment visit."""
    person = study.enrol("2027-03-01", "everyone")
    person.held("treatment-end", TREATED)
    return person


def words(person: Person, definition: str) -> list[object]:
    """Return the words that were given, question by question."""
    (row,) = person.rows(definition)
    kept = responses.answers(person.study.context.db, SEES_ALL, row["response_id"])
    return [each["value"] for each in kept]


def test_whoever_writes_is_asked_first_for_words_and_a_week_later_for_scores(study: Study):
    ada = joined(study)
    ada.gives = {"words-year": {"changes": "I sing again.", "hard": "The autumn."}}
    ada.live_until("2027-07-20")
    assert ada.told("words-year", "wellbeing-year", "distress-year", "meanwhile-year") == [
        "words-year, treatment-end-1, 26 Apr to 28 Jun 2027: answered",
        "wellbeing-year, treatment-end-1, 3 May to 5 Jul 2027: answered",
        "distress-year, treatment-end-1, 3 May to 5 Jul 2027: answered",
        "meanwhile-year, treatment-end-1, 3 May to 5 Jul 2027: answered",
    ]
    assert ada.answered_on("words-year") == ["2027-04-26"]
    assert ada.answered_on("distress-year") == ["2027-05-03"]
    assert "told-year" not in ada.states(), "nobody was interviewed, and nobody misses it"
    assert words(ada, "words-year")[:3:2] == ["I sing again.", "The autumn."]
    assert_in_peace(ada)
    assert_light(ada)


def test_whoever_would_rather_talk_is_written_down_by_an_interviewer_whose_role_is_kept(
    study: Study,
):
    ben = joined(study)
    ben.live_until("2027-05-12", leaves=lambda row: row["definition"] == "words-year")
    ben.hold(ben.plan("interview", "2027-05-12"))
    assert "told-year, interview-1, 12 May to 26 May 2027: open" in ben.told("told-year")
    ben.staff_answers("Cora", "told-year", {"changes": "He laughs more, he says.", "way": 3})
    ben.excuse("words-year", "told it in the interview")
    assert ben.states()["words-year"] == {"excused": 1}
    (row,) = ben.rows("told-year")
    kept = responses.one(study.context.db, SEES_ALL, row["response_id"])
    assert kept is not None
    assert (kept["source"], kept["entered_by"]) == ("staff", study.team["Cora"].id)
    assert "He laughs more, he says." in words(ben, "told-year")


def test_nobody_is_hurried_and_what_comes_late_is_taken_in_and_marked(study: Study):
    kim = joined(study)
    kim.live_until("2027-07-02", leaves=lambda row: row["definition"] == "words-year")
    (row,) = kim.rows("words-year")
    assert kim.states()["words-year"] == {"unopened": 1}
    kim.answer(row)
    assert kim.states()["words-year"] == {"late": 1}
    about = [f"{each:%-d %b}" for each in kim.reminders() if each.month > 3]
    # Words: at opening, two weeks later, a week before closing. Scores were answered at once.
    assert about == ["26 Apr", "3 May", "10 May", "21 Jun"]


def test_whoever_stays_silent_is_counted_as_silent(study: Study):
    lou = joined(study)
    lou.live_until("2027-07-20", leaves=lambda _row: True)
    assert set(map(str, lou.states().values())) == {"{'unopened': 1}"}


def test_the_day_everything_is_counted_from_stays_put(study: Study):
    ada = joined(study)
    ada.live_days(1)
    (visit,) = (row for row in ada.visits() if row["kind"] == "treatment-end")
    with pytest.raises(BadInputError) as refused:
        ada.move(visit["id"], "2026-06-10")
    assert refused.value.places == {
        "on": "This date is fixed once set. Cancel the visit and enter it anew."
    }
