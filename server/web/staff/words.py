"""The words and shapes that staff read for roles, states and kinds; codes never reach the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from server.domain.assessment import State, rule
from server.store.database import Row
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Mark:
    """A state as it is shown: a word, a shape before it, a colour that only helps."""

    word: str
    shape: str = "ring"
    kind: str = "quiet"


def role(name: str) -> str:
    """Return a role's name for people."""
    words: dict[str, str] = {
        "administrator": gettext("administrator"),
        "investigator": gettext("investigator"),
        "coordinator": gettext("coordinator"),
        "facilitator": gettext("facilitator"),
        "rater": gettext("rater"),
        "monitor": gettext("monitor"),
        "analyst": gettext("analyst"),
    }
    return words.get(name, name)


def participant(status: str) -> Mark:
    """Return how a participant's status is shown."""
    marks = {
        "active": Mark(gettext("active"), "disc", "good"),
        "prepared": Mark(gettext("imported"), "square", "accent"),
        "paused": Mark(gettext("paused"), "bars", "warn"),
        "withdrawn": Mark(gettext("withdrawn"), "cross", "quiet"),
    }
    return marks.get(status, Mark(status))


def visit(status: str) -> Mark:
    """Return how a visit's status is shown."""
    marks = {
        "planned": Mark(gettext("planned"), "ring", "accent"),
        "held": Mark(gettext("held"), "disc", "good"),
        "cancelled": Mark(gettext("cancelled"), "cross", "quiet"),
        "no-show": Mark(gettext("nobody came"), "dash", "warn"),
    }
    return marks.get(status, Mark(status))


def assessment(state: State, *, overdue: bool = False) -> Mark:
    """Return how an assessment's state is shown: its own word, whatever the shape."""
    if state == "open" and overdue:
        return Mark(gettext("overdue"), "triangle", "warn")
    return Mark(gettext(rule(state).word), *_SHAPES[state])


_SHAPES: dict[State, tuple[str, str]] = {
    "upcoming": ("ring", "quiet"),
    "awaiting": ("bars", "warn"),
    "open": ("half", "accent"),
    "answered": ("disc", "good"),
    "late": ("disc", "warn"),
    "transcribed": ("disc", "good"),
    "on-paper": ("half", "warn"),
    "half-done": ("cross", "warn"),
    "missed": ("cross", "warn"),
    "unopened": ("cross", "warn"),
    "excused": ("dash", "quiet"),
    "unscheduled": ("square", "good"),
    "retired": ("dash", "quiet"),
}


def source(source: str, name: str) -> str:
    """Say who gave and who entered an answer; empty where the participant sent it themselves."""
    if source == "paper":
        return str(gettext("from paper, entered by %(name)s", name=name))
    return str(gettext("entered by %(name)s", name=name)) if name else ""


def respondent(who: str) -> str:
    """Return by whom a form is answered."""
    words: dict[str, str] = {
        "participant": gettext("the participant"),
        "rater": gettext("a rater"),
        "facilitator": gettext("a facilitator"),
        "staff": gettext("staff"),
    }
    return words.get(who, who)


def said_of_form(kind: str, on: Moment | None) -> str:
    """Return what was said of a form, with the day that goes with it."""
    day = on.text if on else ""
    words: dict[str, str] = {
        "begun": gettext("begun on the phone, %(day)s", day=day),
        "excused": gettext("excused"),
        "excuse withdrawn": gettext("excuse taken back"),
        "on paper": gettext("filled in on paper, %(day)s", day=day),
        "paper withdrawn": gettext("paper taken back"),
    }
    return words.get(kind, kind)


def message(state: str) -> Mark:
    """Return how an outgoing message's state is shown."""
    marks = {
        "due": Mark(gettext("waiting"), "ring", "quiet"),
        "claimed": Mark(gettext("being sent"), "half", "accent"),
        "sent": Mark(gettext("sent"), "disc", "good"),
        "failed": Mark(gettext("failed"), "triangle", "danger"),
        "expired": Mark(gettext("expired unsent"), "triangle", "warn"),
        "cancelled": Mark(gettext("not needed"), "dash", "quiet"),
        "unknown": Mark(gettext("perhaps sent"), "square", "warn"),
    }
    return marks.get(state, Mark(state))


