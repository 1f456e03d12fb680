"""What `./attune check` warns of: too much on a day, and whatever touches a session's day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from server import config
from server.catalog.load import check
from server.cli import cli
from server.config import ROOT

BASE = """\
id: light
version: 1.0.0
title: A light study
arms: {early: Early, late: Late}
visits:
  enrolment: {label: Enrolment, participant_label: Joining}
  preparation: {label: Preparation, participant_label: Getting ready, count: 2}
  dosing: {label: Dosing, participant_label: Session day, count: 2, session: true}
  integration: {label: Integration, participant_label: Talking it over, repeat: true}
assessments:
  - id: mood
    instrument: phq-9
    label: Mood on the day after
    anchor: every dosing
    opens: +1 day at 10:00
    closes: +3 days at 20:00
reminders:
  plan: [at opening, 1 day before closing at 18:00]
  hours: {default: "10:00", quiet: "21:00-08:00"}
"""

Warned = Callable[[str], list[str]]


def form(name: str, instrument: str, **keys: str) -> str:
    """Write a definition; `anchor` is every dosing unless said otherwise."""
    keys = {"anchor": "every dosing", **keys}
    lines = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    return f"  - id: {name}\n    instrument: {instrument}\n    label: {name}\n{lines}"


DAY_1 = {"opens": "+1 day at 10:00", "closes": "+3 days at 20:00"}


def with_forms(*forms: str, base: str = BASE) -> str:
    return base.replace("reminders:\n", "".join(forms) + "reminders:\n")


@pytest.fixture
def warned(tmp_path: Path) -> Warned:
    """Check this text as the only schedule; its warnings, which never are problems."""

    def of(text: str) -> list[str]:
        folder = tmp_path / "schedules"
        folder.mkdir(exist_ok=True)
        (folder / "light.yaml").write_text(text)
        report = check(ROOT / "forms", folder)
        assert report.problems == []
        for warning in report.warnings:
            assert warning.startswith("schedules/light.yaml:")
        return [each.removeprefix("schedules/light.yaml:") for each in report.warnings]

    return of


def line_of(text: str, words: str, after: str = "") -> int:
    return text.count("\n", 0, text.index(words, text.index(after))) + 1


def test_what_we_ship_gives_no_cause():
    report = check(ROOT / "forms", ROOT / "schedules")
    assert report.warnings == []
    assert "0 warnings, 0 problems" in report.summary


def test_a_light_study_gives_no_cause(warned: Warned):
    assert warned(BASE) == []


def test_a_fourth_form_on_a_day_is_named_with_its_day_and_a_remedy(warned: Warned):
    text = with_forms(*(form(f"more-{n}", "who-5", **DAY_1) for n in (1, 2, 3)))
    (told,) = warned(text)
    line = line_of(text, "- id: more-3")
    assert told.startswith(
        f"{line} warning: assessments[3]: 4 forms of 6 minutes open on one day, "
    )
    assert "1 day after dosing-1: mood, more-1, more-2, more-3" in told
    assert "let some open and close a day later, or ask less" in told


def test_more_than_twenty_minutes_are_too_much_however_few_forms(warned: Warned):
    long = form("words", "followup-open", **DAY_1)
    assert warned(with_forms(long, form("more", "who-5", minutes="7", **DAY_1))) == []
    (told,) = warned(with_forms(long, form("more", "who-5", minutes="8", **DAY_1)))
    assert "3 forms of 21 minutes open on one day" in told


def test_each_facilitators_form_counts(warned: Warned):
    alliance = form("alliance", "wai-sr", **DAY_1)
    assert warned(with_forms(alliance)) == []
    (told,) = warned(with_forms(alliance, form("more", "who-5", **DAY_1)))
    assert "4 forms of 12 minutes" in told
    assert "alliance ×2" in told


def test_what_raters_and_staff_fill_in_is_no_burden(warned: Warned):
    raters = (form(f"rated-{n}", "caps-5", **DAY_1) for n in (1, 2, 3))
    staff = form("list", "session-day-check", opens="same day", closes="+1 day", waits="false")
    assert warned(with_forms(*raters, staff)) == []


def test_forms_that_begin_apart_and_end_together_are_named_too(warned: Warned):
    later = (
        form(f"more-{n}", "who-5", opens=f"+{n} days at 11:00", closes="+3 days at 20:00")
        for n in (2, 3)
    )
    early = form("early", "who-5", opens="+1 day at 10:00", closes="+3 days at 20:00")
    (told,) = warned(with_forms(early, *later))
    assert "4 forms of 6 minutes have their last day on one day, 3 days after dosing-1" in told


def test_too_much_in_one_arm_only_names_the_arm(warned: Warned):
    more = (form(f"more-{n}", "who-5", when="{arm: [late]}", **DAY_1) for n in (1, 2, 3))
    (told,) = warned(with_forms(*more))
    assert "(arm late)" in told


def test_waiting_before_treatment_is_looked_at_as_well(warned: Warned):
    weekly = {"anchor": "enrolment", "opens": "+3 weeks", "closes": "+22 days",
              "repeat": "{every: 1 week, until: preparation-1}"}  # fmt: skip
    (told,) = warned(with_forms(*(form(f"w-{n}", "who-5", **weekly) for n in (1, 2, 3, 4))))
    assert "21 days after enrolment: w-1, w-2, w-3, w-4" in told


def test_a_second_course_is_looked_at_and_named(warned: Warned):
    twice = BASE.replace("assessments:\n", "courses: {1: First, 2: Again}\nassessments:\n")
    more = (form(f"more-{n}", "who-5", when="{course: [2]}", **DAY_1) for n in (1, 2, 3))
    (told,) = warned(with_forms(*more, base=twice))
    assert "1 day after dosing-1 of course 2" in told


@pytest.mark.parametrize(
    "when",
    ["{answered: {assessment: mood, item: phq01, is: [2, 3]}}",
     "{score: {assessment: mood, score: total, at_least: 10}}",
     "{score: {assessment: mood, score: total, below: 5}}"],
)  # fmt: skip
def test_what_only_some_answers_lead_to_counts_as_asked(warned: Warned, when: str):
    after = {"opens": "+4 days at 10:00", "closes": "+6 days at 20:00", "when": when}
    (told,) = warned(with_forms(*(form(f"more-{n}", "who-5", **after) for n in range(4))))
    assert "more-0, more-1, more-2, more-3" in told


def test_conditions_that_exclude_each_other_are_never_added_up(warned: Warned):
    def asked(bound: str) -> str:
        return f"{{score: {{assessment: mood, score: total, {bound}}}}}"

    after = {"opens": "+4 days at 10:00", "closes": "+6 days at 20:00"}
    low = [form(f"low-{n}", "who-5", when=asked("below: 10"), **after) for n in (1, 2)]
    high = [form(f"high-{n}", "who-5", when=asked("at_least: 10"), **after) for n in (1, 2)]
    assert warned(with_forms(*low, *high)) == []


def test_what_follows_an_answer_counts_on_its_day(warned: Warned):
    after = {"anchor": "completion of mood", "opens": "+1 day at 10:00", "closes": "+2 days"}
    (told,) = warned(with_forms(*(form(f"more-{n}", "who-5", **after) for n in range(4))))
    assert "1 day after completion of mood" in told


def test_opening_on_a_sessions_day_is_named_where_it_stands(warned: Warned):
    text = with_forms(form("after", "who-5", opens="same day at 18:00", closes="+2 days at 20:00"))
    (told,) = warned(text)
    line = line_of(text, "opens:", after="id: after")
    assert told.startswith(f"{line} warning: assessments[1].opens: opens on the day of dosing-1")
    assert "'+1 day at 10:00'" in told


@pytest.mark.parametrize("closes", ["dosing-1 at 08:00", "dosing-1"])
def test_closing_on_a_sessions_day_is_named_with_the_day_before_as_remedy(
    warned: Warned, closes: str
):
    before = {"anchor": "last preparation before dosing-1", "opens": "same day at 16:00"}
    (told,) = warned(with_forms(form("before", "who-5", **before, closes=closes)))
    assert "assessments[1].closes: closes on the day of dosing-1, a session" in told
    assert "'1 day before dosing-1'" in told
    assert (
        warned(with_forms(form("before", "who-5", **before, closes="1 day before dosing-1"))) == []
    )
    assert warned(with_forms(form("before", "who-5", **before, closes="dosing-1 at 00:00"))) == []


def test_a_form_before_each_session_closes_the_day_before(warned: Warned):
    before = {"opens": "-2 days at 10:00", "waits": "false"}
    (told,) = warned(with_forms(form("before", "who-5", **before, closes="same day at 09:00")))
    assert "'-1 day'" in told
    assert warned(with_forms(form("before", "who-5", **before, closes="-1 day"))) == []


def test_a_reminder_early_on_the_day_after_is_named(warned: Warned):
    early = form("early", "who-5", opens="+1 day at 08:30", closes="+3 days at 20:00")
    (told,) = warned(with_forms(early))
    assert "its reminder at 08:30 comes early on the day after dosing-1, a session" in told
    assert "held back until 10:00" in told


def test_a_reminder_on_a_sessions_day_is_named(warned: Warned):
    around = form(
        "around", "who-5", opens="-3 days at 10:00", closes="+2 days at 20:00", waits="false"
    )
    text = with_forms(around).replace("[at opening,", "[at opening, +3 days at 12:00,")
    (told,) = warned(text)
    assert "its reminder at 12:00 falls on the day of dosing-1, a session" in told


def test_a_version_that_has_a_newer_one_is_left_in_peace(tmp_path: Path):
    folder = tmp_path / "schedules"
    (folder / "light").mkdir(parents=True)
    heavy = with_forms(*(form(f"more-{n}", "who-5", **DAY_1) for n in (1, 2, 3)))
    (folder / "light" / "1.0.0.yaml").write_text(heavy)
    assert len(check(ROOT / "forms", folder).warnings) == 1
    (folder / "light.yaml").write_text(BASE.replace("version: 1.0.0", "version: 1.1.0"))
    assert check(ROOT / "forms", folder).warnings == []


def test_a_file_with_a_problem_is_told_of_that_first(tmp_path: Path):
    folder = tmp_path / "schedules"
    folder.mkdir()
    heavy = with_forms(*(form(f"more-{n}", "who-6", **DAY_1) for n in (1, 2, 3)))
    (folder / "light.yaml").write_text(heavy)
    report = check(ROOT / "forms", folder)
    assert len(report.problems) == 3
    assert report.warnings == []


def test_the_command_prints_warnings_and_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    heavy = with_forms(*(form(f"more-{n}", "who-5", **DAY_1) for n in (1, 2, 3)))
    (tmp_path / "light.yaml").write_text(heavy)
    found = replace(config.load(), data=tmp_path / "data", schedules=tmp_path)
    monkeypatch.setattr(config, "load", lambda: found)
    done = CliRunner().invoke(cli, ["check"])
    assert done.exit_code == 0
    assert "warning: assessments[3]: 4 forms" in done.output
    assert "1 warning, 0 problems" in done.output


def test_nothing_we_ship_is_a_burden():
    assert check(ROOT / "forms", ROOT / "schedules").warnings == []
