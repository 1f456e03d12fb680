"""What the page Go live shows: each step with what is known of it, and where the study stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from server.actions.check_readiness import Approved, Name, Readiness, study_readiness
from server.actions.check_wordings import Worded, languages
from server.actions.context import Context
from server.actions.prepare_study import LEADS
from server.domain.people import Staff
from server.store import studies
from server.store.database import Row
from server.web.staff import moments, ready_words, words
from server.web.staff.moments import Moment
from server.web.staff.participants import languages as spoken

Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Step:
    """One thing to see to: whether it is, what to do if not, and what is known of it, line by line."""

    name: Name
    title: str
    mark: words.Mark
    why: str
    remedy: str
    lines: Lines


@dataclass(frozen=True)
class Form:
    """One form of the study in one language, and by which right its sentences are shown."""

    title: str
    language: str
    mark: words.Mark
    proof: str
    command: str


@dataclass(frozen=True)
class Version:
    """A version that is in force, how many follow it, and who approved its very file."""

    version: str
    people: str
    file: str
    approved: str
    good: bool
    mark: words.Mark


@dataclass(frozen=True)
class Page:
    """Everything on it. `left` says in words how much is still to do."""

    steps: list[Step]
    left: str
    live: Moment | None
    demo: bool
    ready: bool
    leads: bool
    versions: list[Version]
    forms: list[Form]
    languages: list[tuple[str, str, bool]]
    today: str
    recovery_file: str


def gather(context: Context, viewer: Staff) -> Page:
    """Look at everything and say it in words."""
    row = studies.one(context.db, viewer.study_id)
    found = study_readiness(context, row)
    names, chosen = dict(spoken()), languages(context, row)
    known = _lines(context, row, found)
    return Page(
        steps=[
            Step(each.name, ready_words.title(each.name), ready_words.mark(each), each.why,
                 ready_words.remedy(each), known.get(each.name, []))
            for each in found.checks
        ],
        left=_left(found),
        live=moments.moment(row["live_at"], "UTC"),
        demo=bool(row["synthetic"]),
        ready=found.passes,
        leads=bool(viewer.roles & LEADS),
        versions=[version(each) for each in found.versions],
        forms=[_form(each, names) for each in found.wordings],
        languages=[(code, name, code in chosen) for code, name in spoken()],
        today=context.clock.now().date().isoformat(),
        recovery_file=found.recovery_file["sha256"] if found.recovery_file else "",
    )  # fmt: skip


def version(each: Approved) -> Version:
    """Say of a version who follows it, and whether its file is approved as it stands."""
    people = (
        ngettext("%(num)s participant", "%(num)s participants", each.people)
        if each.people
        else gettext("nobody")
    )
    if each.approval:
        mark = words.Mark(gettext("approved"), "tick", "good")
    elif each.void:
        mark = words.Mark(gettext("changed since its approval"), "cross", "danger")
    else:
        mark = words.Mark(gettext("not approved"), "triangle", "warn")
    row = each.approval or each.void
    said = approval(row) if row else ""
    return Version(each.version, people, each.digest[:12], said, each.approval is not None, mark)


def approval(row: Row) -> str:
    """Say who approved something, when, and under which number."""
    day = moments.day(row["approved_on"])
    parts = [row["approved_by"], day.text if day else "", row["reference"]]
    return ", ".join(part for part in parts if part)


def _left(found: Readiness) -> str:
    count = len(found.missing)
    if not count:
        return str(gettext("All is seen to."))
    return str(
        ngettext(
            "%(num)s of %(all)s is still to do.", "%(num)s of %(all)s are still to do.", count,
            all=len(found.checks),
        )
    )  # fmt: skip


def _lines(context: Context, row: Row, found: Readiness) -> dict[Name, Lines]:
    return {
        "duty": _duty(row, found),
        "crisis": [
            *((each["label"], _comma(each["phone"], each.get("hours"))) for each in row["help_contacts"]),
            *([(gettext("At any hour, after a session"), row["out_of_hours_phone"])]
              if row["out_of_hours_phone"] else []),
            *_told(gettext("Last dialled"), found.crisis),
        ],
        "mail": _mail(found),
        "backup": _backup(context, found.backup),
        "recovery": _recovery(found),
    }  # fmt: skip


def _duty(row: Row, found: Readiness) -> Lines:
    if not found.watching:
        return [(gettext("Needed by"), gettext("no form of this protocol"))]
    asks = (gettext("Needed by"), ", ".join(found.watching))
    if not row["duty_name"]:
        return [asks]
    return [asks, (row["duty_name"], _comma(row["duty_phone"], row["duty_email"]))]


def _mail(found: Readiness) -> Lines:
    lines = [(gettext("Leaves through"), found.way_out or gettext("nowhere"))]
    if found.mail_test:
        lines += _told(gettext("Arrived"), found.mail_test, found.mail_test["detail"]["to"])
    if found.mail_sent and found.check("mail").why == "unconfirmed":
        lines += _told(gettext("On its way"), found.mail_sent, found.mail_sent["detail"]["to"])
    return lines


def _backup(context: Context, copy: Row | None) -> Lines:
    if copy is None:
        return []
    made = moments.ago(copy["at"], context.clock.now())
    return [
        (gettext("Last copy elsewhere"), _comma(made.text if made else "", gettext("verified"))),
        (gettext("File"), copy["file"]),
    ]


def _recovery(found: Readiness) -> Lines:
    file = found.recovery_file
    if file is None:
        return []
    made, tested = (moments.moment(file[name], "UTC") for name in ("made_at", "tested_at"))
    lines = [(gettext("Made"), made.text if made else "")]
    if tested and made and tested.iso != made.iso:
        lines.append((gettext("Last tested"), tested.text))
    if found.recovery and found.check("recovery").passes:
        lines += _told(gettext("Lies elsewhere"), found.recovery, found.recovery["detail"]["place"])
    return lines


def _told(term: str, fact: Row | None, more: str = "") -> Lines:
    """Say of a fact what it was about, on which day, and who said so."""
    if fact is None:
        return []
    day = moments.day(date.fromisoformat(fact["on_day"]))
    return [(term, _comma(more, day.text if day else "", fact["recorded_name"]))]


def _comma(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _form(each: Worded, names: dict[str, str]) -> Form:
    language = names.get(each.language, each.language)
    if each.shown_in != each.language:
        shown = names.get(each.shown_in, each.shown_in)
        language = str(gettext("%(language)s, asked in %(shown)s", language=language, shown=shown))
    day = moments.day(each.proof_on or None)
    proof = _comma(each.holder, each.proof, day.text if day else "", each.proof_by)
    command = "" if each.fit else each.command
    return Form(each.title, language, words.wording(each.status), proof, command)
