"""The main job, from an empty installation to a printed page: real web, worker, mail peer and browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from server.actions.context import open_context
from server.actions.found_installation import Founding, found_installation
from server.catalog.load import load
from server.config import ROOT, Config
from server.domain.people import Actor
from server.store import staff
from server.store.database import Database
from tests.browser.chromium import PHONE, barriers
from tests.browser.phone import tap
from tests.cast import make_live
from tests.channels.peer import Peer, listening
from tests.licensed import license_all

pytestmark = pytest.mark.browser

PASSWORD = "four quiet herons today"
PIN = "271828"
# Somewhere it is daytime: a reminder of this morning is due, and no quiet hours keep it back.
ZONES = ("Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo")
EVENT, WHEN = "the fall from the roof", "May 2021"
RATINGS = {"Jonas": 4, "Amina": 5}
# What the browser's console complained about, on any page.
TROUBLE: list[str] = []
DISTRESS = [3, 2, 4, 1, 0, 2, 3, 4, 1, 2, 0, 3, 2, 4, 1, 2, 3, 0, 1, 2, 4, 3]


@dataclass
class Site:
    """A real installation that runs, its mail peer, and where it is."""

    address: str
    data: Path
    peer: Peer
    process: subprocess.Popen[bytes]
    zone: ZoneInfo
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> datetime:
        return datetime.now(self.zone)

    def day(self, ahead: int) -> str:
        return (self.today + timedelta(days=ahead)).date().isoformat()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data, port = tmp_path_factory.mktemp("live"), _free_port()
    address = f"http://localhost:{port}"
    _found(Config(data, "127.0.0.1", port, address, None, "forms@example.org"))
    peer = Peer()
    with listening(peer) as listens:
        environment = {
            **os.environ, "ATTUNE_DATA": str(data), "ATTUNE_PORT": str(port),
            "ATTUNE_URL": address, "ATTUNE_SMTP": f"smtp://{listens}",
            "ATTUNE_MAIL_FROM": "forms@example.org",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "run"], cwd=ROOT, env=environment,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        said = b""
        while b"Ctrl-C stops it" not in said:
            line = process.stdout.readline()
            assert line, f"it did not start: {said!r}"
            said += line
        yield Site(address, data, peer, process, _daytime_zone())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, "Ctrl-C must end it cleanly"
        process.stdout.close()


def test_from_an_empty_installation_to_scores_on_a_printed_page(site: Site, browser: Browser):
    coordinator = _page(browser, site)
    given_a_coordinator_who_signs_in(coordinator, site)
    and_wordings_that_were_laid_into_the_sites_folder(coordinator, site)
    and_a_participant_with_two_guides_and_their_visits(coordinator, site)

    phone = _page(browser, site)
    when_the_participant_connects_their_phone(coordinator, phone, site)
    then_the_due_reminder_leaves_by_mail(site)
    and_they_practise(coordinator, phone, site)
    then_they_see_what_is_due(phone)
    when_they_rate_each_guide(phone)
    and_tell_once_which_event_it_is(phone)
    and_answer_how_the_past_week_was(phone)
    and_ask_to_be_called(phone)
    then_whoever_is_on_duty_is_called(coordinator, site)
    then_everything_is_stored_opened_and_scored(site)
    and_the_rest_may_wait(phone)

    then_the_printed_page_holds_the_scores_but_not_what_was_said_about_guides(coordinator, site)
    and_a_research_copy_holds_both(coordinator, site)
    # A phone that nobody has connected asks for its list and is told so, once.
    assert [said for said in TROUBLE if "401" not in said] == []
    assert len(TROUBLE) <= 1


# ---------------------------------------------------------------- the steps


def given_a_coordinator_who_signs_in(page: Page, site: Site):
    page.goto(f"{site.address}/staff/")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()
    assert barriers(page) == []


def and_wordings_that_were_laid_into_the_sites_folder(page: Page, site: Site):
    """Made-up ones. The server runs on; nobody could be enrolled before."""
    page.goto(f"{site.address}/staff/study")
    expect(page.get_by_role("heading", name="Wordings still to load")).to_be_visible()
    expect(page.get_by_text("./attune wording import wai-sr --lang en FILE")).to_be_visible()
    license_all(load(ROOT / "forms", ROOT / "schedules"), site.data / "wordings", "alliance-core")
    # Each of the web's processes looks every other second.
    time.sleep(2.5)
    page.reload()
    expect(page.get_by_role("heading", name="What is asked when")).to_be_visible()
    expect(page.get_by_role("heading", name="Wordings still to load")).to_have_count(0)


def and_a_participant_with_two_guides_and_their_visits(page: Page, site: Site):
    page.goto(f"{site.address}/staff/participants/enrol")
    page.get_by_label("Study code").fill("P-001")
    page.get_by_label("Enrolled on").fill(site.day(-1))
    page.get_by_label("Arm").select_option(label="Immediate start")
    page.get_by_label("Time zone").select_option(str(site.zone))
    page.get_by_label("Language of the forms").select_option("en")
    page.get_by_label("E-mail address").fill("person@example.org")
    page.get_by_label("Reminders by").select_option("email")
    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_role("heading", level=1, name="P-001")).to_be_visible()
    site.notes["participant"] = page.url
    for name in RATINGS:
        page.get_by_role("link", name="Assign a facilitator").click()
        page.get_by_label("Facilitator", exact=True).select_option(label=f"{name} Example")
        page.get_by_label("Name the participant knows").fill(name)
        page.get_by_label("From", exact=True).fill(site.day(-1))
        page.get_by_role("button", name="Assign").click()
        expect(page.get_by_role("heading", level=1, name="P-001")).to_be_visible()
    for kind, ahead, at, status in (
        ("Preparation", -1, "10:00", "held"),
        ("Dosing", 2, "09:00", "planned"),
    ):
        page.get_by_role("link", name="Record a visit").click()
        page.get_by_label("Kind of visit").select_option(label=kind)
        page.get_by_label("Day", exact=True).fill(site.day(ahead))
        page.get_by_label("Time, if known").fill(at)
        page.get_by_label(re.compile(status, re.IGNORECASE)).check()
        page.get_by_role("button", name="Record").click()
        expect(page.get_by_role("heading", level=1, name="P-001")).to_be_visible()
    assert barriers(page) == []


def then_the_due_reminder_leaves_by_mail(site: Site):
    _until(lambda: site.peer.taken, "no reminder left", seconds=60)
    to, mail = site.peer.taken[0]
    assert to == ["person@example.org"]
    assert mail["Subject"] == "A short form is ready for you"
    body = mail.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert site.address in words
    assert "#" not in words, "a reminder carries no credential"
    for health in ("PTSD", "depress", "dosing", "study", "medicine", "Jonas"):
        assert health.casefold() not in words.casefold()


def when_the_participant_connects_their_phone(staff_page: Page, page: Page, site: Site):
    staff_page.goto(site.notes["participant"])
    staff_page.get_by_role("link", name="Connect a phone").click()
    staff_page.get_by_role("button", name="Show the code").click()
    code = staff_page.locator(".code").inner_text().strip()

    page.goto(f"{site.address}/")
    page.get_by_role("link", name="Enter the code").click()
    page.wait_for_url("**/join")  # with its script: without, the code would lead to the plain pages
    page.get_by_label("The code you were given").fill(code)
    page.get_by_role("button", name="Connect").click()
    page.get_by_label("Six digits or more").fill(PIN)
    page.get_by_label("Once more").fill(PIN)
    page.get_by_role("button", name="Keep this PIN").click()
    expect(page.get_by_role("link", name="Open the practice form")).to_be_visible()


def and_they_practise(staff_page: Page, page: Page, site: Site):
    page.get_by_role("link", name="Open the practice form").click()
    _practise(page)
    _confirm_the_test_reminder(page, site)
    staff_page.goto(site.notes["participant"])
    for tick in ("connected", "practised", "reminder confirmed"):
        expect(staff_page.get_by_text(tick, exact=True)).to_be_visible()


def _practise(page: Page):
    page.get_by_role("button", name="Begin").click()
    while not page.get_by_role("button", name="Send my answers").is_visible():
        radio = page.locator(".now input[type=radio]").first
        if radio.count():
            radio.check()
        elif page.locator(".now textarea").count():
            page.locator(".now textarea").fill("It works")
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()


def _confirm_the_test_reminder(page: Page, site: Site):
    before = len(site.peer.taken)
    page.goto(f"{site.address}/join#reminder")
    page.get_by_role("button", name="Send me a test reminder").click()
    _until(lambda: len(site.peer.taken) > before, "no test reminder left", seconds=60)
    page.get_by_role("button", name="It came").click()
    page.get_by_role("link", name="See what is due").click()


def then_they_see_what_is_due(page: Page):
    expect(page.get_by_role("heading", level=1)).to_contain_text("7 short forms today")
    for name in RATINGS:
        expect(page.get_by_text(f"About {name}")).to_be_visible()
    assert barriers(page) == []
    for jargon in ("dosing", "facilitator", "alliance", "instrument", "score"):
        assert jargon not in page.inner_text("body").casefold()


def when_they_rate_each_guide(page: Page):
    for name, rating in RATINGS.items():
        tap(page, page.get_by_role("link", name=re.compile(f"About {name}")))
        expect(page.get_by_role("button", name="Begin")).to_be_visible()
        assert barriers(page) == []
        page.get_by_role("button", name="Begin").click()
        for _ in range(12):
            _choose(page, rating)
        _send(page)


def and_tell_once_which_event_it_is(page: Page):
    """What is about the event is not asked before; then it is, at once."""
    expect(page.locator("a.card", has_text=_title("ies-r"))).to_have_count(0)
    tap(page, page.locator("a.card", has_text=_title("index-event")))
    page.get_by_role("button", name="Begin").click()
    for words in (EVENT, WHEN):
        page.locator(".now [type=text]").fill(words)
        page.get_by_role("button", name="Next").click()
    _send(page)


def and_answer_how_the_past_week_was(page: Page):
    tap(page, page.locator("a.card", has_text=_title("ies-r")))
    expect(page.get_by_text(f"{EVENT} ({WHEN})")).to_be_visible()
    assert EVENT not in page.title()
    page.get_by_role("button", name="Begin").click()
    for answer in DISTRESS:
        assert page.locator(".now input:checked").count() == 0, "nothing may be preselected"
        _choose(page, answer)
    _send(page)


def _choose(page: Page, code: int):
    page.locator(f".now input[value='{code}']").check()
    page.get_by_role("button", name="Next").click()


def _send(page: Page):
    expect(page.get_by_role("heading", name="Look once more, then send")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Sent. We have it.")).to_be_visible()
    page.get_by_role("link", name="Back to today").click()


def then_everything_is_stored_opened_and_scored(site: Site):
    db = Database(site.data / "attune.db")
    assert db.value("SELECT COUNT(*) FROM envelopes") == 6
    outcomes = db.all(
        "SELECT outcome, COUNT(*) AS n FROM openings GROUP BY outcome ORDER BY outcome"
    )
    assert [(row["outcome"], row["n"]) for row in outcomes] == [("opened", 5), ("practice", 1)]
    totals = db.all(
        "SELECT r.instrument, f.shown_name, s.value FROM scores s"
        " JOIN responses r ON r.id = s.response_id"
        " LEFT JOIN facilitator_facts f ON f.staff_id = r.about_staff_id"
        " WHERE s.score = 'total' ORDER BY s.value"
    )
    assert [(row["instrument"], row["shown_name"], row["value"]) for row in totals] == [
        ("ies-r", None, float(sum(DISTRESS))),
        ("wai-sr", "Jonas", 48.0),
        ("wai-sr", "Amina", 60.0),
    ]


def and_ask_to_be_called(page: Page):
    tap(page, page.locator("a.card", has_text=_title("safety-check")).first)
    page.get_by_role("button", name="Begin").click()
    # A short page: all of it at once, and what hangs on an answer comes when it is given.
    for item, answer in {"coping": 3, "worse": 0, "harm": 0, "call_me": 1, "call_when": 1}.items():
        page.locator(f"[data-item={item}] input[value='{answer}']").check()
    page.get_by_role("button", name="Next").click()
    _send(page)


def then_whoever_is_on_duty_is_called(page: Page, site: Site):
    _until(lambda: any(to == ["duty@example.org"] for to, _ in site.peer.taken), "no call left", 60)
    (mail,) = [mail for to, mail in site.peer.taken if to == ["duty@example.org"]]
    assert mail["Subject"] == "Please look at Attune: somebody needs you"
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"{site.address}/staff/" in body.get_content()
    assert "P-001" not in body.get_content()
    page.goto(f"{site.address}/staff/")
    expect(page.get_by_text("Asks to be called, today")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label(re.compile("^Settle: Asks to be called")).click()
    page.get_by_label("What was done").fill("called back")
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("Asks to be called")).to_have_count(0)


def and_the_rest_may_wait(page: Page):
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 short forms today")


def then_the_printed_page_holds_the_scores_but_not_what_was_said_about_guides(
    page: Page, site: Site
):
    text = _printed(page, site, research=False)
    assert "P-001" in text
    assert "MDD-1" in text
    assert re.search(rf"\b{sum(DISTRESS)}\b", text)
    assert "WAI" not in text
    assert EVENT not in text
    assert "lliance" not in text


def and_a_research_copy_holds_both(page: Page, site: Site):
    text = _printed(page, site, research=True)
    assert "Research copy" in text
    for number in (sum(DISTRESS), 48, 60):
        assert re.search(rf"\b{number}\b", text), f"{number} is not on the page"


def _printed(page: Page, site: Site, *, research: bool) -> str:
    page.goto(site.notes["participant"])
    link = f"{site.notes['participant']}/summary.pdf" + ("?research=1" if research else "")
    expect(page.get_by_role("button", name="Print summary")).to_be_visible()
    answer = page.request.get(link)
    assert answer.ok, answer.status_text
    assert answer.headers["content-type"] == "application/pdf"
    return "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(answer.body())).pages)


# ---------------------------------------------------------------- the stage


def _found(config: Config):
    context = open_context(config)
    entry = Founding(
        "MDD-1", "A study", "alliance-core", "Ada Example", "ada@example.org", PASSWORD,
        "Dina Duty", "duty@example.org", "+49 30 1234567",
    )  # fmt: skip
    study_id = found_installation(context, entry)
    with context.write(Actor("system", "tests"), "two guides join") as tx:
        for name in RATINGS:
            staff_id = staff.add(tx, f"{name} Example", f"{name.lower()}@example.org", None)
            staff.grant(tx, staff_id, study_id, "facilitator")
    make_live(context, study_id)
    context.db.close()


def _title(instrument: str) -> str:
    return load(ROOT / "forms", ROOT / "schedules").wording(instrument, "en").title


def _page(browser: Browser, site: Site) -> Page:
    context = browser.new_context(viewport=PHONE, timezone_id=str(site.zone), locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("console", lambda said: TROUBLE.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: TROUBLE.append(str(error)))
    return page


def _daytime_zone() -> ZoneInfo:
    now = datetime.now(UTC)
    fits = [zone for zone in ZONES if 11 <= now.astimezone(ZoneInfo(zone)).hour < 20]
    return ZoneInfo(fits[0])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(true: Callable[[], object], otherwise: str, seconds: float):
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.2)
