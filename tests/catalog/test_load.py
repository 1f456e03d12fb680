"""The catalogue: one edit to the shipped files at a time, and the line that tells what is wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.actions.check_definitions import check_definitions
from server.catalog.load import check, load
from server.config import ROOT
from server.errors import DefinitionError, NotFoundError
from tests.domain.synthetic import write_every_kind

WAI, IES, WHO = "forms/wai-sr/1.0.0.yaml", "forms/ies-r/1.0.0.yaml", "forms/who-5/1.0.0.yaml"
PCL, PHQ, MEQ = "forms/pcl-5/1.0.0.yaml", "forms/phq-9/1.0.0.yaml", "forms/meq30/1.0.0.yaml"
QOL, RAND = "forms/whoqol-bref/1.0.0.yaml", "forms/rand-36/1.0.0.yaml"
QIDS, PROMIS = "forms/qids-sr16/1.0.0.yaml", "forms/promis-gh/1.0.0.yaml"
WAI_EN, WHO_EN = "forms/wai-sr/wording/en.yaml", "forms/who-5/wording/en.yaml"
EVERY, EVERY_EN = "forms/every-kind/1.0.0.yaml", "forms/every-kind/wording/en.yaml"
CORE = "schedules/alliance-core.yaml"

Edit = Callable[[str, str, str], list[str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what we ship, and a form with one item of every kind."""
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    shutil.copytree(ROOT / "schedules", tmp_path / "schedules")
    write_every_kind(tmp_path / "forms")
    return tmp_path


def problems(root: Path) -> list[str]:
    return check(root / "forms", root / "schedules").problems


@pytest.fixture
def edit(root: Path) -> Edit:
    def edited(file: str, old: str, new: str) -> list[str]:
        path = root / file
        text = path.read_text()
        assert old in text, f"{file} no longer has {old!r}: mend this test"
        path.write_text(text.replace(old, new, 1))
        return problems(root)

    return edited


def test_what_we_ship_has_no_problem_and_the_summary_counts_it(root: Path):
    report = check_definitions(ROOT / "forms", ROOT / "schedules")
    assert report.problems == []
    assert "form      wai-sr 1.0.0: en 1.0.0 (placeholder)" in report.summary
    assert report.summary.endswith("0 problems")
    assert problems(root) == []


