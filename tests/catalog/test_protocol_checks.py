"""A schedule that says everything, one mistake at a time: the line, the path and the remedy that are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.catalog import protocol_checks
from server.catalog.build import build
from server.catalog.catalog import Catalog
from server.catalog.tree import read
from server.domain.protocol import Protocol
from tests.catalog.every_word import TEXT

# What stands there, what someone writes instead, the path told, words of the remedy; then, where the
# line told is not that of the edit, a text that stands on it.
MISTAKES = [
    ("known_to: [administrator]", "known_to: [nurse]", "allocation.known_to[0]", "'nurse' is not one of"),
    ("known_to: [administrator]", "known_to: []", "allocation.known_to", "at least 1"),
    (", delayed: Delayed start}", "}", "allocation", "nothing to allocate", "allocation:"),
    ("site-2: Zurich", "Site_2: Zurich", "sites.Site_2", "is no code"),
    ("  2: Open label", "  3: Open label", "courses.3", "there is no course 2 before it"),
    ("  2: Open label", "  two: Open label", "courses.two", "'two' is no whole number"),
    ("dates: fixed", "dates: frozen", "visits.dosing.dates", "'frozen' is not one of"),
    ("time: required", "time: needed", "visits.dosing.time", "'needed' is not one of"),
    ("{label: Enrolment, participant_label: Joining}", "{label: Enrolment, participant_label: Joining, count: 2}", "visits.enrolment", "happens once"),
    ("{label: Enrolment, participant_label: Joining}", "{label: Enrolment, participant_label: Joining, session: true}", "visits.enrolment.session", "nobody waits for enrolment"),
    ("overlap: earlier closes", "overlap: merge", "overlap", "'merge' is not one of"),
    ("overlap: later opens after", "overlap: later closes", "assessments[3].overlap", "'later closes' is not one of"),
    ("late: stop opening", "late: never", "assessments[3].late", "'never' is not one of"),
    ("late_for: 4 weeks", "late_for: -1 week", "late_for", "no time after closing"),
    ("late_for: 4 weeks", "late_for: a while", "late_for", "is no offset"),
    ("late: stop opening", "late: stop opening\n    late_for: 3 days", "assessments[3].late_for", "nothing is offered after closing", "    late_for: 3"),
    ("minutes: 3", "minutes: 0", "assessments[3].minutes", "at least 1"),
    ("asked: once per facilitator", "asked: once", "assessments[1].asked", "'once' is not one of"),
    ("instrument: wai-sr", "instrument: pcl-5", "assessments[1].asked", "about no facilitator", "    asked: once"),
    ("    asked: once per facilitator", "    asked: once per facilitator\n    repeat: {every: 1 week, times: 2}", "assessments[1].asked", "leave `repeat` or `asked` out"),
    ("    waits: false\n", "", "assessments[2].closes", "write `waits: false`", "    closes: same day at 08:00"),
    ("target: +1 day\n    window: [-1 day, +3 days]", "target: +1 day\n    window: [-1 day, +3 days]\n    waits: maybe", "assessments[1].waits", "neither true nor false", "    waits: maybe"),
    ("    closes: +6 days", "    closes: +6 days\n    waits: true", "assessments[0].waits", "no visit to confirm", "    waits: true"),
    ("every: 2 weeks, until: preparation-1", "every: 2 weeks", "assessments[3].repeat", "has no end"),
    ("every: 2 weeks, until: preparation-1", "every: 2 weeks, times: 4, until: preparation-1", "assessments[3].repeat", "has two ends"),
    ("every: 2 weeks, until", "every: 0 weeks, until", "assessments[3].repeat.every", "no later than before"),
    ("every: 2 weeks, until", "every: fortnight, until", "assessments[3].repeat.every", "is no offset"),
    ("until: preparation-1", "until: prepration-1", "assessments[3].repeat.until", "did you mean 'preparation'?"),
    ("until: preparation-1", "until: preparation", "assessments[3].repeat.until", "there are several"),
    ("until: preparation-1", "until: dosing-3", "assessments[3].repeat.until", "there is no dosing-3"),
    ("until: preparation-1", "until: the end", "assessments[3].repeat.until", "is no end"),
    ("until: preparation-1", "until: +1 week", "assessments[3].repeat.until", "ends before the first time"),
    ("times: 3", "times: 500", "assessments[5].repeat.times", "at most 400"),
    ("every: 1 month, until: +12 months", "every: 1 day, until: +24 months", "assessments[4].repeat", "more than 400 times"),
    ("    opens: +2 weeks\n", "    opens: preparation-1\n", "assessments[3].repeat", "preparation-1 every time", "    repeat: {every: 2"),
    ("arm: [delayed]", "arm: [delaid]", "assessments[3].when.arm[0]", "did you mean 'delayed'?"),
    ("arm: [delayed]", "arm: []", "assessments[3].when.arm", "at least 1"),
    ("arm: [delayed]", "arms: [delayed]", "assessments[3].when.arms", "did you mean 'arm'?"),
    ("site: [berlin]", "site: [bern]", "assessments[3].when.site[0]", "did you mean 'berlin'?"),
    ("language: [de, en]", "language: [German]", "assessments[3].when.language[0]", "is no language"),
    ("course: [1]", "course: [3]", "assessments[3].when.course[0]", "there is no '3'"),
    ("course: [1]", "course: [2]", "assessments[3].when.course", "first course only"),
    ("completion of baseline", "completion of baseline-1", "assessments[4].anchor", "did you mean 'baseline'?"),
    ("completion of baseline", "completion of after", "assessments[4].anchor", "(after → after); break the circle"),
    ("completion of baseline", "completion of worse", "assessments[4].anchor", "(after → worse → after); break the circle"),
    ("{assessment: baseline, item", "{assessment: worse, item", "assessments[5].when", "(worse → worse)", "    when:\n      answered"),
    ("{assessment: baseline, item", "{assessment: base, item", "assessments[5].when.answered.assessment", "did you mean 'baseline'?"),
    ("item: phq01", "item: phq1", "assessments[5].when.answered.item", "did you mean 'phq01'?"),
    ("is: [2, 3]", "is: [2, 4]", "assessments[5].when.answered.is[1]", "4 is no answer of 'phq01'; it offers 0, 1, 2, 3"),
    ("is: [2, 3]", "is: often", "assessments[5].when.answered.is", "must be a list"),
    ("is: [2, 3]", "are: [2, 3]", "assessments[5].when.answered.are", "is no key here"),
    ("assessment: baseline, item: phq01", "assessment: worse, item: words", "assessments[5].when.answered.item", "there is no 'words'"),
    ("score: total", "score: totl", "assessments[5].when.score.score", "did you mean 'total'?"),
    ("at_least: 10, below: 20", "at_least: 20, below: 10", "assessments[5].when.score", "never holds"),
    (", at_least: 10, below: 20", "", "assessments[5].when.score", "names no bound"),
    ("at_least: 10", "at_least: 28", "assessments[5].when.score.at_least", "outside 0 to 27"),
    ("below: 20", "below: 40", "assessments[5].when.score.below", "outside 0 to 27"),
]  # fmt: skip


def problems(text: str, catalog: Catalog) -> list[str]:
    tree = read(text.encode())
    protocol = build(Protocol, tree)
    root = Path("schedules")
    known = {each.id: each for each in catalog.instruments}
    if protocol is not None:
        found = protocol_checks.problems(protocol, root / "every-word.yaml", root, known, known)
        tree.problems.extend(tree.problem(*each) for each in found)
    return [str(each) for each in tree.problems]


def test_everything_that_can_be_said_is_understood(catalog: Catalog):
    assert problems(TEXT, catalog) == []


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: f"{case[2]}: {case[3]}")
def test_each_mistake_is_told_with_its_line_path_and_remedy(
    case: tuple[str, ...], catalog: Catalog
):
    old, new, path, words, *elsewhere = case
    assert TEXT.count(old) >= 1, f"the schedule no longer has {old!r}: mend this test"
    text = TEXT.replace(old, new, 1)
    stands = text.index(elsewhere[0]) if elsewhere else TEXT.index(old)
    line = text.count("\n", 0, stands) + 1
    told = problems(text, catalog)
    assert any(each.startswith(f"{line} {path}: ") and words in each for each in told), told


def test_a_form_that_cannot_be_read_is_told_elsewhere_and_stops_nothing_here(catalog: Catalog):
    text = TEXT.replace("instrument: phq-9", "instrument: broken")
    tree = read(text.encode())
    protocol = build(Protocol, tree)
    assert protocol is not None
    root = Path("schedules")
    known = {each.id: each for each in catalog.instruments}
    ids = {*known, "broken"}
    assert not list(protocol_checks.problems(protocol, root / "every-word.yaml", root, ids, known))
