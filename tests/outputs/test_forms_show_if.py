"""A form's page carries its conditions for the scripts, and shows every question without them."""

from __future__ import annotations

import re

from server.catalog.build import build
from server.catalog.tree import read
from server.domain.instrument import Instrument
from server.outputs.forms import render
from tests.domain.synthetic import STRUCTURE, wording_of_every_kind


def page(structure: bytes) -> str:
    instrument = build(Instrument, read(structure))
    assert instrument is not None
    return render(instrument, wording_of_every_kind(), "v1").decode()


def test_each_condition_stands_beside_its_item_and_nowhere_else():
    html = page(STRUCTURE.replace(b"id: words,", b"id: words, show_if: mood < 3 and drove = 1,"))
    found = re.findall(r'data-item="(\w+)"[^>]*data-show-if="([^"]*)"', html)
    assert found == [("words", "mood &lt; 3 and drove = 1")]


def test_a_form_without_conditions_says_nothing_of_them():
    assert "show-if" not in page(STRUCTURE)


def test_quotes_in_a_condition_stay_inside_their_attribute():
    condition = b"""id: since, show_if: 'words = "a >< b"',"""
    html = page(STRUCTURE.replace(b"id: since,", condition))
    assert 'data-show-if="words = &#34;a &gt;&lt; b&#34;"' in html
