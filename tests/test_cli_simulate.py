"""`./attune simulate`: what it prints for programs and people, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.catalog.load import draft
from server.cli import cli
from server.config import ROOT

Run = Callable[..., Result]
Rows = Callable[..., list[dict[str, Any]]]
CORE = str(ROOT / "schedules" / "alliance-core" / "1.1.0.yaml")
KEYS = {"assessment", "instrument", "about", "occasion", "anchor", "anchor_date", "opens", "target",
        "closes", "state", "reminders"}  # fmt: skip
VISITS = ("--visit", "preparation-1=2027-03-08", "--visit", "dosing-1=2027-03-12",
          "--visit", "dosing-2=2027-03-26", "--enrolled", "2027-03-01")  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ATTUNE_DATA", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(cli, ["simulate", *arguments])


@pytest.fixture
def rows(run: Run) -> Rows:
    def read(*arguments: str) -> list[dict[str, Any]]:
        done = run(CORE, "--arm", "delayed", *VISITS, "--format", "json", *arguments)
        assert done.exit_code == 0, done.output
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    return read


def of(rows: list[dict[str, Any]], assessment: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["assessment"] == assessment]


def test_every_row_has_the_same_keys_and_its_times_their_offset(rows: Rows):
    found = rows("--now", "2027-03-20T12:00")
    assert {frozenset(row) for row in found} == {frozenset(KEYS)}
    for row in found:
        for name in ("opens", "target", "closes"):
            assert datetime.fromisoformat(row[name]).utcoffset() is not None
        assert all(datetime.fromisoformat(at).utcoffset() is not None for at in row["reminders"])
        date.fromisoformat(row["anchor_date"])


def test_a_row_says_when_in_the_participants_own_time(rows: Rows):
    (month,) = of(rows(), "wellbeing-month-1")
    # One month after 26 March is 26 April, three days before to seven after; the clocks went forward.
    assert (month["anchor"], month["anchor_date"]) == ("dosing-2", "2027-03-26")
    assert month["opens"] == "2027-04-23T00:00:00+02:00"
    assert month["target"] == "2027-04-26T00:00:00+02:00"
    assert month["closes"] == "2027-05-04T00:00:00+02:00"
    assert month["reminders"][0] == "2027-04-23T10:00:00+02:00"


def test_alliance_is_asked_about_each_facilitator(rows: Rows):
    weeks = of(rows("--facilitators", "3"), "alliance-week-1")
    assert {(row["about"], row["occasion"]) for row in weeks} == {
        (f"facilitator-{number}", occasion) for number in (1, 2, 3) for occasion in (1, 2)
    }
    assert of(rows("--facilitators", "0"), "alliance-week-1") == []


def test_states_are_as_of_the_moment_named(rows: Rows):
    def state(now: str, *more: str) -> str:
        return str(of(rows("--now", now, *more), "wellbeing-baseline")[0]["state"])

    assert state("2027-02-28T12:00") == "upcoming"
    assert state("2027-03-01T00:00") == "open"
    assert state("2027-03-07T19:59") == "open"
    assert state("2027-03-07T20:00") == "missed"
    answered = ("--answered", "wellbeing-baseline=2027-03-02T09:00")
    assert state("2027-03-02T09:00", *answered) == "answered"
    assert state("2027-03-02T08:59", *answered) == "open"


def test_now_is_local_unless_it_names_its_offset(rows: Rows):
    here = of(rows("--now", "2027-03-01T00:00"), "wellbeing-baseline")[0]["state"]
    there = of(rows("--now", "2027-02-28T23:00+00:00"), "wellbeing-baseline")[0]["state"]
    assert here == there == "open"
    assert (
        of(rows("--now", "2027-02-28T22:59+00:00"), "wellbeing-baseline")[0]["state"] == "upcoming"
    )


def test_without_the_event_nothing_asks_about_it(rows: Rows):
    assert of(rows(), "distress-baseline")
    assert of(rows("--no-event"), "distress-baseline") == []


def test_enrolment_is_the_visit_of_that_name_or_the_first_one(run: Run):
    def enrolled(*arguments: str) -> str:
        done = run(CORE, "--format", "json", *arguments)
        return str(of(json.loads(done.stdout), "wellbeing-baseline")[0]["anchor_date"])

    assert (
        enrolled("--visit", "enrolment=2027-02-20", "--visit", "dosing-1=2027-03-12")
        == "2027-02-20"
    )
    assert (
        enrolled("--visit", "dosing-1=2027-03-12", "--visit", "preparation-1=2027-03-08")
        == "2027-03-08"
    )
    assert enrolled("--enrolled", "2027-01-01", "--visit", "dosing-1=2027-03-12") == "2027-01-01"


def test_what_is_assumed_is_said_beside_the_json_not_in_it(run: Run):
    done = run(CORE, "--visit", "dosing-1=2027-03-12", "--format", "json")
    json.loads(done.stdout)
    assert "arm immediate" in done.stderr
    assert "enrolled on 2027-03-12" in done.stderr


def test_the_order_of_arguments_changes_nothing(run: Run):
    one = ("--visit", "dosing-1=2027-03-12", "--visit", "dosing-2=2027-03-26")
    other = ("--visit", "dosing-2=2027-03-26", "--visit", "dosing-1=2027-03-12")
    first, second = (
        run(CORE, *each, "--format", "json", "--now", "2027-03-20T12:00").stdout
        for each in (one, other)
    )
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--visit", "party=2027-03-12"], "there is enrolment, preparation-1"),
        (["--visit", "dosing-3=2027-03-12"], "the protocol has dosing-1 to dosing-2"),
        (["--visit", "dosing=2027-03-12"], "write dosing-1"),
        (["--visit", "dosing-1=2027-02-30"], "write for example 2027-03-12"),
        (["--visit", "dosing-1"], "NAME=DATE"),
        (["--visit", "dosing-2=2027-03-12"], "Give dosing-1 too"),
        (["--visit", "dosing-1=2027-03-12", "--visit", "dosing-1=2027-03-13"], "given twice"),
        (["--enrolled", "2027-03-01", "--arm", "purple"], "Choose one of: immediate, delayed"),
        (["--enrolled", "2027-03-01", "--zone", "Mars/Olympus"], "Choose a zone by its city"),
        (["--enrolled", "2027-03-01", "--facilitators", "99"], "from 0 to 20"),
        (["--enrolled", "2027-03-01", "--facilitators", "two"], "not a valid integer"),
        (["--enrolled", "2027-03-01", "--language", "xx"], "No form has words in 'xx'. Choose one of: de, en, es"),
        (["--enrolled", "2027-03-01", "--language", "Englisch"], "Write a language as en"),
        (["--enrolled", "2027-03-01", "--site", "berlin"], "This protocol names no site; leave it out."),
        (["--enrolled", "2027-03-01", "--now", "soon"], "Write it as 2027-03-12T10:00"),
        (["--enrolled", "2027-03-01", "--answered", "evnt=2027-03-02T10:00"], "did you mean 'event'"),
        (["--enrolled", "2027-03-01", "--answered", "event=soon"], "ASSESSMENT=DATETIME"),
        (["--enrolled", "2027-03-01", "--answered", "event=2027-04-02T10:00"], "could not be answered then"),
        (["--enrolled", "2027-03-01", "--result", "event.total=3"], "There is no 'total'"),
        (["--enrolled", "2027-03-01", "--result", "wellbeing-baseline.total"], "ASSESSMENT.NAME=NUMBER"),
        ([], "Give the day of enrolment, or a visit"),
    ],
)  # fmt: skip
def test_what_cannot_be_imagined_is_refused_with_its_remedy(
    run: Run, arguments: list[str], remedy: str
):
    done = run(CORE, "--format", "json", *arguments)
    assert done.exit_code == 2
    assert remedy in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_all_that_is_wrong_is_told_at_once(run: Run):
    done = run(
        CORE, "--zone", "Mars", "--arm", "x", "--visit", "dosing-1=no", "--visit", "foo=2027-01-01"
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("  ")]
    assert [line.split(":")[0].strip() for line in told] == [
        "zone",
        "arm",
        "dosing-1=no",
        "foo=2027-01-01",
    ]


def test_a_schedule_goes_by_its_id_or_its_file(run: Run):
    by_id = run("alliance-core", *VISITS, "--format", "json", "--now", "2027-03-01T12:00")
    newest = run(
        str(ROOT / "schedules" / "alliance-core.yaml"),
        *VISITS,
        "--format",
        "json",
        "--now",
        "2027-03-01T12:00",
    )
    assert by_id.exit_code == newest.exit_code == 0
    assert by_id.stdout == newest.stdout


@pytest.mark.parametrize(
    ("name", "remedy"), [("nothing", "no protocol 'nothing'"), ("no.yaml", "no file no.yaml")]
)
def test_what_is_no_schedule_is_said(run: Run, name: str, remedy: str):
    done = run(name, *VISITS)
    assert done.exit_code == 2
    assert remedy in " ".join(done.stderr.split())


def test_a_draft_may_lie_anywhere_and_is_checked_all_the_same(run: Run, tmp_path: Path):
    draft = tmp_path / "my idea.yaml"
    text = Path(CORE).read_text(encoding="utf-8")
    draft.write_text(text, encoding="utf-8")
    assert run(str(draft), *VISITS).exit_code == 0
    draft.write_text(text.replace("instrument: wai-sr", "instrument: wai-rs"), encoding="utf-8")
    done = run(str(draft), *VISITS)
    assert done.exit_code == 1
    assert "my idea.yaml:" in done.stderr
    assert "did you mean 'wai-sr'?" in done.stderr


def test_other_schedules_mistakes_do_not_matter_to_a_draft(tmp_path: Path):
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    _catalog, protocol = draft(Path(CORE), ROOT / "forms", tmp_path)
    assert (protocol.id, protocol.version) == ("alliance-core", "1.1.0")


def test_people_get_a_list_by_day_with_the_words_of_each_message(run: Run):
    done = run(CORE, "--arm", "delayed", *VISITS, "--now", "2027-03-10T10:00")
    text = done.stdout
    assert "Delayed start; Europe/Berlin time; enrolled Mon 1 March 2027" in text
    assert text.index("Mon 1 March 2027\n  visit    Enrolment") < text.index(
        "Fri 12 March 2027\n  visit    Dosing (dosing-1)"
    )
    assert (
        "Alliance before dosing about facilitator-2 (preparation-1) from 16:00 until Fri 12 March 2027 08:00"
        in text
    )
    assert "  message  10:00, names " in text
    assert "| A short form is ready for you" in text
    # The first letter is whole; those after it say only what differs.
    assert text.count("You do not want these messages any more?") == 1
    assert "[missed]" in text
    assert "In all: " in text


def test_what_is_not_planned_says_why(run: Run):
    done = run(CORE, "--arm", "delayed", "--visit", "dosing-1=2027-03-12")
    assert "Not planned:" in done.stdout
    assert "waits for dosing-2, planned or cancelled, to know the last: " in done.stdout
