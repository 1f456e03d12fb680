"""Today: who needs me now, before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template
from flask.typing import ResponseReturnValue

from server.actions.check_wordings import may_ask, missing
from server.actions.context import Context
from server.domain.assessment import overdue
from server.domain.people import CARES, Staff
from server.store import alerts, assessments, messages, participants, studies
from server.store import staff as people
from server.store.database import Row
from server.web import definitions
from server.web.access import context, staff
from server.web.staff import blueprint, confirming, desk, moments, ready_words, words
from server.web.staff.moments import Moment

MISSED_DAYS = 7


@dataclass(frozen=True)
class Alert:
    """One thing that somebody must look at."""

    id: str
    about: str
    detail: str
    participant_id: str | None
    code: str
    raised: Moment | None
    level: str


@dataclass(frozen=True)
class Waiting:
    """One participant with forms that wait, the most urgent first; `at` is when that one closes or opens."""

    participant_id: str
    code: str
    status: words.Mark | None
    forms: str
    at: Moment | None
    seen: Moment | None
    seen_known: bool


@dataclass(frozen=True)
class Undelivered:
    """One participant whom messages did not reach: how many, and the latest of them."""

    participant_id: str
    code: str
    status: words.Mark | None
    count: int
    state: words.Mark
    due: Moment | None
    error: str


@dataclass(frozen=True)
class Unopenable:
    """A form that waits for its wording, and whoever waits for the form."""

    form: str
    codes: str
    command: str


@dataclass(frozen=True)
class Today:
    """The page, section by section."""

    alerts: list[Alert]
    # Visits of days that are over, of which nobody has said what became of them.
    unconfirmed: confirming.Asked
    # What this very person is to answer, or to enter from paper.
    mine: list[desk.Mine]
    overdue: list[Waiting]
    due: list[Waiting]
    missed: list[Waiting]
    undelivered: list[Undelivered]
    next_up: Waiting | None
    settles: bool
    # Whether this viewer may ever know when a phone was last in touch.
    sees_phones: bool
    starting_password: bool
    # Open now, and not to be opened: forms with sample sentences only, in a real study.
    unworded: list[Unopenable]
    # What is wrong in the site's own folder of wordings.
    wording_problems: list[str]
    # What a live study lacks by now, or one that is still being set up.
    unready: ready_words.Unready | None

    @property
    def quiet(self) -> bool:
        """Whether nobody needs anything at all."""
        asked = (
            self.alerts
            or self.unconfirmed.count
            or self.unworded
            or self.wording_problems
            or self.unready
        )
        waiting = self.mine or self.overdue or self.due or self.missed
        return not (asked or waiting or self.undelivered)


@blueprint.get("/")
@staff()
def today() -> ResponseReturnValue:
    """Show alerts, overdue and due assessments, and messages that did not arrive."""
    return render_template("staff/today.html", page=_page(g.staff))


def page_with(wrong: confirming.Wrong) -> str:
    """Show Today with what is wrong in an answer that was just given there."""
    return render_template("staff/today.html", page=_page(g.staff, wrong))


def _page(viewer: Staff, wrong: confirming.Wrong | None = None) -> Today:
    here = context()
    now = here.clock.now()
    everyone = {row["id"]: row for row in participants.list_of(here.db, viewer, now)}
    due = assessments.due(here.db, viewer, now)
    mine = desk.mine(here, viewer, due, now)
    theirs = {each.id for each in mine}
    open_now = [row for row in due if row["id"] not in theirs]
    late = [row for row in open_now if overdue(row, now)]
    gone = assessments.missed(here.db, viewer, now, days=MISSED_DAYS)
    return Today(
        alerts=[_alert(row, now) for row in alerts.standing(here.db, viewer)],
        unconfirmed=confirming.questions(here, viewer, now, wrong),
        mine=mine,
        overdue=_waiting(late, everyone, now),
        due=_waiting([row for row in open_now if not overdue(row, now)], everyone, now),
        missed=_waiting(gone, everyone, now),
        undelivered=_undelivered([*_calls(here, viewer), *messages.failed(here.db, viewer)], everyone),
        next_up=_next_up(everyone.values(), now),
        settles=bool(viewer.roles & CARES),
        sees_phones=viewer.sees_alliance,
        starting_password=people.starting_password(here.db, viewer.id),
        unworded=_unopenable(here, viewer, due, everyone),
        wording_problems=definitions.problems(),
        unready=ready_words.unready(here, viewer),
    )  # fmt: skip


def _alert(row: Row, now: datetime) -> Alert:
    return Alert(
        row["id"], words.alert(row["kind"]), row["detail"], row["participant_id"],
        row["code"] or "", moments.ago(row["raised_at"], now),
        words.level(row["level"]),
    )  # fmt: skip


def _unopenable(
    here: Context, viewer: Staff, rows: list[Row], everyone: dict[str, Row]
) -> list[Unopenable]:
    """Return the open forms that a real study may not open yet, with the command that mends it."""
    study = studies.one(here.db, viewer.study_id)
    shut: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        person = everyone.get(row["participant_id"])
        # Staff read their own forms in English, whatever the participant reads.
        language = person["language"] if person and row["respondent"] == "participant" else "en"
        if person and not may_ask(here, study, row["instrument"], language):
            shut.setdefault((row["instrument"], language), []).append(person["code"])
    return [
        Unopenable(each.title, ", ".join(dict.fromkeys(codes)), each.command)
        for (instrument, language), codes in shut.items()
        for each in [missing(here, instrument, language)]
    ]


def _waiting(rows: Iterable[Row], everyone: dict[str, Row], now: datetime) -> list[Waiting]:
    """Gather rows under their participant, by when each one's first row closes, then by code."""
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row["participant_id"], []).append(row)
    closing = [found[0]["closes_at"] for found in gathered.values()]
    turn = {moment: place for place, moment in enumerate(dict.fromkeys(closing))}
    known = [(everyone[key], found) for key, found in gathered.items() if key in everyone]
    known.sort(key=lambda each: (turn[each[1][0]["closes_at"]], each[0]["code"]))
    return [
        _person(person, _forms(found), moments.closing(found[0]["closes_at"], person["zone"]), now)
        for person, found in known
    ]


