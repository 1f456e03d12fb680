"""Go live, step by step as people walk it; and what is said when something stops passing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.actions.approve_protocol import ApprovalEntry, approve_protocol
from server.actions.check_readiness import study_readiness
from server.actions.context import Context
from server.actions.go_live import lines
from server.actions.keep_recovery import make_recovery
from server.app import create_app
from server.catalog import site
from server.catalog.catalog import Catalog
from server.channels.channel import NotNowError, RefusedError
from server.clock import FixedClock
from server.ids import new_id
from server.store import participants, recovery, studies
from server.store.database import sqlite3
from tests.cast import ENROLLED, TESTER, Cast, make_live
from tests.conftest import Browser, FakeChannel
from tests.licensed import license_all

PAGE = "/staff/study/go-live"
ENROL = {
    "code": "SYN-009", "zone": "Europe/Berlin", "language": "en", "arm": "immediate", "site": "",
    "channel": "none", "name": "", "email": "", "phone": "", "enrolled_on": ENROLLED.isoformat(),
}  # fmt: skip


@pytest.fixture(scope="module")
def licensed(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What we ship, with a (made-up) licensed wording of every form of the design."""
    folder = tmp_path_factory.mktemp("wordings")
    license_all(catalog, folder, "alliance-core")
    return site.with_site(catalog, folder).catalog


