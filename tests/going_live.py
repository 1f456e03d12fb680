"""What tests of going live do again and again: see to one thing or to everything, and ask what is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.actions.approve_protocol import ApprovalEntry, approve_protocol
from server.actions.check_readiness import study_readiness
from server.actions.context import Context
from server.actions.keep_recovery import make_recovery
from server.catalog import site
from server.catalog.catalog import Catalog
from server.ids import new_id
from server.store import recovery, studies
from tests.cast import ENROLLED, TESTER, Cast
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
