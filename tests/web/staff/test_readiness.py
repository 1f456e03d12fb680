"""Each thing that is looked at before a study goes live: when it passes, and when it stops passing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.actions.check_readiness import study_readiness
from server.actions.keep_recovery import make_recovery
from server.channels.channel import NotNowError, RefusedError
from server.clock import FixedClock
from server.store import participants, studies
from tests import going_live
from tests.cast import ENROLLED, TESTER, Cast
from tests.conftest import Browser, FakeChannel
from tests.going_live import (
    PAGE,
    copy_elsewhere,
    keys_elsewhere,
    lacking,
    mail_arrives,
)

# The fixtures of a real study that is still being set up.
licensed, context, real = going_live.licensed, going_live.context, going_live.real


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