def _person(person: Row, forms: str, at: moments.Moment | None, now: datetime) -> Waiting:
    return Waiting(
        participant_id=person["id"],
        code=person["code"],
        status=_unusual(person),
        forms=forms,
        at=at,
        seen=moments.ago(person["seen_at"], now),
        seen_known=bool(person["seen_known"]),
    )


def _forms(rows: list[Row]) -> str:
    """Name the forms, with whom they are about, or who answers where that is not the participant."""
    names = [f"{row['label']} ({told})" if (told := _whose(row)) else row["label"] for row in rows]
    return ", ".join(dict.fromkeys(names))


def _whose(row: Row) -> str:
    if row["respondent"] != "participant":
        return words.respondent(row["respondent"])
    return row["about_name"] or ""


def _calls(here: Context, viewer: Staff) -> list[Row]:
    """Return the calls of whoever is on duty that have not left yet, though they were tried."""
    return [row for row in messages.struggling(here.db, viewer) if row["kind"] == "alert"]


def _undelivered(rows: list[Row], everyone: dict[str, Row]) -> list[Undelivered]:
    """Gather what failed under its participant, the latest failure first."""
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row["participant_id"], []).append(row)
    return [
        Undelivered(
            participant_id=key,
            code=everyone[key]["code"],
            status=_unusual(everyone[key]),
            count=len(found),
            state=words.message(found[0]["state"]),
            due=moments.moment(found[0]["due_at"], everyone[key]["zone"]),
            error=found[0]["error"],
        )
        for key, found in gathered.items()
        if key in everyone
    ]


def _unusual(person: Row) -> words.Mark | None:
    """Return a status worth a word beside the code."""
    return None if person["status"] == "active" else words.participant(person["status"])


def _next_up(everyone: Iterable[Row], now: datetime) -> Waiting | None:
    coming = [row for row in everyone if row["next_opens_at"] and row["status"] == "active"]
    if not coming:
        return None
    first = min(coming, key=lambda row: str(row["next_opens_at"]))
    return _person(first, "", moments.moment(first["next_opens_at"], first["zone"]), now)