def alert(kind: str) -> str:
    """Return what an alert is about, in a few words."""
    words: dict[str, str] = {
        "quarantined": gettext("Answers kept aside"),
        "undeliverable": gettext("Address does not work"),
        "call-me": gettext("Asks to be called"),
        "left": gettext("Left the study"),
        "safety": gettext("A safety answer"),
        "other-device": gettext("Another phone is connected"),
        "unopened": gettext("Answers that could not be opened"),
        "sign-ins": gettext("Many wrong sign-ins"),
    }
    return words.get(kind, kind)


def level(level: str) -> str:
    """Return how soon the study wants somebody to look; nothing where no answer asked for it."""
    found: dict[str, str] = {
        "urgent": gettext("urgent"),
        "same day": gettext("today"),
        "next working day": gettext("next working day"),
    }
    return found.get(level, "")


def answer(state: str) -> str:
    """Return the word for an item that carries no value: three different things (R20)."""
    words: dict[str, str] = {
        "skipped": gettext("skipped on purpose"),
        "unanswered": gettext("left without an answer"),
        "not-shown": gettext("not shown"),
        "not-done": gettext("not done"),
    }
    return words.get(state, state)


def wording(status: str) -> Mark:
    """Return how the standing of a form's sentences is shown."""
    marks = {
        "placeholder": Mark(gettext("draft wording"), "triangle", "warn"),
        "licensed": Mark(gettext("licensed wording"), "disc", "good"),
        "own": Mark(gettext("own wording"), "disc", "good"),
    }
    return marks.get(status, Mark(status))


def licence(status: str) -> str:
    """Return what an instrument's licence means for a site."""
    words: dict[str, str] = {
        "own": gettext("ours, free to use"),
        "free": gettext("free to use"),
        "permission": gettext("needs the holder's permission"),
    }
    return words.get(status, status)


def counts(row: Row) -> Mark | None:
    """Say whether a phone's own count agrees with ours; None: it never told one."""
    if row["told_sealed"] is None:
        return None
    missing = row["told_sealed"] - row["told_waiting"] - row["delivered"]
    if missing > 0:
        text = ngettext(
            "%(num)s that the phone sent is missing",
            "%(num)s that the phone sent are missing",
            missing,
        )
        return Mark(text, "triangle", "danger")
    if row["told_waiting"]:
        text = ngettext(
            "%(num)s still on the phone", "%(num)s still on the phone", row["told_waiting"]
        )
        return Mark(text, "half", "warn")
    if missing < 0:
        text = gettext("the phone remembers fewer: its storage was cleared")
        return Mark(text, "dash", "quiet")
    return Mark(gettext("the phone says the same"), "disc", "good")


def browser(agent: str) -> str:
    """Return a browser's short name: nobody recognises their phone by a whole User-Agent."""
    systems = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows",
               "Mac OS": "Mac", "Linux": "Linux"}  # fmt: skip
    makers = {"Edg/": "Edge", "Firefox/": "Firefox", "FxiOS/": "Firefox", "CriOS/": "Chrome",
              "Chrome/": "Chrome", "Safari/": "Safari"}  # fmt: skip
    system = next((name for part, name in systems.items() if part in agent), "")
    maker = next((name for part, name in makers.items() if part in agent), "")
    if maker and system:
        return str(gettext("%(browser)s on %(system)s", browser=maker, system=system))
    return maker or system or str(gettext("a phone"))


def message_kind(kind: str) -> str:
    """Return what a message is for."""
    words: dict[str, str] = {"reminder": gettext("reminder"), "test": gettext("test reminder")}
    return words.get(kind, kind)


def ticks(phone: dict[str, Any]) -> list[Mark]:
    """Return the three ticks of a phone: bound, practised, reminder confirmed."""
    steps = [
        (gettext("connected"), "bound_at"),
        (gettext("practised"), "practised_at"),
        (gettext("reminder confirmed"), "reminder_confirmed_at"),
    ]
    return [
        Mark(word, "tick", "good")
        if phone[column]
        else Mark(gettext("not %(step)s yet", step=word), "ring", "quiet")
        for word, column in steps
    ]