# File, what stands there, what someone writes instead, the path told, words of the remedy; then, where
# the line told is not that of the edit, a text that stands on it.
EDITS = [
    # keys and types
    (WAI, "recall: none", "recalls: none", "recall", "is missing; add it", "id: wai-sr"),
    (WAI, "minutes: 4", "minute: 4", "minute", "did you mean 'minutes'?"),
    (WAI, "minutes: 4", "minutes: four", "minutes", "'four' is no whole number"),
    (WAI, "minutes: 4", "minutes: 0", "minutes", "at least 1"),
    (WAI, "minutes: 4", "minutes: 010", "minutes", "'010' is no whole number"),
    (WAI, "minutes: 4", "minutes: [4]", "minutes", "valid integer"),
    (WAI, "title: Working Alliance Inventory – Short Revised, client form", "title:", "title", "empty"),
    (WAI, "short_title: WAI-SR", "short_title: [WAI]", "short_title", "must be text; it is a list"),
    (WAI, "respondent: participant", "respondent: patient", "respondent", "'patient' is not one of"),
    (WAI, "version: 1.0.0", "version: 1.0", "version", "no version"),
    (WAI, "id: wai01,", "id: Wai-01,", "items[0].id", "no id"),
    (WAI, "kind: choice, options: often, topic: fresh", "knd: choice, options: often, topic: fresh", "items[1].knd", "did you mean 'kind'?"),
    (WAI, "kind: choice, options: often, topic: fresh", "kind: radio, options: often, topic: fresh", "items[1].kind", "'radio' is not one of"),
    (WAI, "headline: true", "headline: yes", "scores[3].headline", "neither true nor false"),
    (WAI, "visibility: {hidden_from: [rated facilitator, co-facilitator]}", "visibility: {hidden_from: rated facilitator}", "visibility.hidden_from", "must be a list"),
    (WAI, "{values: [1, 2, 3, 4, 5]}", "[1, 2, 3, 4, 5]", "options.often", "must be a mapping"),
    (WAI, "{values: [1, 2, 3, 4, 5]}", "{values: [1]}", "options.often.values", "at least 2"),
    # inside an instrument
    (WAI, "id: wai-sr", "id: wai-rs", "id", "the folder is 'wai-sr'"),
    (WAI, "version: 1.0.0", "version: 1.0.1", "version", "the file is '1.0.0.yaml'"),
    (WAI, "id: wai02", "id: wai01", "items[1].id", "taken by items[0]"),
    (WAI, "options: often, topic: fresh", "options: oftn, topic: fresh", "items[1].options", "did you mean 'often'?"),
    (WAI, "kind: choice, options: often, topic: fresh", "kind: choice, topic: fresh", "items[1]", "needs 'options'"),
    (WAI, "[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 4]", "options.often.values", "stands twice"),
    (WAI, "options:\n", "options:\n  spare: {values: [1, 2]}\n", "options.spare", "no item uses it", "  spare:"),
    (WAI, "[rated facilitator, co-facilitator]", "[co-facilitator]", "visibility", "hidden from that person"),
    (EVERY, "kind: text, soft_limit: 300", "kind: text, maximum: 300", "items[7].maximum", "means nothing for kind 'text'"),
    (EVERY, "kind: scale, minimum: 0, maximum: 100", "kind: scale, minimum: 0", "items[6]", "needs 'maximum'"),
    (EVERY, "minimum: 20, maximum: 300", "minimum: 300, maximum: 300", "items[5].maximum", "above the minimum"),
    (EVERY, "step: 0.5", "step: 0", "items[5].step", "more than 0"),
    (EVERY, "step: 0.5", "step: .nan", "items[5].step", "'.nan' is no number"),
    # scores
    (WAI, "items: [wai01, wai02,", "items: [wai01, wai2,", "scores[0].items[1]", "there is no 'wai2'; did you mean"),
    (WAI, "items: [wai01, wai02,", "items: [wai01, wai01,", "scores[0].items[1]", "count double"),
    (WAI, "scores: [task, bond, goal]", "scores: [task, bond, total]", "scores[3].scores[2]", "only scores above"),
    (WAI, "scores: [task, bond, goal]", "items: [wai01]", "scores[3]", "needs 'scores'", "  - id: total"),
    (WAI, "method: sum_of", "method: median", "scores[3].method", "'median' is not one of"),
    (WAI, "maximum: 60", "maximum: 66", "scores[3].maximum", "the answers reach 60"),
    (WAI, "minimum: 12", "minimum: 0", "scores[3].minimum", "the answers reach 12"),
    (WAI, "    headline: true\n", "", "scores", "mark exactly one", "scores:"),
    (WAI, "missing: {allow: 0, rule: local}", "missing: {allow: 1, rule: local}", "scores[0].missing", "belong together"),
    (WAI, "missing: {allow: 0, rule: local}", "missing: {allow: 4, fill: mean of answered}", "scores[0].missing", "all of them"),
    (WAI, "id: goal", "id: bond", "scores[2].id", "taken by scores[1]"),
    (WHO, "high: 50", "high: 101", "scores[1].bands[0]", "outside the score", "      - low: 0"),
    (WHO, "- low: 0", "- low: 51", "scores[1].bands[0].high", "below its low end", "high: 50"),
    (WHO, "scores: [raw]", "scores: [raw, raw]", "scores[1].scores", "name one"),
    (EVERY, "missing: {allow: 0, rule: local}", "missing: {allow: 1, fill: mean of answered}", "scores[0].missing", "different ranges"),
    (EVERY, "items: [mood, drove]", "items: [mood, words]", "scores[0].items[1]", "no number to add"),
    (EVERY, "method: linear, scores: [ease], factor: -1, offset: 100", "method: sum_of, scores: [ease], factor: -1, offset: 100", "scores[2]", "factor and offset"),
    (EVERY, "- {low: 1, high: 2, label: little, source: nobody}", "- {low: 1, high: 2, label: little, source: nobody}\n      - {low: 2, high: 3, label: more, source: nobody}", "scores[0].bands[1].low", "overlaps 'little'", "      - {low: 2"),
    # what scores are made of, and how they are read
    (QOL, "reversed: true, topic: pain limits", "reversed: yes, topic: pain limits", "items[2].reversed", "neither true nor false"),
    (EVERY, "kind: text, soft_limit: 300", "kind: text, soft_limit: 300, reversed: true", "items[7].reversed", "can be turned around"),
    (EVERY, "kind: text, soft_limit: 300", "kind: text, soft_limit: 300, required: true", "items[7].required", "may leave any question empty"),
    (RAND, "recode: two_up", "recode: tow_up", "items[12].recode", "did you mean 'two_up'?"),
    (RAND, "  two_up: {1: 0, 2: 100}", "  two_up: {1: 0}", "items[12].recode", "says nothing for 2", "  - {id: rand13"),
    (RAND, "recodes:\n", "recodes:\n  spare: {1: 0}\n", "recodes.spare", "no item uses it", "  spare:"),
    (PROMIS, "4: [16.2, 4.8], ", "", "scores[2].table", "nothing stands for 4", "    table: {"),
    (PROMIS, "4: [16.2, 4.8]", "3: [16.0, 4.8], 4: [16.2, 4.8]", "scores[2].table.3", "never is 3"),
    (PROMIS, "4: [16.2, 4.8]", "4: 16.2", "scores[2].table.4", "must be a list"),
    (MEQ, "    at_least: 60\n", "", "scores[9]", "needs 'at_least'", "  - id: complete_mystical"),
    (MEQ, "    method: percent\n    scores: [mystical]", "    method: percent\n    scores: [mystical, ineffability]", "scores[5].scores", "made of one score", "    scores: [mystical, ineff"),
    (PCL, "at_least: 2, count: 1}", "at_least: 2, count: 6}", "scores[5].clusters[0]", "must fit its 5 items"),
    (PCL, "{items: [pcl06, pcl07], at", "{items: [pcl06, pcl7], at", "scores[5].clusters[1].items[1]", "did you mean"),
    (PCL, "method: clusters", "method: sum", "scores[5]", "needs 'items'", "  - id: provisional"),
    (QIDS, "expected: 2, ", "expected: 4, ", "scores[2].missing", "expects 4 to be missing"),
    (QIDS, "{allow: 3, fill: those answered", "{allow: 3, fill: mean of answered", "scores[0].missing", "cannot fill method 'max_of'"),
    (QOL, "default: prose", "default: prosa", "settings.missing_rule.default", "did you mean 'prose'?"),
    (QOL, "        syntax: {allow", "        synta: {allow", "scores[0].settings.missing_rule.synta", "did you mean 'syntax'?"),
    (QOL, "settings:\n  missing_rule:\n", "settings:\n  spare: {question: Q, default: a, choices: {a: A, b: B}}\n  missing_rule:\n", "settings.spare", "no score depends on it", "  spare:"),
    (QOL, "most_missing: 5", "most_missing: 26", "gate.most_missing", "26 questions only"),
    (PCL, "change:\n  total:", "change:\n  totl:", "change.totl", "did you mean 'total'?", "  totl:"),
    (PCL, "      r: 0.82", "      r: 1.82", "change.total.reliability.r", "should be less than 1"),
    (PCL, "        most: 18", "        most: 8", "change.total.published[0].most", "below its least"),
    (PCL, "        evidence: read", "        evidence: seen", "scores[0].bands[0].evidence", "'seen' is not one of"),
    (WAI, "    none: >-\n      The field has agreed on no figure for a change of alliance; the difference within the person is\n      shown.", "    published: []", "change.total", "say in `none` why", "  total:\n    published"),
    (PHQ, "- item: phq09", "- item: phq9", "safety[0].item", "did you mean 'phq09'?"),
    (PHQ, "    at_least: 1\n    level", "    at_least: 4\n    level", "safety[0]", "outside 0 to 3", "  - item: phq09"),
    (PHQ, "level: same day", "level: soon", "safety[0].level", "'soon' is not one of"),
    # wordings
    (WAI_EN, "instrument: wai-sr", "instrument: wai-36", "instrument", "the folder is 'wai-sr'"),
    (WAI_EN, "language: en", "language: english", "language", "the file is 'en.yaml'"),
    (WAI_EN, "status: placeholder", "status: licensed", "status", "names its `holder` and the `proof`"),
    (WAI_EN, "status: placeholder", "status: own", "status", "instruments of one's own"),
    (WAI_EN, "  wai03:", "  wai3:", "items.wai3", "did you mean"),
    (WAI_EN, "  wai03:", "  wai3:", "items", "'wai03' has no sentence", "items:"),
    (WAI_EN, "    3: About half the time\n", "", "options.often", "code 3 has no label", "  often:"),
    (WAI_EN, "    5: All the time", "    6: All the time", "options.often.6", "no code of this set"),
    (WAI_EN, "    5: All the time", "    five: All the time", "options.often.five", "'five' is no whole number"),
    (WAI_EN, "    5: All the time", "    5: Mostly", "options.often", "same label", "  often:"),
    (WAI_EN, "  often:", "  oftn:", "options.oftn", "did you mean 'often'?"),
    (WAI_EN, '"Seeing {about} gives', '"Seeing {therapist} gives', "items.wai01.text", "'{therapist}' is filled by nobody"),
    (WAI_EN, '"Seeing {about} gives', '"Seeing {about gives', "items.wai01.text", "'{' is filled by nobody"),
    (WAI_EN, "title: Working together", "title: Working with {about}", "title", "not filled here"),
    (WAI_EN, '{text: "Our way of going about it suits me."}', "{text: ''}", "items.wai12.text", "is empty"),
    (WHO_EN, '"My mood was bright."', '"With {about} my mood was bright."', "items.who01.text", "about no one"),
    (EVERY_EN, ", low: not calm, high: very calm", "", "items.calm", "words for both its ends"),
    (EVERY_EN, "kg}", "kg, low: light}", "items.weight", "mean nothing"),
    (EVERY_EN, "hint: Or nothing.", "unit: words", "items.words.unit", "means nothing"),
    (EVERY_EN, "  yes-no: {1: Yes, 0: No}", "  yes-no: {1: Yes}", "options.yes-no", "code 0 has no label"),
    # protocols
    (CORE, "id: alliance-core", "id: alliance", "id", "the file is for 'alliance-core'"),
    (CORE, "instrument: wai-sr", "instrument: wai-rs", "assessments[2].instrument", "did you mean 'wai-sr'?"),
    (CORE, "id: alliance-week-1", "id: alliance-prep", "assessments[3].id", "taken by assessments[2]"),
    (CORE, "anchor: every dosing", "anchor: every dose", "assessments[3].anchor", "did you mean 'dosing'?"),
    (CORE, "anchor: every dosing", "anchor: dosing", "assessments[3].anchor", "there are several"),
    (CORE, "anchor: every dosing", "anchor: dosing-3", "assessments[3].anchor", "there is no dosing-3; it happens 2 times"),
    (CORE, "anchor: every dosing", "anchor: last dosing-1", "assessments[3].anchor", "leave one out"),
    (CORE, "anchor: every dosing", "anchor: every preparation before dosing-1", "assessments[3].anchor", "only 'last"),
    (CORE, "anchor: every dosing", "anchor: the day after", "assessments[3].anchor", "is no anchor"),
    (CORE, "before dosing-1", "before dosing-9", "assessments[2].anchor", "no dosing-9"),
    (CORE, "closes: dosing-1 at 08:00", "closes: dosing at 08:00", "assessments[2].closes", "write 'dosing-1'"),
    (CORE, "closes: dosing-1 at 08:00", "closes: dosing-1 at 8", "assessments[2].closes", "no time of day"),
    (CORE, "closes: dosing-1 at 08:00", "closes: dosing-1 at 25:00", "assessments[2].closes", "no time of day"),
    (CORE, "closes: dosing-1 at 08:00", "closes: dinner at 08:00", "assessments[2].closes", "there is no 'dinner'"),
    (CORE, "closes: dosing-1 at 08:00", "closes: same day at 15:00", "assessments[2].closes", "not after it opens"),
    (CORE, "    closes: dosing-1 at 08:00\n", "", "assessments[2]", "give `opens` and `closes`", "  - id: alliance-prep"),
    (CORE, "    window: [-2 days, +3 days]\n", "", "assessments[3]", "give `opens` and `closes`", "  - id: alliance-week-1"),
    (CORE, "[-2 days, +3 days]", "[+3 days, -2 days]", "assessments[3].window", "closes before it opens (-2 days < +3 days)"),
    (CORE, "[-2 days, +3 days]", "[+1 day, +3 days]", "assessments[3].window", "leaves out its own target"),
    (CORE, "[-2 days, +3 days]", "[-2 days]", "assessments[3].window[1]", "is missing"),
    (CORE, "target: +7 days", "target: +7 dayz", "assessments[3].target", "is no moment"),
    (CORE, "  enrolment:", "  enrollment:", "visits", "there is no 'enrolment'", "visits:"),
    (CORE, "count: 2", "count: 2, repeat: true", "visits.dosing", "give one of them"),
    (CORE, "  follow-up:", "  last:", "visits.last", "cannot name a visit"),
    (CORE, "  immediate:", "  Immediate!:", "arms.Immediate!", "is no code"),
    (CORE, "  immediate: Immediate start\n  delayed: Delayed start", "  {}", "arms", "at least 1", "arms:"),
    (CORE, "at opening,", "when it opens,", "reminders.plan[0]", "is no reminder"),
    (CORE, "21:00-08:00", "at night", "reminders.hours", "is no span"),
    (CORE, "21:00-08:00", "21:00-8", "reminders.hours.quiet_to", "no time of day"),
    (CORE, "21:00-08:00", "09:00-11:00", "reminders.hours", "lies in the quiet hours"),
    (CORE, "21:00-08:00", "08:00-08:00", "reminders.hours", "all day or never"),
    (CORE, ', quiet: "21:00-08:00"', "", "reminders.hours", "'quiet' is missing"),
    (CORE, "guide: guide", "guide: shaman", "words.guide", "'shaman' is not one of"),
]  # fmt: skip


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


