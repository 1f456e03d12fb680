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
    if instrument.id == "wai-sr":
        total = synthetic.alliance_total(
            person, after_session=months_after is not None, about=which, dice=dice
        )
    elif instrument.id == "ies-r":
        total = synthetic.symptoms_total(person, months_after, dice)
    elif instrument.id == "who-5":
        total = synthetic.well_being_raw(person, months_after, dice)
    else:
        return _words(instrument, dice)
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


def _words(instrument: Instrument, dice: random.Random) -> Raw:
    raw: Raw = {}
    for item in instrument.questions:
        if item.kind == "text" and dice.random() > 0.2:
            raw[item.id] = {"state": "answered", "value": dice.choice(people.WORDS)}
        else:
            raw[item.id] = {"state": "skipped"}
    return raw
