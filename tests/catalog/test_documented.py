"""What docs/instruments.md says of the shipped forms and of the keys of their files, held against both."""

from __future__ import annotations

import re
from inspect import isclass

import pytest
from pydantic import BaseModel

from server.config import ROOT
from server.domain import instrument, reading, score
from server.domain.instrument import Instrument
from tests.domain.sitting import CATALOG

DOC = (ROOT / "docs" / "instruments.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) \| .*? \| (.*?) \|", re.MULTILINE)
SAID = {name: said for names, said in ROW.findall(DOC) for name in re.findall(r"`(.*?)`", names)}
KEYS = {
    key
    for module in (instrument, reading, score)
    for made in vars(module).values()
    if isclass(made) and issubclass(made, BaseModel) and made.__module__ == module.__name__
    for key in made.model_fields
}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_of_a_definition_is_explained(key: str):
    assert re.search(rf"`(\w+\.)?{key}\b|[{{ ]{key}: ", DOC), key


@pytest.mark.parametrize("shipped", CATALOG.instruments, ids=lambda each: each.id)
def test_every_shipped_form_stands_in_the_list_with_as_many_questions(shipped: Instrument):
    newest = CATALOG.instrument(shipped.id)
    # Several of one kind each are told apart: "2 choices, 8 texts".
    numbers = [int(number) for number in re.findall(r"\d+", SAID[newest.id])]
    asked = len(newest.questions)
    assert asked in numbers or asked == sum(numbers)
