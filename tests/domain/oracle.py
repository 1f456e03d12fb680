"""A slow second opinion on the plan, read from the file's own words: it counts days on its fingers.

Nothing here comes from the planner. It takes a schedule as written (texts only), walks over calendar
days one by one, and finds an hour by looking at the clock on the wall minute by minute.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime

from server.domain.facts import Facts, Visit
from server.ids import NAMESPACE
from tests.domain.oracle_clock import DAY, Life, count, step, struck, times
from tests.domain.oracle_form import Form, Raw, Row, alike, one_says, told
from tests.domain.oracle_overlap import cut
from tests.domain.oracle_visits import STANDS, Calendar, Unknown


class Oracle:
    """One participant's plan by one schedule, as it is written in its file."""

    def __init__(self, raw: Raw, forms: Raw, facts: Facts) -> None:
        self.raw, self.forms, self.facts = raw, forms, facts
        self.life, self.calendar = Life(facts), Calendar(facts)
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
        return [told(form, self.raw, self.forms) for form in asked]

    def courses(self) -> list[int]:
        return [
            course
            for course in range(1, 10)
            if course == 1
            or any(each.course == course and each.status in STANDS for each in self.facts.visits)
        ]

    # What a form is counted from: label, day, visit, path of its id.

    def starts(
        self, course: int, raw: Raw
    ) -> list[tuple[str, date, Visit | None, tuple[str, ...]]]:
        words = raw["anchor"].split()
        if words[0] == "completion":
            return self.completions(course, words[2], raw["anchor"])
        if words == ["enrolment"]:
            return [("enrolment", self.calendar.enrolment(course), None, ("enrolment",))]
        kind = (
            words[1] if words[0] in {"every", "last"} else words[0].rstrip("0123456789").rstrip("-")
        )
        named: list[tuple[str, date, Visit | None, tuple[str, ...]]] = [
            (f"{kind}-{number}", each.on, each, (each.id,))
            for number, each in enumerate(self.calendar.visits(course, kind), start=1)
        ]
        if words[0] == "every":
            chosen = named
        elif words[0] == "last" and len(words) > 2:
            limit = self.calendar.day_of(course, words[3])
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
                last = self.calendar.day_of(course, repeat["until"]) - DAY
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
            return count(self.calendar.day_of(course, words[3]), f"{sign}{words[0]} {words[1]}")
        if where[0].isalpha() and where != "same day":
            return self.calendar.day_of(course, where)
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
                        one_says(key, look, alike(form, look["assessment"], forms), self.given)
                    )
        if False in said:
            return False
        return None if None in said else True

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
            kept += cut(self.raw, mine)
        self.waiting |= {(form.course, form.raw["id"]) for form in asked if not form.pieces}
        return [form for form in asked if any(form is each for each in kept)]

    def number(self, asked: list[Form]) -> None:
        """Count each definition's forms about each person through, from the first anchor's day on."""
        seen: dict[tuple[int, str, str | None], int] = {}
        for form in sorted(asked, key=lambda form: (form.day, form.number)):
            key = form.course, form.raw["id"], form.about
            seen[key] = form.occasion = seen.get(key, 0) + 1
