"""The pages of amendments: what changes for whom, approved by whom, put in force, and its history."""

from __future__ import annotations

import re
from datetime import timedelta

from server.actions.change_participant import Change, change_participant
from server.clock import FixedClock
from server.store import amendments, studies
from tests.cast import Cast
from tests.conftest import Browser

LIST = "/staff/study/amendments"
NEW = f"{LIST}/1.1.0"


def _digest(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def _approve(staff: Browser) -> None:
    given = {
        "digest": _digest(staff.get(NEW).text), "approved_by": "Ethics committee of Exampletown",
        "approved_on": "2027-02-20", "reference": "EC-17",
    }  # fmt: skip
    assert staff.post(f"{NEW}/approve", data=given).status_code == 303


def _text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_tables_say_what_changes_and_for_whom(cast: Cast, client: Browser):
    page = _text(client.as_staff(cast, cast.investigator).get(NEW).text)
    assert "What changes, against 1.0.0" in page
    assert "Safety check before dosing new" in page
    assert "Order within the day" in page
    assert "Together 2 of 2" in page
    assert "It can be put in force once it is approved." in page


def test_the_scope_that_is_chosen_shows_in_the_table(cast: Cast, client: Browser):
    staff = client.as_staff(cast, cast.investigator)
    assert "Together 0 of 2" in _text(staff.get(f"{NEW}?scope=new").text)
    assert "Together 2 of 2" in _text(staff.get(f"{NEW}?scope=before&before=dosing-1").text)
    # Nonsense in the address is the default, not an error.
    assert staff.get(f"{NEW}?scope=%00&before=nowhere").status_code == 200


def test_from_approval_to_history(cast: Cast, client: Browser, clock: FixedClock):
    staff = client.as_staff(cast, cast.investigator)
    wrong = staff.post(f"{NEW}/approve", data={"digest": _digest(staff.get(NEW).text)})
    assert wrong.status_code == 422
    assert "Name the person or committee" in wrong.text
    assert staff.post(f"{NEW}/apply", data={"scope": "all", "reason": "why"}).status_code == 409
    _approve(staff)
    assert "Ethics committee of Exampletown, 20 Feb 2027, EC-17" in staff.get(NEW).text
    assert staff.post(f"{NEW}/apply", data={"scope": "all"}).status_code == 422
    clock.move(timedelta(days=2))
    staff = client.as_staff(cast, cast.investigator)
    given = {"scope": "all", "before": "dosing-1", "reason": "A safety check at every contact"}
    assert staff.post(f"{NEW}/apply", data=given).status_code == 303

    told = _text(staff.get(LIST).text)
    assert "1.1.0 for whoever enrols 2 participants approved" in told
    assert (
        "1.0.0 → 1.1.0 all participants A safety check at every contact Ines Investigator" in told
    )
    history = _text(
        client.as_staff(cast, cast.monitor).get(f"/staff/participants/{cast.ada.id}/versions").text
    )
    assert "1.1.0 now 3 Mar 2027 A safety check at every contact Ines Investigator" in history
    assert "1.0.0 24 Feb 2027 enrolled into it" in history
    assert "Safety check before dosing 1.1.0 3 Mar 2027, 10:00 Berlin" in history
    # It stood in the plan before; this version has planned it since it was put in force.
    assert "Alliance one week after dosing (Sam) 1.1.0 3 Mar 2027, 10:00 Berlin" in history
    # What was over by then stays the older version's.
    assert "Well-being at baseline 1.0.0 1 Mar 2027, 10:00 Berlin expired unopened" in history


def test_before_anything_was_amended_the_history_is_the_studys_own(cast: Cast, client: Browser):
    page = client.as_staff(cast, cast.coordinator).get(
        f"/staff/participants/{cast.ada.id}/versions"
    )
    assert "1.0.0 now 24 Feb 2027 enrolled into it" in _text(page.text)


def test_whoever_withdrew_is_in_the_table_and_stays(cast: Cast, client: Browser):
    coordinator = cast.coordinator
    change_participant(
        cast.context, cast.actor(coordinator), coordinator, cast.ben.id, Change(status="withdrawn")
    )
    page = _text(client.as_staff(cast, cast.investigator).get(NEW).text)
    assert "1 participant stays on the version they follow SYN-002 1.0.0 withdrawn" in page
    assert "Together 1 of 1" in page


def test_a_version_that_is_everybodys_has_nothing_to_compare_with(cast: Cast, client: Browser):
    staff = client.as_staff(cast, cast.investigator)
    assert "nothing to compare it with" in staff.get(f"{LIST}/1.0.0").text


def test_a_file_that_changed_meanwhile_is_not_approved_by_mistake(cast: Cast, client: Browser):
    staff = client.as_staff(cast, cast.investigator)
    given = {"digest": "0" * 64, "approved_by": "Somebody", "approved_on": "2027-02-20"}
    told = staff.post(f"{NEW}/approve", data=given)
    assert told.status_code == 409
    assert "changed since you looked" in told.text


def test_a_live_study_takes_no_version_with_sample_sentences(cast: Cast, client: Browser):
    staff = client.as_staff(cast, cast.investigator)
    _approve(staff)
    cast.context.db.connection.execute("UPDATE studies SET synthetic = 0, live_at = '2027-01-01'")
    told = staff.post(f"{NEW}/apply", data={"scope": "all", "reason": "why"})
    assert told.status_code == 409
    assert "sample sentences only" in told.text
    assert amendments.of(cast.context.db, cast.study_id) == []
    assert studies.one(cast.context.db, cast.study_id)["protocol_version"] == "1.0.0"


def test_the_study_page_leads_there(cast: Cast, client: Browser):
    lead = client.as_staff(cast, cast.investigator).get("/staff/study").text
    assert LIST in lead
    assert "/staff/study/go-live" in lead
    assert "demo, never live" in lead
    assert LIST not in client.as_staff(cast, cast.coordinator).get("/staff/study").text
