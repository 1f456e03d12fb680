"""What the page Go live, and Today, say of each thing looked at: what it is, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from server.actions.check_readiness import Check, Name
from server.actions.context import Context
from server.actions.go_live import lapsed
from server.domain.people import CARES, Staff
from server.store import studies
from server.store.database import Row
from server.web.staff.words import Mark


def title(name: Name) -> str:
    """Return what is looked at."""
    words: dict[Name, str] = {
        "approval": gettext("Approval of the protocol"),
        "wordings": gettext("Wordings and their licences"),
        "duty": gettext("Somebody on duty"),
        "crisis": gettext("Crisis numbers"),
        "mail": gettext("A mail that arrives"),
        "backup": gettext("A backup in another place"),
        "recovery": gettext("The keys in another place"),
    }
    return str(words[name])


def mark(check: Check) -> Mark:
    """Return whether it is seen to, as a word with a shape."""
    if check.passes:
        return Mark(gettext("seen to"), "tick", "good")
    return Mark(gettext("to do"), "triangle", "warn")


@dataclass(frozen=True)
class Unready:
    """What a study lacks: of a live one each thing with its remedy; one being set up has a page for it."""

    live: bool
    lacks: list[tuple[str, str]]


def unready(context: Context, viewer: Staff) -> Unready | None:
    """Return what whoever looks after this study must be told of it; None when there is nothing."""
    row = studies.one(context.db, viewer.study_id)
    if row["synthetic"] or not viewer.roles & CARES:
        return None
    if row["live_at"] is None:
        return Unready(live=False, lacks=[])
    found = lapsed(context, row)
    return (
        Unready(live=True, lacks=[(title(each.name), remedy(each)) for each in found.missing])
        if found
        else None
    )


def study(row: Row) -> Mark:
    """Return whether a study is live: a demo's never is."""
    if row["synthetic"]:
        return Mark(gettext("demo, never live"), "square", "warn")
    if row["live_at"] is None:
        return Mark(gettext("being set up"), "half", "warn")
    return Mark(gettext("live since %(day)s", day=row["live_at"][:10]), "disc", "good")


def remedy(check: Check) -> str:
    """Return what is wrong and what to do about it; nothing where it passes."""
    return _REMEDIES[check.name](check.why) if check.why else ""


def _approval(why: str) -> str:
    if why == "void":
        return str(
            gettext(
                "The file changed after it was approved. What is there now wants an approval of its own."
            )
        )
    return str(
        gettext(
            "Nobody has approved the protocol as it stands. Record who did, when, and under which number."
        )
    )


def _wordings(_why: str) -> str:
    return str(
        gettext(
            "Some forms have sample sentences only. Load the sentences that you have a licence for."
        )
    )


def _duty(_why: str) -> str:
    return str(
        gettext(
            "The protocol asks about safety. Name whom such an answer calls, with mail and phone."
        )
    )


def _crisis(why: str) -> str:
    words = {
        "no contacts": gettext(
            "Participants are offered no number yet. Enter the ones that are right for them."
        ),
        "never": gettext(
            "Dial every number once, from a phone like theirs, and say here on which day."
        ),
        "changed": gettext("The numbers changed after they were last dialled. Dial them again."),
        "stale": gettext("They were last dialled six months ago or more. Dial them again."),
    }
    return str(words[why])


def _mail(why: str) -> str:
    words = {
        "no way out": gettext(
            "No mail leaves this server: ATTUNE_SMTP is not set. Whoever runs the server can set it."
        ),
        "never": gettext(
            "Send a mail to yourself, the way reminders will go, and type in the code that stands in it."
        ),
        "unconfirmed": gettext("A mail is on its way. Type in the code that stands in it."),
        "other way out": gettext(
            "Mail leaves another way than when it was tested. Send another test."
        ),
    }
    return str(words[why])


def _backup(why: str) -> str:
    words = {
        "no place": gettext(
            "No place for backups is set. ATTUNE_BACKUP names a folder on another machine's disk."
        ),
        "none": gettext(
            "No verified copy lies off this machine yet. One is made each night, or now with: ./attune backup"
        ),
        "old": gettext(
            "The last copy off this machine is older than two days. See why: ./attune backup"
        ),
    }
    return str(words[why])


def _recovery(why: str) -> str:
    words = {
        "none": gettext(
            "Without the keys no backup can be read. Write them into a file under a passphrase:"
        ),
        "keys": gettext("The file was made before the newest key was. Make another:"),
        "unconfirmed": gettext(
            "The file is made, and opens what is sealed here. Carry it elsewhere, then say where it lies."
        ),
    }
    return str(words[why])


_REMEDIES = {
    "approval": _approval, "wordings": _wordings, "duty": _duty, "crisis": _crisis, "mail": _mail,
    "backup": _backup, "recovery": _recovery,
}  # fmt: skip
