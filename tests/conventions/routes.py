"""Who may use which route, written down once more than in the code; and a house to try it in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from server.actions.bind_device import bind_device
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.invite_device import invite_device
from server.domain.people import ROLES, Role, Staff
from server.ids import new_id
from server.store import alerts, assessments, groups, staff, visits
from tests.cast import ENROLLED, EVERYTHING, TESTER, Cast

ANY = frozenset(ROLES)
CARE: frozenset[Role] = frozenset({"administrator", "investigator", "coordinator"})
ANSWERS: frozenset[Role] = ANY - {"rater"}
CONTACT: frozenset[Role] = frozenset({"administrator", "coordinator"})
ADMIN: frozenset[Role] = frozenset({"administrator"})
LEAD: frozenset[Role] = frozenset({"administrator", "investigator"})

PUBLIC = {
    "GET /", "GET /favicon.ico", "GET /healthz", "GET /help", "GET /help/plain", "GET /install", "GET /sent",
    "GET /coming", "GET /more", "GET /recorded", "GET /aside", "GET /outside", "GET /mine", "GET /about",
    "GET /join", "POST /join",
    "GET /manifest.webmanifest", "GET /sw.js", "POST /api/join",
    # Locator and PIN bind a browser again.
    "GET /api/place/<locator>", "POST /api/rebind",
    # Whatever a phone sends is kept, even when we do not know the phone (R32).
    "PUT /api/envelopes/<uuid:envelope_id>", "GET /api/standing",
    "GET /staff/sign-in", "POST /staff/sign-in", "POST /staff/sign-out",
}  # fmt: skip
DEVICE = {
    "GET /today", "GET /a/<assessment>", "POST /a/<assessment>", "GET /done/<assessment>",
    "POST /done/<assessment>/about", "GET /practice", "POST /practice",
    "POST /practice/confirmed", "POST /practice/reminder", "GET /api/list", "PUT /api/begun",
    "POST /api/assessments/<uuid:assessment>/about", "POST /api/practice/confirmed",
    "POST /api/practice/reminder", "PUT /api/counts", "GET /api/pin", "PUT /api/pin", "POST /api/reading",
    "GET /mine/plain", "POST /mine/plain", "GET /call", "POST /call",
    "GET /outside/plain", "POST /outside/plain", "GET /sent/plain", "GET /coming/plain", "GET /about/plain", "GET /api/mine",
    "PUT /api/mine", "PUT /api/mine/pause", "DELETE /api/mine/pause", "POST /api/mine/leave", "GET /api/mine/data",
    "DELETE /api/reading", "GET /api/sent/<response_id>",
}  # fmt: skip
FORM = {"GET /f/<digest>.html"}
DEMO = {"GET /demo/mailbox", "GET /demo/mailbox/<mail_id>"}
# In a demo, and there for staff only.
DEMO_STAFF = {"GET /demo/clock", "POST /demo/clock"}
_ONE = "/staff/participants/<participant_id>"
_PERSON = "/staff/study/people/<staff_id>"
_FORM = "/staff/assessments/<assessment_id>"
_INSTRUMENT = "/staff/forms/<instrument_id>"
# What belongs to the installation and to no study: every member of staff finds it, wherever from.
SHARED = frozenset({
    f"GET {_INSTRUMENT}", f"GET {_INSTRUMENT}/preview", f"GET {_INSTRUMENT}/paper.pdf",
    f"POST {_INSTRUMENT}/score",
})  # fmt: skip
# For one named person and nobody's role: whoever else knocks finds no such page.
ALONE = frozenset({"GET /staff/outside", "POST /staff/outside/<message_id>/read"})
STAFF: dict[str, frozenset[Role]] = {
    "GET /staff/": ANY,
    "POST /staff/look-at": ANY,
    "GET /staff/forms": ANY,
    **dict.fromkeys(ALONE, ANY),
    **dict.fromkeys(SHARED, ANY),
    "GET /staff/settings": ANY,
    "POST /staff/settings/password": ANY,
    "POST /staff/settings/sessions/end": ANY,
    "GET /staff/participants": ANY,
    "GET /staff/participants/enrol": CARE,
    "POST /staff/participants/enrol": CARE,
    "GET /staff/participants/imported": CARE,
    "POST /staff/participants/imported": CARE,
    f"GET {_ONE}": ANY,
    f"GET {_ONE}/allocation": ANY,
    f"POST {_ONE}/allocation": ANY,
    f"GET {_ONE}/change": CARE,
    f"POST {_ONE}/change": CARE,
    f"POST {_ONE}/contact": CONTACT,
    f"POST {_ONE}/contact/change": CONTACT,
    f"GET {_ONE}/dates": CARE,
    f"POST {_ONE}/dates": CARE,
    f"POST {_ONE}/devices/<device_id>/revoke": CARE,
    f"GET {_ONE}/event": CARE,
    f"POST {_ONE}/event": CARE,
    f"GET {_ONE}/facilitators": CARE,
    f"POST {_ONE}/facilitators": CARE,
    f"POST {_ONE}/facilitators/<staff_id>/end": CARE,
    f"GET {_ONE}/facilitators/<staff_id>/replace": CARE,
    f"POST {_ONE}/facilitators/<staff_id>/replace": CARE,
    f"GET {_ONE}/phone": CARE,
    f"POST {_ONE}/phone": CARE,
    f"POST {_ONE}/raters": CARE,
    f"POST {_ONE}/raters/<staff_id>/end": CARE,
    f"GET {_ONE}/status": CARE,
    f"POST {_ONE}/status": CARE,
    f"GET {_ONE}/summary.pdf": ANSWERS,
    f"POST {_ONE}/test-reminder": CARE,
    f"GET {_ONE}/versions": CARE | {"monitor"},
    f"GET {_ONE}/visits/new": CARE,
    f"POST {_ONE}/visits/new": CARE,
    f"GET {_ONE}/visits/<visit_id>": CARE,
    f"POST {_ONE}/visits/<visit_id>": CARE,
    "POST /staff/visits/<visit_id>/confirm": CARE,
    "POST /staff/group-visits/<group_visit_id>/confirm": CARE,
    "GET /staff/groups": CARE,
    "POST /staff/groups": CARE,
    "GET /staff/groups/<group_id>": CARE,
    "POST /staff/groups/<group_id>/dates": CARE,
    "POST /staff/groups/<group_id>/dates/<group_visit_id>": CARE,
    "POST /staff/groups/<group_id>/members": CARE,
    "POST /staff/groups/<group_id>/members/<participant_id>/leave": CARE,
    "GET /staff/responses/<response_id>": ANY,
    f"GET {_FORM}": ANY,
    f"GET {_FORM}/answer": CARE | {"facilitator", "rater"},
    f"POST {_FORM}/answer": CARE | {"facilitator", "rater"},
    f"GET {_FORM}/transcribe": CARE,
    f"POST {_FORM}/transcribe": CARE,
    f"POST {_FORM}/excuse": CARE,
    f"POST {_FORM}/excuse/withdraw": CARE,
    f"POST {_FORM}/paper": CARE,
    f"POST {_FORM}/paper/withdraw": CARE,
    "GET /staff/export/answers.csv": ANSWERS,
    "GET /staff/export/forms.csv": ANSWERS,
    "POST /staff/alerts/<alert_id>/settle": CARE,
    "GET /staff/study": ANY,
    "GET /staff/study/amendments": LEAD,
    "GET /staff/study/amendments/<version>": LEAD,
    "POST /staff/study/amendments/<version>/approve": LEAD,
    "POST /staff/study/amendments/<version>/apply": LEAD,
    "GET /staff/study/go-live": CARE,
    "POST /staff/study/go-live": LEAD,
    "POST /staff/study/go-live/crisis": CARE,
    "POST /staff/study/go-live/languages": LEAD,
    "POST /staff/study/go-live/mail": LEAD,
    "POST /staff/study/go-live/mail/arrived": LEAD,
    "POST /staff/study/go-live/recovery": LEAD,
    "GET /staff/study/activities": ANY,
    "GET /staff/study/activities.csv": ANY,
    "GET /staff/study/activities.pdf": ANY,
    "GET /staff/study/simulate": ANY,
    "POST /staff/study/scoring": CARE,
    "GET /staff/study/help": CARE,
    "POST /staff/study/help": CARE,
    "GET /staff/study/new": ADMIN,
    "POST /staff/study/new": ADMIN,
    "GET /staff/study/people": ANY,
    "POST /staff/study/people": ADMIN,
    f"GET {_PERSON}": ADMIN,
    f"POST {_PERSON}/close": ADMIN,
    f"POST {_PERSON}/password": ADMIN,
    f"POST {_PERSON}/roles": ADMIN,
}
# Everybody may knock: whom the protocol lets know the arm, it says itself. Here it is whoever cares.
NARROWED: dict[str, frozenset[Role]] = {
    f"GET {_ONE}/allocation": CARE,
    f"POST {_ONE}/allocation": CARE,
}
# A foreign facilitator cannot be un-assigned because nobody assigned them: the participant is ours.
NOT_FOUND_INSTEAD = {
    (f"POST {_ONE}/facilitators/<staff_id>/end", "staff_id"): 409,
    (f"POST {_ONE}/raters/<staff_id>/end", "staff_id"): 409,
}


@dataclass
class House:
    """The cast at home, and what each placeholder of a path means for us and for strangers."""

    app: Flask
    cast: Cast
    roles: dict[str, Staff]
    own: dict[str, str]
    foreign: dict[str, str]
    hidden: dict[str, str]

    def routes(self) -> Iterator[tuple[str, str, Rule]]:
        """Yield `METHOD /path/<rule>`, its method and rule, HEAD and OPTIONS left out."""
        for rule in sorted(self.app.url_map.iter_rules(), key=str):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield f"{method} {rule}", method, rule

    def path(self, rule: Rule, **instead: str) -> str:
        values = {name: instead.get(name, self.own[name]) for name in rule.arguments}
        with self.app.test_request_context(base_url="http://localhost:8000"):
            built = self.app.url_map.bind("localhost:8000").build(rule.endpoint, values)
        return str(built)

    def ask(self, method: str, path: str, cookies: dict[str, str], **kwargs: Any) -> Any:
        client = self.app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value, domain="localhost", secure=True)
        kwargs.setdefault("base_url", "http://localhost:8000")
        return client.open(path, method=method, **kwargs)

    def as_(self, viewer: Staff) -> dict[str, str]:
        return {"__Host-session": self.cast.session(viewer)}

    def state(self) -> str:
        """Return a digest of all that is stored, but for when somebody was last seen."""
        db, digest = self.cast.context.db, hashlib.sha256()
        for table in db.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
            if table["name"] in {"sessions", "audit", "audit_values"}:
                continue
            for row in db.connection.execute(f"SELECT * FROM {table['name']}"):
                digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()


def furnish(app: Flask, cast: Cast) -> House:
    ada = cast.ada.id
    context = cast.context
    about_rated = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    for assessment in (cast.assessment(cast.ada, "wellbeing-baseline"), about_rated):
        cast.send(cast.ada, cast.payload(assessment))
    found = {
        row["assessment_id"]: row["id"]
        for row in context.db.all("SELECT id, assessment_id FROM responses")
    }
    stranger = enrol_participant(
        context, cast.actor(cast.outsider), cast.outsider,
        Enrolment("X-001", "Europe/Berlin", "en", "immediate", "none", "", "", "", ENROLLED),
    )  # fmt: skip
    invitation = invite_device(
        context, cast.actor(cast.outsider), cast.outsider, stranger, "clinic"
    )
    bound = bind_device(context, code=invitation.code, address="127.0.0.1", agent="theirs")
    with context.write(TESTER, "somebody is needed") as tx:
        ours = alerts.add(tx, cast.study_id, ada, "call-me", "please call")
        theirs = alerts.add(tx, cast.other_study_id, stranger, "call-me", "please call")
        analyst = staff.add(tx, "Ana Analyst", "ana@example.org", None)
        staff.grant(tx, analyst, cast.study_id, "analyst")
        our_group = groups.add(tx, cast.study_id, "Spring")
        our_date = groups.add_date(tx, our_group, "dosing")
        their_group = groups.add(tx, cast.other_study_id, "Spring")
        their_date = groups.add_date(tx, their_group, "dosing")
        for each in (our_date, their_date):
            groups.record(tx, each, "planned", ENROLLED, None)
    dosing = next(
        row["id"] for row in visits.of(context.db, EVERYTHING, ada) if row["kind"] == "dosing"
    )
    their_visit = visits.of(context.db, EVERYTHING, stranger)[0]["id"]
    # A stranger's response cannot be had cheaply; one that does not exist looks the same.
    own = {
        "participant_id": ada, "visit_id": dosing, "device_id": cast.ada.device.id,
        "staff_id": cast.second.id, "response_id": found[cast.assessment(cast.ada, "wellbeing-baseline")],
        "alert_id": ours, "assessment": cast.assessment(cast.ada, "distress-baseline"),
        "assessment_id": cast.assessment(cast.ada, "distress-baseline"),
        "digest": cast.form("who-5"), "message_id": new_id(), "locator": "nowhere", "envelope_id": new_id(), "mail_id": "nothing",
        "instrument_id": "who-5", "version": "1.1.0", "group_id": our_group, "group_visit_id": our_date,
    }  # fmt: skip
    foreign = {
        "participant_id": stranger, "visit_id": their_visit, "device_id": bound.device_id,
        "staff_id": cast.outsider.id, "response_id": new_id(), "alert_id": theirs,
        "assessment_id": assessments.of(context.db, EVERYTHING, stranger)[0]["id"],
        "message_id": new_id(), "instrument_id": "no-such-form", "version": "9.9.9", "group_id": their_group, "group_visit_id": their_date,
        "assessment": cast.assessment(cast.ben, "distress-baseline"),
    }  # fmt: skip
    roles = {
        "administrator": cast.administrator, "investigator": cast.investigator,
        "coordinator": cast.coordinator, "facilitator": cast.rated, "rater": cast.rater,
        "monitor": cast.monitor, "analyst": Staff(analyst, cast.study_id, frozenset({"analyst"})),
    }  # fmt: skip
    return House(app, cast, roles, own, foreign, {"response_id": found[about_rated]})
