"""The demo: whole or not at all, synthetic for ever, and shaped like what was published."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from server.actions.context import Context, open_context
from server.actions.verify_store import verify_store
from server.config import Config
from server.demo import synthetic
from server.demo.make import SEED, SIZE, make_demo
from server.domain.assessment import state
from server.domain.people import Staff, System
from server.store import assessments, participants, settings, unconfirmed
from server.store.database import sqlite3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Context:
    config = Config(
        data=tmp_path_factory.mktemp("demo"),
        bind="127.0.0.1",
        port=8000,
        url="http://localhost:8000",
        smtp=None,
        mail_from="forms@example.org",
    )
    context = open_context(config)
    make_demo(context, "test")
    return context


def test_two_dozen_people_stand_in_every_phase(demo: Context):
    everyone = participants.list_of(demo.db, System("test"), demo.clock.now())
    people = [each for each in everyone if each["code"].startswith("D")]
    assert len(people) == SIZE
    assert {each["status"] for each in people} == {"active", "paused", "withdrawn"}
    assert any(each["missed_count"] >= 5 for each in people), "nobody is silent"
    assert any(each["open_count"] for each in people), "nobody is due"
    kinds = {row["kind"] for row in demo.db.all("SELECT kind FROM visits")}
    assert kinds >= {"preparation", "dosing", "integration"}


def test_what_does_not_go_by_the_book_can_be_seen_too(demo: Context):
    rows = assessments.every(demo.db, System("test"))
    found = {state(row, demo.clock.now()) for row in rows}
    assert found >= {"excused", "on-paper", "transcribed", "late", "half-done", "unopened", "open"}
    rated = [row for row in rows if row["respondent"] == "rater" and row["response_id"]]
    assert {row["entered_by_name"] for row in rated} == {"Ines Moreau"}
    assert any(row["respondent"] == "rater" and not row["response_id"] for row in rows)


def test_today_asks_about_one_visit_of_yesterday(demo: Context):
    study = demo.db.value("SELECT id FROM studies WHERE code = 'DEMO'")
    mara = demo.db.value("SELECT id FROM staff WHERE email = 'coordinator@example.org'")
    coordinator = Staff(mara, study, frozenset({"coordinator"}))
    (asked,) = unconfirmed.of(demo.db, coordinator, demo.clock.now())
    assert (asked["kind"], asked["days"]) == ("dosing", 1)


def test_every_answer_came_through_the_real_door_and_was_filed(demo: Context):
    outcomes = demo.db.all("SELECT outcome, COUNT(*) AS n FROM openings GROUP BY outcome")
    assert [row["outcome"] for row in outcomes] == ["opened"]
    assert outcomes[0]["n"] == demo.db.value("SELECT COUNT(*) FROM envelopes")
    assert outcomes[0]["n"] > 200
    verify_store(demo)  # raises where a row is not what the trail says


def test_it_can_never_become_live(demo: Context):
    assert settings.mode(demo.db) == "demo"
    with pytest.raises(sqlite3.IntegrityError, match="decided once"):
        demo.db.connection.execute("UPDATE settings SET value = 'live' WHERE name = 'mode'")
    assert demo.db.value("SELECT MIN(synthetic) FROM studies") == 1


def test_nothing_half_made_is_left_beside_it(demo: Context):
    assert not (demo.config.data / "making").exists()
    assert Path(demo.config.database).exists()


def test_alliance_rises_by_about_the_published_size(demo: Context):
    before, after = _totals(demo, "alliance-prep"), _totals(demo, "alliance-week-1")
    both = sorted(before.keys() & after.keys())
    first, last = [before[each] for each in both], [after[each] for each in both]
    spread = (statistics.stdev(first) + statistics.stdev(last)) / 2
    rise = (statistics.mean(last) - statistics.mean(first)) / spread
    assert len(both) >= 14
    assert 0.15 < rise < 0.75, f"published: d = .43; here {rise:.2f}"


def test_alliance_goes_with_later_symptoms_as_published(demo: Context):
    alliance, later = _totals(demo, "alliance-prep"), _totals(demo, "distress-month-1")
    both = sorted(alliance.keys() & later.keys())
    r = statistics.correlation([alliance[each] for each in both], [later[each] for each in both])
    assert len(both) >= 12
    assert -0.85 < r < -0.4, f"published: r about -.6; here {r:.2f}"


def test_the_cohort_is_drawn_with_exactly_the_correlation_aimed_at():
    people = synthetic.cohort(SIZE, SEED)
    r = statistics.correlation([each.alliance for each in people], [each.course for each in people])
    assert r == pytest.approx(synthetic.ALLIANCE_WITH_SYMPTOMS, abs=1e-9)


@pytest.mark.parametrize("total", [-5, 0, 12, 47.3, 60, 99])
def test_items_add_up_to_the_total_as_far_as_codes_allow(total: float):
    import random

    answers = synthetic.items_for(total, (1, 2, 3, 4, 5), 12, random.Random(1))
    assert all(1 <= each <= 5 for each in answers)
    assert sum(answers) == min(max(round(total), 12), 60)


def _totals(demo: Context, definition: str) -> dict[str, float]:
    rows = demo.db.all(
        "SELECT a.participant_id AS person, AVG(s.value) AS total FROM scores s"
        " JOIN responses r ON r.id = s.response_id JOIN assessments a ON a.id = r.assessment_id"
        " WHERE s.score = 'total' AND s.value IS NOT NULL AND a.definition = ? GROUP BY 1",
        [definition],
    )
    return {row["person"]: row["total"] for row in rows}


def test_nobody_talks_a_session_over_on_its_own_day(demo: Context):
    rows = demo.db.all(
        "SELECT v.participant_id AS who, v.kind, f.on_day FROM visits v JOIN visit_facts f"
        " ON f.visit_id = v.id JOIN participants p ON p.id = v.participant_id"
        " WHERE p.code LIKE 'D0%' AND f.status <> 'cancelled' AND NOT EXISTS"
        " (SELECT 1 FROM visit_facts l WHERE l.visit_id = f.visit_id AND l.seq > f.seq)"
    )
    days: dict[tuple[str, str], set[str]] = {(row["who"], row["on_day"]): set() for row in rows}
    for row in rows:
        days[row["who"], row["on_day"]].add(row["kind"])
    assert not [kinds for kinds in days.values() if {"dosing", "integration"} <= kinds]