@pytest.mark.parametrize("case", EDITS, ids=lambda case: f"{case[3]}: {case[4]}")
def test_each_mistake_is_told_with_file_line_path_and_remedy(
    edit: Edit, root: Path, case: tuple[str, ...]
):
    file, old, new, path, words, *elsewhere = case
    position = (root / file).read_text().index(old)
    told = edit(file, old, new)
    text = (root / file).read_text()
    line = line_of(text, text.index(elsewhere[0]) if elsewhere else position)
    begin = f"{file}:{line} {path}: "
    assert any(each.startswith(begin) and words in each for each in told), "\n".join(told)


def test_all_mistakes_are_told_at_once_across_files(edit: Edit):
    edit(WAI, "minutes: 4", "minutes: four")
    edit(WAI, "short_title: WAI-SR", "short_titel: WAI-SR")
    edit(WHO, "maximum: 25", "maximum: 24")
    told = edit(CORE, "anchor: every dosing", "anchor: every dose")
    files = [each.partition(":")[0] for each in told]
    assert files.count(WAI) == 3
    assert files.count(WHO) == 2  # the score, and the one built on it
    assert files.count(CORE) == 1


def test_a_broken_instrument_is_not_blamed_on_what_refers_to_it(edit: Edit):
    told = edit(WAI, "minutes: 4", "minutes: four")
    assert [each.partition(" ")[0] for each in told] == [f"{WAI}:10"]