@pytest.fixture
def context(context: Context, licensed: Catalog, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(recovery, "COST", 2**10)
    return replace(context, catalog=licensed)


@pytest.fixture
def real(cast: Cast) -> Cast:
    """The cast in a real study that is still being set up."""
    cast.context.db.connection.execute("UPDATE studies SET synthetic = 0")
    return cast


def lacking(cast: Cast) -> dict[str, str]:
    row = studies.one(cast.context.db, cast.study_id)
    return {each.name: each.why for each in study_readiness(cast.context, row).missing}


def approve(cast: Cast, version: str = "1.0.0") -> None:
    digest = cast.context.catalog.digest("alliance-core", version)
    lead = cast.administrator
    given = ApprovalEntry(version, digest, "Ethics committee", date(2027, 2, 1), "EC-17")
    approve_protocol(cast.context, cast.actor(lead), lead, given)


def copy_elsewhere(cast: Cast) -> None:
    with cast.context.write(TESTER, "a copy elsewhere") as tx:
        name = new_id()
        row = {
            "id": name, "at": tx.at_text, "file": "/mnt/other/attune.db", "digest": "0",
            "envelope_seq": 0, "audit_seq": 0, "audit_hash": "0", "away": 1, "verified": 1,
        }  # fmt: skip
        tx.record("backups", row, name)


def keys_elsewhere(cast: Cast, staff: Browser, tmp_path: Path) -> None:
    made = make_recovery(cast.context, tmp_path / f"{new_id()}.json", "five quiet herons on a wire")
    given = {"file": made.digest, "place": "the safe of the pharmacy"}
    assert staff.post(f"{PAGE}/recovery", data=given).status_code == 303


def mail_arrives(staff: Browser, channel: FakeChannel) -> None:
    assert staff.post(f"{PAGE}/mail", data={"address": "ada@example.org"}).status_code == 303
    found = re.search(r": ([0-9A-Z]{8})$", channel.sent[-1].text, re.MULTILINE)
    assert found
    told = staff.post(f"{PAGE}/mail/arrived", data={"code": f" {found[1].lower()} "})
    assert told.status_code == 303


def see_to_everything(cast: Cast, staff: Browser, channel: FakeChannel, tmp_path: Path) -> None:
    approve(cast)
    copy_elsewhere(cast)
    keys_elsewhere(cast, staff, tmp_path)
    mail_arrives(staff, channel)
    assert staff.post(f"{PAGE}/crisis", data={"on": "2027-02-28"}).status_code == 303


# ---------------------------------------------------------------- the way there


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
    steps = {
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


# ---------------------------------------------------------------- each thing


def test_crisis_numbers_want_a_day_that_is_past(real: Cast, client: Browser):
    staff = client.as_staff(real, real.coordinator)
    for on in ("", "yesterday", "2027-03-02", "1999-01-01"):
        assert staff.post(f"{PAGE}/crisis", data={"on": on}).status_code == 422
    assert lacking(real)["crisis"] == "never"


def test_crisis_numbers_are_dialled_again_after_six_months_and_when_they_change(
    real: Cast, client: Browser, clock: FixedClock
):
    staff = client.as_staff(real, real.coordinator)
    staff.post(f"{PAGE}/crisis", data={"on": "2027-03-01"})
    clock.move(timedelta(days=183))
    assert "crisis" not in lacking(real), "31 August is not six months yet"
    clock.move(timedelta(days=1))
    assert lacking(real)["crisis"] == "stale"
    staff = client.as_staff(real, real.coordinator)
    staff.post(f"{PAGE}/crisis", data={"on": "2027-09-01"})
    assert "crisis" not in lacking(real)
    with real.context.write(TESTER, "another number") as tx:
        studies.change(tx, real.study_id, {"team_phone": "+49 30 9999999"})
    assert lacking(real)["crisis"] == "changed"


def test_a_wrong_code_or_an_old_one_is_no_mail_that_arrived(
    real: Cast, client: Browser, channel: FakeChannel, clock: FixedClock
):
    staff = client.as_staff(real, real.administrator)
    assert staff.post(f"{PAGE}/mail/arrived", data={"code": "AAAAAAAA"}).status_code == 422
    staff.post(f"{PAGE}/mail", data={"address": "ada@example.org"})
    code = re.search(r": ([0-9A-Z]{8})$", channel.sent[-1].text, re.MULTILINE)
    assert code
    assert code[1] not in staff.get(PAGE).text
    assert staff.post(f"{PAGE}/mail/arrived", data={"code": "AAAAAAAA"}).status_code == 422
    clock.move(timedelta(days=1, minutes=1))
    staff = client.as_staff(real, real.administrator)
    assert staff.post(f"{PAGE}/mail/arrived", data={"code": code[1]}).status_code == 422
    assert lacking(real)["mail"] == "unconfirmed"


@pytest.mark.parametrize(
    ("error", "status"), [(RefusedError("unknown address"), 422), (NotNowError("timed out"), 409)]
)
def test_a_mail_that_does_not_leave_says_why(
    real: Cast, client: Browser, channel: FakeChannel, error: Exception, status: int
):
    channel.error = error
    told = client.as_staff(real, real.administrator).post(
        f"{PAGE}/mail", data={"address": "ada@example.org"}
    )
    assert told.status_code == status
    assert str(error) in told.text


def test_no_address_is_no_mail(real: Cast, client: Browser, channel: FakeChannel):
    staff = client.as_staff(real, real.administrator)
    assert staff.post(f"{PAGE}/mail", data={"address": "nobody"}).status_code == 422
    assert channel.sent == []


def test_mail_is_tested_again_when_it_leaves_another_way(
    real: Cast, client: Browser, channel: FakeChannel
):
    mail_arrives(client.as_staff(real, real.administrator), channel)
    assert "mail" not in lacking(real)
    context = real.context
    moved = replace(context, config=replace(context.config, mail_from="other@example.org"))
    assert lacking(replace(real, context=moved))["mail"] == "other way out"


def test_a_copy_on_this_machine_or_an_old_one_is_no_backup(real: Cast, clock: FixedClock):
    copy_elsewhere(real)
    assert "backup" not in lacking(real)
    clock.move(timedelta(days=2, minutes=1))
    assert lacking(real)["backup"] == "old"


def test_a_new_recovery_file_wants_to_be_seen_anew(real: Cast, client: Browser, tmp_path: Path):
    staff = client.as_staff(real, real.administrator)
    keys_elsewhere(real, staff, tmp_path)
    assert "the safe of the pharmacy" in staff.get(PAGE).text
    assert "recovery" not in lacking(real)
    earlier = make_recovery(real.context, tmp_path / "again.json", "five quiet herons on a wire")
    assert lacking(real)["recovery"] == "unconfirmed"
    given = {"file": "0" * 64, "place": "somewhere"}
    assert staff.post(f"{PAGE}/recovery", data=given).status_code == 409
    given = {"file": earlier.digest, "place": "  "}
    assert staff.post(f"{PAGE}/recovery", data=given).status_code == 422
    assert lacking(real)["recovery"] == "unconfirmed"


def test_a_key_that_is_newer_than_the_file_voids_it(real: Cast, client: Browser, tmp_path: Path):
    keys_elsewhere(real, client.as_staff(real, real.administrator), tmp_path)
    keys = real.context.keys
    more = replace(keys, opening={**keys.opening, "newer": keys.opening[keys.current]})
    assert lacking(replace(real, context=replace(real.context, keys=more)))["recovery"] == "keys"


def test_a_language_that_is_chosen_wants_every_form_in_it(real: Cast, client: Browser):
    staff = client.as_staff(real, real.administrator)
    assert "wordings" not in lacking(real)
    assert staff.post(f"{PAGE}/languages", data={}).status_code == 422
    assert staff.post(f"{PAGE}/languages", data={"languages": ["xx"]}).status_code == 422
    assert staff.post(f"{PAGE}/languages", data={"languages": ["en", "de"]}).status_code == 303
    assert lacking(real)["wordings"] == "samples"
    page = staff.get(PAGE).text
    assert "./attune wording import who-5 --lang de FILE" in page
    assert "letter 7, in the binder" in page, "the proof of what is licensed stands beside it"


def test_a_study_that_asks_in_german_alone_needs_no_english(real: Cast, client: Browser):
    """Ada and Ben read English here; without them it would be nobody's."""
    context = real.context
    with context.write(TESTER, "they left") as tx:
        for person in (real.ada, real.ben):
            participants.record(tx, person.id, "status", "withdrawn", ENROLLED)
    client.as_staff(real, real.administrator).post(f"{PAGE}/languages", data={"languages": "de"})
    row = studies.one(context.db, real.study_id)
    assert {each.language for each in study_readiness(context, row).wordings} == {"de"}


def test_nobody_on_duty_matters_only_where_an_answer_could_call(real: Cast):
    with real.context.write(TESTER, "nobody is on duty") as tx:
        studies.change(tx, real.study_id, {"duty_email": ""})
    assert "duty" not in lacking(real)
    with real.context.write(TESTER, "a version that asks about safety") as tx:
        studies.change(tx, real.study_id, {"protocol_version": "1.1.0"})
    assert lacking(real)["duty"] == "nobody"


# ---------------------------------------------------------------- afterwards


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
