"""Every form that we ship, held to the same table: where it comes from, whose it is, what it says."""

from __future__ import annotations

import re
from itertools import product

import pytest

from server.catalog.reach import OVER_ITEMS, reach
from server.domain.instrument import Instrument, Score, Wording
from tests.domain.sitting import CATALOG, NEWEST, built, scored

FORMS = pytest.mark.parametrize("instrument", NEWEST, ids=lambda each: each.id)

# The rest of the field's facts; docs/instruments.md says what is missing.
NOT_SHIPPED = {"wai-36", "wai-s", "wai-36-t", "wai-s-t", "wai-sr-t", "5d-asc"}

# Ranges as their papers print them: no more than what the answers allow, and no less.
PAPERS = {
    ("wai-sr", "total"): (12, 60),
    ("ies-r", "total"): (0, 88),
    ("pcl-5", "total"): (0, 80),
    ("caps-5", "total"): (0, 80),
    ("caps-iv", "total"): (0, 136),
    ("phq-9", "total"): (0, 27),
    ("gad-7", "total"): (0, 21),
    ("qids-sr16", "total"): (0, 27),
    ("grid-hamd-17", "total"): (0, 52),
    ("bdi-ii", "total"): (0, 63),
    ("madrs", "total"): (0, 60),
    ("whoqol-bref", "physical_4_20"): (4, 20),
    ("whoqol-bref", "physical"): (0, 100),
    ("who-5", "raw"): (0, 25),
    ("who-5", "percent"): (0, 100),
    ("rand-36", "pain"): (0, 100),
    ("promis-gh", "physical_raw"): (4, 20),
    ("promis-gh", "physical_t"): (16.2, 67.7),
    ("eq-5d-5l", "vas"): (0, 100),
    ("q-les-q-sf", "total"): (14, 70),
    ("meq30", "total"): (0, 5),
    ("piq-23", "total"): (0, 5),
    ("piq-28", "total"): (0, 5),
    ("ebi", "mean"): (0, 100),
    ("ceq", "total"): (0, 5),
    ("11d-asc", "unity"): (0, 100),
}

COUNTS = {
    "wai-sr": 12, "ies-r": 22, "pcl-5": 20, "phq-9": 9, "gad-7": 7, "qids-sr16": 16, "whoqol-bref": 26,
    "who-5": 5, "rand-36": 36, "promis-gh": 10, "eq-5d-5l": 6, "q-les-q-sf": 16, "meq30": 30, "piq-23": 23,
    "piq-28": 28, "ebi": 6, "ceq": 26, "11d-asc": 42,
}  # fmt: skip


def every_score() -> list[tuple[Instrument, Score]]:
    return [(each, score) for each in NEWEST for score in each.scores]


@FORMS
def test_it_says_what_it_is_for_whose_it_is_and_where_it_comes_from(instrument: Instrument):
    assert instrument.purpose
    assert instrument.sources
    assert instrument.licence.holder
    assert instrument.minutes >= 1
    assert instrument.recall
    assert instrument.licence.status == "own" or instrument.licence.note


@FORMS
def test_every_question_has_a_topic_for_staff(instrument: Instrument):
    for item in instrument.questions:
        assert item.topic, item.id


@FORMS
def test_its_english_is_complete_and_honest_about_what_it_is(instrument: Instrument):
    wording = CATALOG.wording(instrument.id, "en")
    assert wording.items.keys() == {item.id for item in instrument.items}
    assert wording.title
    assert wording.introduction
    for item in instrument.questions:
        if item.options:
            assert wording.options[item.options].keys() == set(instrument.codes(item))
    expected = "own" if instrument.licence.status == "own" else "placeholder"
    assert wording.status == expected


@pytest.mark.parametrize(("instrument", "score"), every_score(), ids=lambda each: each.id)
def test_a_scores_range_is_what_its_answers_reach(instrument: Instrument, score: Score):
    above = {each.id: each for each in instrument.scores}
    found = reach(instrument, score, above)
    assert found is not None
    assert (score.minimum, score.maximum) == pytest.approx(found, abs=1e-6)
    assert score.higher_is


@pytest.mark.parametrize(("instrument", "score"), every_score(), ids=lambda each: each.id)
def test_a_band_names_its_source_and_how_well_it_was_checked(instrument: Instrument, score: Score):
    for band in score.bands:
        assert band.source
        assert "evidence" in band.model_fields_set, f"{instrument.id} {score.id} {band.label}"
    if score.missing.rule == "authors" and score.method in OVER_ITEMS:
        assert score.missing.source, f"{instrument.id} {score.id}: where does the rule stand?"