def test_load_raises_with_everything_and_applies_nothing(edit: Edit, root: Path):
    edit(WAI, "minutes: 4", "minutes: four")
    told = edit(WHO, "maximum: 25", "maximum: 24")
    with pytest.raises(DefinitionError) as caught:
        load(root / "forms", root / "schedules")
    assert caught.value.problems == told
    assert len(told) == 3
    assert str(caught.value) == "\n".join(told)


def test_every_problem_has_the_same_shape(root: Path):
    (root / WAI).write_text("a: [")
    (root / WHO_EN).unlink()
    (root / IES).write_bytes(b"\xff")
    (root / CORE).write_text("- not\n- a mapping\n")
    (root / "forms" / "loose.yaml").write_text("id: loose")
    (root / "forms" / "wai-sr" / "2.0.0.yml").write_text("id: wai-sr")
    (root / "schedules" / "a" / "b").mkdir(parents=True)
    (root / "schedules" / "a" / "b" / "c.yaml").write_text("id: c")
    told = problems(root)
    assert len(told) >= 7
    for each in told:
        assert re.match(r"(forms|schedules)/[\w./-]+:\d+ \S", each), each
    assert any("wording/en.yaml" in each for each in told)
    assert any(each.startswith("forms/wai-sr/2.0.0.yml:1 is read by nobody") for each in told)


