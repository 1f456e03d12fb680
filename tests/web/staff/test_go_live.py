"""Going live as people walk it; and what is said when something stops passing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.actions.go_live import lines
from server.app import create_app
from server.clock import FixedClock
from server.store import studies
from server.store.database import sqlite3
from tests import going_live
from tests.cast import Cast, make_live
from tests.conftest import Browser, FakeChannel
from tests.going_live import (
    ENROL,
    PAGE,
    approve,
    copy_elsewhere,
    keys_elsewhere,
    lacking,
    mail_arrives,
    see_to_everything,
)

# The fixtures of a real study that is still being set up.
licensed, context, real = going_live.licensed, going_live.context, going_live.real


def test_nobody_is_enrolled_before_everything_is_seen_to(
    real: Cast, client: Browser, channel: FakeChannel, tmp_path: Path
):
    staff = client.as_staff(real, real.administrator)
    page = staff.get("/staff/participants/enrol")
    assert "Nobody can be enrolled yet" in page.text
    assert PAGE in page.text
    assert staff.post("/staff/participants/enrol", data=ENROL).status_code == 409
    assert "still being set up" in staff.get("/staff/").text
    assert lacking(real) == {
        "approval": "none", "crisis": "never", "mail": "never", "backup": "no place",
        "recovery": "none",
    }  # fmt: skip
    assert staff.post(PAGE).status_code == 409

    see_to_everything(real, staff, channel, tmp_path)
    assert lacking(real) == {}
    assert "All is seen to" in staff.get(PAGE).text
    assert staff.post(PAGE).status_code == 303
    assert staff.post("/staff/participants/enrol", data=ENROL).status_code == 303
    assert "Live since" in staff.get(PAGE).text
    assert staff.post(PAGE).status_code == 409
    assert "lacks something" not in staff.get("/staff/").text


@pytest.mark.parametrize("left_out", ["approval", "crisis", "mail", "backup", "recovery"])
def test_each_thing_alone_keeps_a_study_from_going_live(
    real: Cast, client: Browser, channel: FakeChannel, tmp_path: Path, left_out: str
):
    staff = client.as_staff(real, real.administrator)
    steps: dict[str, Callable[[], object]] = {
        "approval": lambda: approve(real),
        "crisis": lambda: staff.post(f"{PAGE}/crisis", data={"on": "2027-02-28"}),
        "mail": lambda: mail_arrives(staff, channel),
        "backup": lambda: copy_elsewhere(real),
        "recovery": lambda: keys_elsewhere(real, staff, tmp_path),
    }
    for name, see_to in steps.items():
        if name != left_out:
            see_to()
    assert set(lacking(real)) == {left_out}
    assert staff.post(PAGE).status_code == 409
    assert studies.one(real.context.db, real.study_id)["live_at"] is None


def test_a_demos_study_is_never_live_and_says_so(
    cast: Cast, client: Browser, channel: FakeChannel, tmp_path: Path
):
    staff = client.as_staff(cast, cast.administrator)
    see_to_everything(cast, staff, channel, tmp_path)
    page = staff.get(PAGE).text
    assert "never goes live" in page
    assert "All of it is looked at once more" not in page
    assert staff.post(PAGE).status_code == 409
    with pytest.raises(sqlite3.IntegrityError):
        cast.context.db.connection.execute("UPDATE studies SET live_at = '2027'")


def test_only_those_who_lead_bring_it_to_life(
    real: Cast, client: Browser, channel: FakeChannel, tmp_path: Path
):
    see_to_everything(real, client.as_staff(real, real.administrator), channel, tmp_path)
    coordinator = client.as_staff(real, real.coordinator)
    assert "All of it is looked at once more" not in coordinator.get(PAGE).text
    assert coordinator.post(PAGE).status_code == 403
    assert coordinator.post(f"{PAGE}/crisis", data={"on": "2027-03-01"}).status_code == 303


def test_today_says_when_something_stops_passing(
    real: Cast, client: Browser, channel: FakeChannel, tmp_path: Path, clock: FixedClock
):
    staff = client.as_staff(real, real.administrator)
    see_to_everything(real, staff, channel, tmp_path)
    staff.post(PAGE)
    clock.move(timedelta(days=3))
    for viewer in (real.administrator, real.coordinator):
        today = client.as_staff(real, viewer).get("/staff/").text
        assert "This live study lacks something" in today
        assert "older than two days" in today
    assert "lacks something" not in client.as_staff(real, real.rated).get("/staff/").text


def test_what_lapses_stops_nobody_who_is_enrolled_and_no_answer(cast: Cast, clock: FixedClock):
    make_live(cast.context, cast.study_id)
    assert set(lacking(cast)) > {"approval", "mail"}
    assert "SYN-1 is live and lacks: approval, crisis, mail" in lines(cast.context)[0][0]
    assessment = cast.assessment(cast.ada, "wellbeing-baseline")
    cast.send(cast.ada, cast.payload(assessment))
    row = cast.context.db.one("SELECT response_id FROM assessments WHERE id = ?", [assessment])
    assert row is not None
    assert row["response_id"]


def test_a_changed_protocol_file_is_told_on_today(
    real: Cast, client: Browser, channel: FakeChannel, tmp_path: Path
):
    see_to_everything(real, client.as_staff(real, real.administrator), channel, tmp_path)
    client.post(PAGE)
    catalog = real.context.catalog
    digests = {**catalog.digests, ("alliance-core", "1.0.0"): "of another text"}
    changed = replace(
        real, context=replace(real.context, catalog=replace(catalog, digests=digests))
    )
    assert lacking(changed) == {"approval": "void"}
    again = create_app(context=changed.context)
    again.testing = True
    again.test_client_class = Browser
    browser = again.test_client()
    assert isinstance(browser, Browser)
    told = browser.as_staff(changed, changed.administrator).get("/staff/").text
    assert "The file changed after it was approved" in told