@FORMS
def test_its_headline_says_how_change_is_to_be_read(instrument: Instrument):
    for rule in instrument.change.values():
        for part in (rule.reliability, *rule.published):
            assert part is None or "evidence" in part.model_fields_set
    if instrument.headline:
        assert (instrument.headline.id in instrument.change) != bool(instrument.stands_alone)


def test_ranges_are_the_papers():
    for (name, score), ends in PAPERS.items():
        found = CATALOG.instrument(name).score(score)
        assert (found.minimum, found.maximum) == ends, name


def test_questions_are_as_many_as_in_the_papers():
    counted = {name: len(CATALOG.instrument(name).questions) for name in COUNTS}
    assert counted == COUNTS


def test_what_could_not_be_verified_is_not_shipped():
    assert not NOT_SHIPPED & {each.id for each in NEWEST}


@FORMS
def test_open_answers_of_participants_are_hidden_from_those_who_guide(instrument: Instrument):
    words = any(item.kind == "text" for item in instrument.questions)
    if instrument.respondent == "participant" and words and instrument.id != "practice":
        assert set(instrument.visibility.hidden_from) == {"rated facilitator", "co-facilitator"}
        told = CATALOG.wording(instrument.id, "en").introduction
        assert "study team reads" in told
        assert "do not see it" in told


@FORMS
def test_a_participants_form_says_who_reads_it(instrument: Instrument):
    introduction = CATALOG.wording(instrument.id, "en").introduction
    if instrument.respondent == "participant":
        assert re.search(r"study team|Nobody reads", introduction)


@FORMS
def test_a_form_that_watches_tells_whom_to_call_now(instrument: Instrument):
    if instrument.safety and instrument.respondent == "participant":
        assert "help page says whom to call" in CATALOG.wording(instrument.id, "en").introduction


def test_checklists_have_an_answer_for_what_was_not_done():
    events = CATALOG.instrument("adverse-events")
    expected = [item for item in events.questions if item.kind == "choice"]
    assert len(expected) >= 12
    assert all(item.required and -1 in events.codes(item) for item in expected)
    assert CATALOG.wording("adverse-events", "en").options["severity"][-1] == "Not asked"


# Runs of words of the published sentences would be their holders', not ours. These are short pieces of
# well-known ones, for what a tired hand might type from memory.
_KNOWN = (
    "little interest or pleasure", "feeling down", "better off dead", "nervous, anxious", "not at all",
    "more than half the days", "nearly every day", "cheerful and in good spirits", "trouble falling",
    "how satisfied are you", "any reminder brought back", "as a result of these sessions", "quite a bit",
)  # fmt: skip


@pytest.mark.parametrize("wording", CATALOG.wordings, ids=lambda each: each.id)
def test_placeholders_are_not_the_published_sentences(wording: Wording):
    if wording.status != "placeholder":
        return
    texts = [wording.title, wording.introduction]
    for item in wording.items.values():
        texts += [item.text, item.hint, item.low, item.high]
    for labels in wording.options.values():
        texts += labels.values()
    for text in texts:
        assert not any(known in text.lower() for known in _KNOWN), text


def test_the_bounds_are_found_by_trying_every_answer():
    # The check that refuses a wrong range is itself held to all answers there are.
    text = """\
options:
  how: {values: [1, 2, 4]}
recodes:
  odd: {1: 5, 2: -3, 4: 0}
items:
  - {id: a, kind: choice, options: how, reversed: true}
  - {id: b, kind: choice, options: how, recode: odd}
  - {id: c, kind: number, minimum: -2, maximum: 1, step: 1}
scores:
  - {id: s, label: S, method: sum, items: [a, b, c], minimum: -4, maximum: 10, higher_is: more}
  - {id: m, label: M, method: mean, items: [a, b], factor: -2, minimum: -9, maximum: 2, higher_is: less}
  - {id: t, label: T, method: max_of, items: [a, c], minimum: 1, maximum: 4, higher_is: more, headline: true}
"""
    instrument = built(text)
    tried = [scored(instrument, each) for each in product([1, 2, 4], [1, 2, 4], [-2, -1, 0, 1])]
    for score in instrument.scores:
        values = [each[score.id].value or 0 for each in tried]
        assert (min(values), max(values)) == (score.minimum, score.maximum)