def test_a_missing_folder_is_a_problem_not_an_empty_catalogue(tmp_path: Path):
    told = problems(tmp_path)
    assert len(told) == 2
    assert "there is no such folder" in told[0]


def test_notes_and_editors_leftovers_are_no_definitions(root: Path):
    (root / "forms" / "README.md").write_text("notes")
    (root / "forms" / "wai-sr" / ".1.0.0.yaml.swp.yaml").write_text("x: [")
    assert problems(root) == []


def test_the_newest_version_comes_when_none_is_named(edit: Edit, root: Path):
    for version in ("1.9.0", "1.10.0"):
        text = (root / WHO).read_text().replace("version: 1.0.0", f"version: {version}")
        (root / "forms" / "who-5" / f"{version}.yaml").write_text(text)
    catalog = load(root / "forms", root / "schedules")
    assert catalog.instrument("who-5").version == "1.10.0"
    assert catalog.instrument("who-5", "1.0.0").version == "1.0.0"
    with pytest.raises(
        NotFoundError, match=r"no version 3.0.0 of instrument 'who-5'; there is 1.0.0, 1.9.0"
    ):
        catalog.instrument("who-5", "3.0.0")
    with pytest.raises(NotFoundError, match="no instrument 'who-6'"):
        catalog.instrument("who-6")
    with pytest.raises(NotFoundError, match="no protocol 'x'"):
        catalog.protocol("x")


