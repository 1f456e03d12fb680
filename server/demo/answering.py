"""What a synthetic participant answers: totals from `synthetic`, spread over the items."""

from __future__ import annotations

import random

from server.demo import people, synthetic
from server.demo.synthetic import Person
from server.domain.instrument import Instrument

Raw = dict[str, dict[str, object]]


def answer(
    instrument: Instrument,
    which: int,
    months_after: float | None,
    person: Person,
    dice: random.Random,
) -> Raw:
    """Return the answers as a phone sends them; `which` of two guides a form is about, 0 or 1."""
    if instrument.giving:
        return _event(dice)
    if instrument.id == "wai-sr":
        total = synthetic.alliance_total(
            person, after_session=months_after is not None, about=which, dice=dice
        )
    elif instrument.id == "ies-r":
        total = synthetic.symptoms_total(person, months_after, dice)
    elif instrument.id == "who-5":
        total = synthetic.well_being_raw(person, months_after, dice)
    else:
        return _plausible(instrument, months_after, dice)
    return _coded(instrument, total, dice)


def _coded(instrument: Instrument, total: float, dice: random.Random) -> Raw:
    questions = instrument.questions
    codes = instrument.codes(questions[0])
    values = synthetic.items_for(total, codes, len(questions), dice)
    raw: Raw = {
        item.id: {"state": "answered", "value": value}
        for item, value in zip(questions, values, strict=True)
    }
    if dice.random() < 0.04:
        raw[dice.choice(questions).id] = {"state": "skipped"}
    return raw


def _event(dice: random.Random) -> Raw:
    words, when = dice.choice(people.EVENTS)
    said: dict[str, object] = {"state": "answered", "value": when} if when else {"state": "skipped"}
    return {"event": {"state": "answered", "value": words}, "when": said}


def _plausible(instrument: Instrument, months_after: float | None, dice: random.Random) -> Raw:
    """Answer whatever no published figure shapes: about the same throughout, and nothing alarming."""
    watched = {rule.item for rule in instrument.safety}
    level = dice.gauss(0.55 if months_after is None else 0.7, 0.12)
    raw: Raw = {}
    for item in instrument.questions:
        if item.id in watched or item.kind == "yes-no":
            raw[item.id] = {"state": "answered", "value": 0}
        elif item.kind == "text":
            raw[item.id] = _words(dice)
        elif ends := instrument.ends(item):
            value = _near(ends, level, dice, turned=item.reversed)
            raw[item.id] = {"state": "answered", "value": value}
        else:
            raw[item.id] = {"state": "skipped"}
    return raw


def _near(ends: tuple[float, float], level: float, dice: random.Random, *, turned: bool) -> int:
    low, high = ends
    share = min(max(dice.gauss(1 - level if turned else level, 0.15), 0.0), 1.0)
    return round(low + share * (high - low))


def _words(dice: random.Random) -> dict[str, object]:
    if dice.random() > 0.2:
        return {"state": "answered", "value": dice.choice(people.WORDS)}
    return {"state": "skipped"}
