"""A schedule that says everything a schedule can say, for tests to make one mistake at a time in."""

from __future__ import annotations

from pathlib import Path

TEXT = """\
id: every-word
version: 1.0.0
title: Everything that a schedule can say
overlap: earlier closes
late: accept and flag
late_for: 4 weeks
arms: {immediate: Immediate start, delayed: Delayed start}
allocation:
  known_to: [administrator]
  after_enrolment: true
sites: {berlin: Berlin, site-2: Zurich}
courses:
  1: First course
  2: Open label
visits:
  enrolment: {label: Enrolment, participant_label: Joining}
  preparation:
    label: Preparation
    participant_label: Getting ready
    repeat: true
  dosing:
    label: Dosing
    participant_label: Session day
    count: 2
    time: required
    session: true
    dates: fixed
  circle:
    label: Circle
    participant_label: Circle
    repeat: true
    group: true
    dates: future only
assessments:
  - id: baseline
    instrument: phq-9
    label: Baseline
    anchor: enrolment
    opens: same day
    closes: +6 days
  - id: alone
    instrument: wai-sr
    label: Each guide, once
    anchor: every circle
    target: +1 day
    window: [-1 day, +3 days]
    asked: once per facilitator
  - id: before
    instrument: who-5
    label: Before the session
    anchor: every dosing
    opens: -2 days
    closes: same day at 08:00
    waits: false
  - id: waiting
    instrument: who-5
    label: While waiting
    anchor: enrolment
    opens: +2 weeks
    closes: +16 days
    repeat: {every: 2 weeks, until: preparation-1}
    when:
      arm: [delayed]
      site: [berlin]
      language: [de, en]
      course: [1]
    late: stop opening
    minutes: 3
    overlap: later opens after
  - id: after
    instrument: ies-r
    label: After the baseline
    anchor: completion of baseline
    opens: +1 day
    closes: +3 days
    repeat: {every: 1 month, until: +12 months}
  - id: worse
    instrument: followup-open
    label: When things are worse
    anchor: completion of after
    opens: +1 day
    closes: +3 days
    repeat: {every: 1 week, times: 3}
    when:
      answered: {assessment: baseline, item: phq01, is: [2, 3]}
      score: {assessment: baseline, score: total, at_least: 10, below: 20}
reminders:
  plan: [at opening]
  hours: {default: "10:00", quiet: "21:00-08:00"}
"""


def write_every_word(schedules: Path) -> Path:
    """Write the schedule among others; return its path."""
    path = schedules / "every-word.yaml"
    path.write_text(TEXT)
    return path