def test_a_protocol_may_keep_its_older_versions_in_a_folder(root: Path):
    folder = root / "schedules" / "alliance-core"
    text = (root / CORE).read_text()
    (folder / "0.9.0.yaml").write_text(text.replace("version: 1.0.0", "version: 0.9.0"))
    catalog = load(root / "forms", root / "schedules")
    assert catalog.protocol("alliance-core").version == "1.1.0"
    assert catalog.protocol("alliance-core", "1.0.0").version == "1.0.0"
    assert catalog.protocol("alliance-core", "0.9.0").version == "0.9.0"
    (folder / "1.0.0.yaml").write_text(text)
    assert "the same version stands in" in " ".join(problems(root))


def test_languages_fall_back_to_the_nearest_and_then_to_english(root: Path):
    text = (root / WHO_EN).read_text()
    for language in ("pt", "de"):
        written = text.replace("language: en", f"language: {language}")
        (root / "forms" / "who-5" / "wording" / f"{language}.yaml").write_text(written)
    catalog = load(root / "forms", root / "schedules")
    assert catalog.wording("who-5", "pt-BR").language == "pt"
    assert catalog.wording("who-5", "de").language == "de"
    assert catalog.wording("who-5", "fr").language == "en"
    assert catalog.languages("who-5") == ("de", "en", "pt")
    with pytest.raises(NotFoundError):
        catalog.wording("nothing", "en")
    with pytest.raises(NotFoundError):
        catalog.wording("who-5", "de", "9.0.0")


def test_reading_everything_is_fast():
    load(ROOT / "forms", ROOT / "schedules")
    times = []
    for _ in range(3):
        began = time.perf_counter()
        load(ROOT / "forms", ROOT / "schedules")
        times.append(time.perf_counter() - began)
    assert min(times) < 0.15


_WEIGHED = """\
import time
before = time.process_time()
import flask, weasyprint
imported = time.process_time()
from server.catalog.load import load
from server.config import ROOT
ready = time.process_time()
load(ROOT / "forms", ROOT / "schedules")
print((imported - before) / (time.process_time() - ready))
"""


def test_reading_everything_costs_less_than_a_tenth_of_what_every_start_costs_anyway():
    # Work of the processor, not time on the wall: a busy machine slows both.
    ratios = [
        float(subprocess.run([sys.executable, "-c", _WEIGHED], cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        for _ in range(2)
    ]  # fmt: skip
    assert max(ratios) > 10
