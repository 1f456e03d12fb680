"""A slow second opinion on the plan, read from the file's own words: it counts days on its fingers.

Nothing here comes from the planner. It takes a schedule as written (texts only), walks over calendar
days one by one, and finds an hour by looking at the clock on the wall minute by minute.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from server.domain.facts import Facts, Result, Visit
from server.ids import NAMESPACE
from tests.domain.oracle_clock import DAY, Life, count, step, struck, times

Raw = Mapping[str, Any]
STANDS = ("planned", "held")


class Unknown(Exception):
    """Something that the plan waits for."""


@dataclass
class Form:
    """One form that is asked, as the oracle sees it."""

    id: str
    raw: Raw
    course: int
    path: tuple[str, ...]
    number: int
    label: str
    day: date
    visit: Visit | None
    about: str | None
    rank: int
    opens: datetime
    target: datetime
    closes: datetime
    occasion: int = 0
    pieces: set[tuple[datetime, datetime]] = field(default_factory=set)


@dataclass(frozen=True)
class Row:
    """What must agree with the planner's row."""

    id: str
    definition: str
    course: int
    about: str | None
    visit_id: str | None
    anchor: str
    anchor_on: date
    opens_at: datetime
    target_at: datetime
    closes_at: datetime
    occasion: int
    respondent: str
    awaits: str | None
    late: str
    minutes: int


