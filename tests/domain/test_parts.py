"""A form in parts: every condition is decided by the parts before its own, and nothing is passed over."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.answers import validate
from server.domain.grammar import leaves, named
from server.domain.instrument import Instrument
from server.domain.parts import Progress, parts
from tests.domain.sitting import CATALOG

SINCE = CATALOG.instrument("since-last-time")
EVERY = [CATALOG.instrument(each.id) for each in CATALOG.instruments]


def yes(*items: str) -> dict[str, dict[str, Any]]:
    return {item: {"state": "answered", "value": 1} for item in items}


def no(*items: str) -> dict[str, dict[str, Any]]:
    return {item: {"state": "answered", "value": 0} for item in items}


@pytest.mark.parametrize("instrument", EVERY, ids=lambda each: each.id)
def test_no_question_hangs_on_another_of_its_own_part(instrument: Instrument):
    cut = parts(instrument)
    assert tuple(item for part in cut for item in part) == instrument.items
    for part in cut:
        here = {item.id for item in part}
        for item in part:
            looked_at = leaves(item.show_if.tree) if item.show_if else ()
            assert not {name for leaf in looked_at for name in named(leaf)} & here
        assert instrument.branches or len(cut) == 1


def test_a_heading_goes_with_the_question_below_it():
    items = [
        {"id": "slept", "kind": "yes-no"},
        {"id": "more", "kind": "section"},
        {"id": "why", "kind": "text", "show_if": "slept = 0"},
    ]
    instrument = SINCE.model_validate(
        {"id": "x", "version": "1.0.0", "title": "x", "short_title": "x", "respondent": "participant",
         "recall": "x", "minutes": "1", "items": items, "licence": {"status": "own", "holder": "us"}}
    )  # fmt: skip
    assert [[item.id for item in part] for part in parts(instrument)] == [
        ["slept"],
        ["more", "why"],
    ]


def test_a_part_shows_what_the_answers_before_it_brought_up():
    first, second = (item.id for item in SINCE.questions[:2])
    said_yes, said_no = Progress(SINCE, yes(first)), Progress(SINCE, no(first))
    assert second in {item.id for item in said_yes.showing(1)}
    assert second not in {item.id for item in said_no.showing(1)}
    assert said_no.showing(-1) == said_no.showing(99) == ()


def test_what_nobody_has_passed_is_come_back_to_and_what_is_hidden_is_not():
    asked = [item for item in SINCE.questions if item.show_if is None]
    all_no = Progress(SINCE, no(*(item.id for item in asked)))
    assert all_no.unseen() is None
    assert all_no.after(all_no.standing[-1]) is None
    changed = Progress(SINCE, {**all_no.said, **yes(asked[0].id)})
    assert changed.unseen() == 1
    assert Progress(SINCE, {}).unseen() == 0


def test_the_parts_show_what_the_server_counts_as_shown():
    said = {**yes("medicines", "hospital"), **no("therapy", "psychedelics", "events")}
    progress = Progress(SINCE, said)
    answers = validate(SINCE, said)
    counted = {name for name, each in answers.items() if each.state != "not-shown"}
    seen = {item.id for part in progress.standing for item in progress.showing(part)}
    assert seen & {item.id for item in SINCE.questions} == counted