class Oracle:
    """One participant's plan by one schedule, as it is written in its file."""

    def __init__(self, raw: Raw, forms: Raw, facts: Facts) -> None:
        self.raw, self.forms, self.facts = raw, forms, facts
        self.life = Life(facts)
        self.known: dict[tuple[int, str], tuple[list[Form], bool]] = {}
        self.given = {result.assessment_id: result for result in facts.results}
        self.waiting: set[tuple[int, str]] = set()

    def rows(self) -> list[Row]:
        """Everything asked."""
        if self.facts.withdrawn:
            return []
        asked: list[Form] = []
        for course in self.courses():
            for raw in self.raw["assessments"]:
                forms, waits = self.of(course, raw["id"])
                asked += forms
                if waits:
                    self.waiting.add((course, raw["id"]))
        asked = self.without_overlap(asked)
        self.number(asked)
        return [self.row(form) for form in asked]

    def courses(self) -> list[int]:
        return [
            course
            for course in range(1, 10)
            if course == 1
            or any(each.course == course and each.status in STANDS for each in self.facts.visits)
        ]

    def visits(self, course: int, kind: str) -> list[Visit]:
        """Walk over the calendar and take up the visits of a kind as they come."""
        mine = [
            each
            for each in self.facts.visits
            if each.course == course and each.kind == kind and each.status in STANDS
        ]
        found: list[Visit] = []
        day = min((each.on for each in mine), default=None)
        while len(found) < len(mine) and day is not None:
            today = {f"{each.at or time():%H:%M}{each.id}": each for each in mine if each.on == day}
            found += [today[key] for key in sorted(today)]
            day += DAY
        return found

    def enrolment(self, course: int) -> date:
        if course > 1:
            raise Unknown
        first = self.visits(1, "enrolment")
        return first[0].on if first else self.facts.enrolled_on

    def day_of(self, course: int, name: str) -> date:
        if name == "enrolment":
            return self.enrolment(course)
        kind, number = name.rsplit("-", 1) if name[-1].isdigit() else (name, "1")
        found = self.visits(course, kind)
        if len(found) < int(number):
            raise Unknown
        return found[int(number) - 1].on

    # What a form is counted from: label, day, visit, path of its id.

    def starts(
        self, course: int, raw: Raw
    ) -> list[tuple[str, date, Visit | None, tuple[str, ...]]]:
        words = raw["anchor"].split()
        if words[0] == "completion":
            return self.completions(course, words[2], raw["anchor"])
        if words == ["enrolment"]:
            return [("enrolment", self.enrolment(course), None, ("enrolment",))]
        kind = (
            words[1] if words[0] in {"every", "last"} else words[0].rstrip("0123456789").rstrip("-")
        )
        named: list[tuple[str, date, Visit | None, tuple[str, ...]]] = [
            (f"{kind}-{number}", each.on, each, (each.id,))
            for number, each in enumerate(self.visits(course, kind), start=1)
        ]
        if words[0] == "every":
            chosen = named
        elif words[0] == "last" and len(words) > 2:
            limit = self.day_of(course, words[3])
            chosen = [each for each in named if not each[1] > limit][-1:]
        elif words[0] == "last":
            entered = [e for e in self.facts.visits if e.course == course and e.kind == kind]
            foreseen = self.raw["visits"][kind]
            if foreseen.get("repeat") != "true" and len(entered) < int(foreseen.get("count", 1)):
                raise Unknown
            chosen = named[-1:]
        else:
            name = words[0] if words[0][-1].isdigit() else f"{kind}-1"
            chosen = [each for each in named if each[0] == name]
        if not chosen:
            raise Unknown
        return chosen

    def completions(
        self, course: int, other: str, label: str
    ) -> list[tuple[str, date, Visit | None, tuple[str, ...]]]:
        forms, waits = self.of(course, other)
        done = sorted(
            (
                (self.given[form.id].answered_at, form.id, form)
                for form in forms
                if form.id in self.given
            ),
            key=lambda each: each[:2],
        )
        if not done and (forms or waits):
            raise Unknown
        found: dict[tuple[str, ...], tuple[str, date, Visit | None, tuple[str, ...]]] = {}
        for _, _, form in done:
            path = (*form.path, *([f"#{form.number}"] if form.number > 1 else []))
            if path not in found:
                day = self.given[form.id].answered_on
                found[path] = (label, day, form.visit, (*path, other))
        return list(found.values())

    # Whom it is asked of, and when.

    def of(self, course: int, name: str) -> tuple[list[Form], bool]:
        """Return the forms of a definition, and whether something about it is still waited for."""
        if (course, name) not in self.known:
            (raw,) = [each for each in self.raw["assessments"] if each["id"] == name]
            forms: list[Form] = []
            waits = False
            try:
                if self.meant(course, raw):
                    for start in self.starts(course, raw):
                        more, wait = self.at_start(course, raw, start)
                        forms += more
                        waits = waits or wait
            except Unknown:
                waits = True
            if raw.get("asked") == "once per facilitator":
                forms = self.once(forms)
            self.known[course, name] = forms, waits
        return self.known[course, name]

    def meant(self, course: int, raw: Raw) -> bool:
        when = raw.get("when", {})
        if raw["anchor"] == "enrolment" and course > 1:
            return False
        now = {"course": str(course), "language": self.facts.language, "arm": self.facts.arm,
               "site": self.facts.site}  # fmt: skip
        if any(now[key] and key in when and now[key] not in when[key] for key in now):
            return False
        if any(key in when and not now[key] for key in now):
            raise Unknown
        if self.forms[raw["instrument"]].get("event") and not self.facts.event:
            raise Unknown
        return True

    def at_start(
        self, course: int, raw: Raw, start: tuple[str, date, Visit | None, tuple[str, ...]]
    ) -> tuple[list[Form], bool]:
        label, day, visit, path = start
        forms: list[Form] = []
        waits = False
        try:
            numbers = list(self.numbers(course, raw, day))
        except Unknown:
            return [], True
        if not numbers:
            return [], True
        people = self.people(raw, day)
        for number in numbers:
            try:
                opens, target, closes = self.span(course, raw, day, number)
            except Unknown:
                waits = True
                continue
            waits = waits or not people
            for rank, about in enumerate(people):
                parts = [self.facts.participant_id, str(course), raw["id"], about or "", *path]
                parts += [f"#{number}"] if number > 1 else []
                form = Form(
                    str(uuid.uuid5(NAMESPACE, "\x1f".join(parts))), raw, course, path, number, label,
                    day, visit, about, rank, opens, target, closes,
                )  # fmt: skip
                said = self.answers_ask_for(form)
                waits = waits or said is None
                if said:
                    forms.append(form)
        return forms, waits

    def people(self, raw: Raw, day: date) -> list[str | None]:
        if not self.forms[raw["instrument"]].get("about"):
            return [None]
        here = [
            each
            for each in self.facts.facilitators
            if not day < each.from_on and not (each.to_on and each.to_on < day)
        ]
        found: list[str | None] = []
        for each in sorted(here, key=lambda each: f"{each.from_on}{each.staff_id}"):
            if each.staff_id not in found:
                found.append(each.staff_id)
        return found

    def numbers(self, course: int, raw: Raw, day: date) -> Iterator[int]:
        repeat = raw.get("repeat")
        if not repeat:
            yield 1
            return
        if "times" in repeat:
            yield from range(1, int(repeat["times"]) + 1)
            return
        if repeat["until"][0] in "+0123456789":
            last = count(day, repeat["until"])
        else:
            try:
                last = self.day_of(course, repeat["until"]) - DAY
            except Unknown:
                last = count(day, "24 months") - DAY
        text = raw.get("target") or raw["opens"]
        for number in range(1, 401):
            if count(day, text.split(" at ")[0], times(repeat["every"], number - 1)) > last:
                return
            yield number

    def span(
        self, course: int, raw: Raw, day: date, number: int
    ) -> tuple[datetime, datetime, datetime]:
        """Return opening, best moment and closing."""

        def day_and_clock(text: str) -> tuple[date, str]:
            where, _, clock = text.partition(" at ")
            return self.on(course, raw, day, number, where), clock

        first = last = day_and_clock(raw.get("opens") or raw["target"])[0]
        if "window" in raw:
            first, last = (count(first, each) for each in raw["window"])
        home = self.life.zone_of(first)  # where they live on the day it opens, until it closes

        def find(text: str, midnight: int = 0) -> datetime:
            on, clock = day_and_clock(text)
            named = not text.partition(" at ")[0].endswith(
                ("day", "days", "weeks", "week", "month", "months")
            )
            zone = self.life.zone_of(on) if named else home
            hour, minute = clock.split(":") if clock else ("0", "0")
            return struck(zone, on if clock else step(on, midnight), int(hour), int(minute))

        if "window" in raw:
            opens, closes = struck(home, first, 0, 0), struck(home, step(last, 1), 0, 0)
        else:
            opens = find(raw.get("opens") or raw["target"])
            closes = find(raw["closes"], midnight=1)
        if not opens < closes:
            raise Unknown
        target = find(raw["target"]) if "target" in raw else opens
        return opens, sorted([opens, target, closes])[1], closes

    def on(self, course: int, raw: Raw, day: date, number: int, where: str) -> date:
        words = where.split()
        if len(words) == 4:  # 1 day before dosing-1
            sign = "-" if words[2] == "before" else ""
            return count(self.day_of(course, words[3]), f"{sign}{words[0]} {words[1]}")
        if where[0].isalpha() and where != "same day":
            return self.day_of(course, where)
        if "repeat" in raw:
            return count(day, where, times(raw["repeat"]["every"], number - 1))
        return count(day, where)

    def answers_ask_for(self, form: Form) -> bool | None:
        """Whether earlier answers ask for a form; None while they are not there."""
        said: list[bool | None] = []
        for key in ("answered", "score"):
            if look := form.raw.get("when", {}).get(key):
                forms, waits = self.of(form.course, look["assessment"])
                if not forms and not waits:
                    said.append(False)
                else:
                    said.append(
                        self.one_says(key, look, self.alike(form, look["assessment"], forms))
                    )
        if False in said:
            return False
        return None if None in said else True

    def alike(self, form: Form, other: str, forms: list[Form]) -> list[Form]:
        """Return the forms that a condition means."""
        if form.raw["anchor"] == f"completion of {other}":
            near = [
                each
                for each in forms
                if (*each.path, *([f"#{each.number}"] if each.number > 1 else []), other)
                == form.path
            ]
        else:
            near = [each for each in forms if each.visit == form.visit]
            if "repeat" in form.raw and any("repeat" in each.raw for each in near):
                near = [each for each in near if each.number == form.number] or near
        near = near or forms
        mine = [each for each in near if form.about and each.about == form.about]
        return mine or near

    def one_says(self, key: str, look: Raw, forms: list[Form]) -> bool | None:
        said: dict[str | None, bool | None] = {}
        for about in {form.about for form in forms}:
            results = [self.given[f.id] for f in forms if f.about == about and f.id in self.given]
            newest = max(results, key=lambda r: (r.answered_at, r.assessment_id), default=None)
            said[about] = None if newest is None else self.result_says(key, look, newest)
        if True in said.values():
            return True
        return None if None in said.values() or not said else False

    def result_says(self, key: str, look: Raw, result: Result) -> bool:
        if key == "score":
            score = result.scores.get(look["score"])
            if score is None or score < float(look.get("at_least", "-1e9")):
                return False
            return score < float(look.get("below", "1e9"))
        value = result.answers.get(look["item"])
        chosen = value if isinstance(value, list) else [value]
        return any(str(each) in look["is"] for each in chosen)

    def once(self, forms: list[Form]) -> list[Form]:
        kept: list[Form] = []
        for about in {form.about for form in forms}:
            mine = [form for form in forms if form.about == about]
            done = [form for form in mine if form.id in self.given]
            done.sort(key=lambda form: (self.given[form.id].answered_at, form.id))
            kept.append((done or mine)[0])
        return [form for form in forms if form in kept]

    # What happens where the same form about the same person is open twice.

    def without_overlap(self, asked: list[Form]) -> list[Form]:
        kept: list[Form] = []
        for group in {(form.raw["instrument"], form.about) for form in asked}:
            mine = [form for form in asked if (form.raw["instrument"], form.about) == group]
            kept += self.cut(mine)
        return [form for form in asked if any(form is each for each in kept)]

    def cut(self, forms: list[Form]) -> list[Form]:
        """Cut time into the pieces between all edges, and give each piece to whom it belongs."""
        edges = sorted({edge for form in forms for edge in (form.opens, form.closes)})
        pieces = list(pairwise(edges))
        for form in forms:
            form.pieces = {
                each for each in pieces if form.opens <= each[0] and each[1] <= form.closes
            }
        ids = [each["id"] for each in self.raw["assessments"]]
        forms = sorted(
            forms,
            key=lambda form: (
                form.opens, form.closes, form.day, int(form.raw.get("order", 0)),
                ids.index(form.raw["id"]), form.rank, form.id,
            ),
        )  # fmt: skip
        for index, later in enumerate(forms):
            rule = later.raw.get("overlap") or self.raw.get("overlap", "both")
            meeting = [each for each in forms[:index] if each.pieces & later.pieces]
            begin = min(later.pieces)[0]
            if rule == "later opens after" and meeting:
                taken = max(piece[1] for each in meeting for piece in each.pieces)
                later.pieces = {piece for piece in later.pieces if piece[0] >= taken}
            if rule == "earlier closes":
                for each in meeting:
                    each.pieces = {piece for piece in each.pieces if piece[1] <= begin}
        for form in forms:
            if form.pieces:
                form.opens, form.closes = min(form.pieces)[0], max(form.pieces)[1]
                form.target = sorted([form.opens, form.target, form.closes])[1]
            else:
                self.waiting.add((form.course, form.raw["id"]))
        return [form for form in forms if form.pieces]

    def number(self, asked: list[Form]) -> None:
        """Count each definition's forms about each person through, from the first anchor's day on."""
        seen: dict[tuple[int, str, str | None], int] = {}
        for form in sorted(asked, key=lambda form: (form.day, form.number)):
            key = form.course, form.raw["id"], form.about
            seen[key] = form.occasion = seen.get(key, 0) + 1

    def row(self, form: Form) -> Row:
        sheet = self.forms[form.raw["instrument"]]
        kind = (
            form.visit.kind if form.visit and form.raw["anchor"].split()[0] != "completion" else ""
        )
        session = self.raw["visits"].get(kind, {}).get("session") == "true"
        waits = form.raw["waits"] == "true" if "waits" in form.raw else session
        held = form.visit is None or not kind or form.visit.status == "held"
        return Row(
            form.id, form.raw["id"], form.course, form.about, form.visit.id if form.visit else None,
            form.label, form.day, form.opens, form.target, form.closes, form.occasion,
            sheet.get("respondent", "participant"),
            form.visit.id if form.visit and waits and not held else None,
            form.raw.get("late") or self.raw.get("late", "stop opening"),
            int(form.raw.get("minutes") or sheet["minutes"]),
        )  # fmt: skip
