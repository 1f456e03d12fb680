"""An instrument with one item of every kind: what no shipped form has yet must work all the same."""

from __future__ import annotations

from pathlib import Path

from server.catalog.build import build
from server.catalog.tree import read
from server.domain.instrument import Instrument, Wording

STRUCTURE = b"""\
id: every-kind
version: 1.0.0
title: One of every kind
short_title: Every kind
respondent: participant
recall: today
minutes: 3
options:
  how: {values: [3, 2, 1]}
  what: {values: [1, 2, 3]}
items:
  - {id: part_one, kind: section}
  - {id: hello, kind: information}
  - {id: mood, kind: choice, options: how}
  - {id: drove, kind: yes-no}
  - {id: helped, kind: multi-choice, options: what}
  - {id: weight, kind: number, minimum: 20, maximum: 300, step: 0.5}
  - {id: calm, kind: scale, minimum: 0, maximum: 100}
  - {id: words, kind: text, soft_limit: 300}
  - {id: since, kind: date}
scores:
  - id: both
    label: Mood and driving
    method: sum
    items: [mood, drove]
    missing: {allow: 0, rule: local}
    minimum: 1
    maximum: 4
    higher_is: more
    headline: true
    bands:
      - {low: 1, high: 2, label: little, source: nobody}
  - {id: ease, label: Ease, method: mean, items: [calm], minimum: 0, maximum: 100, higher_is: calmer}
  - {id: less, label: Turned, method: linear, scores: [ease], factor: -1, offset: 100, minimum: 0, maximum: 100, higher_is: less}
licence: {status: own, holder: us}
"""

SENTENCES = b"""\
instrument: every-kind
version: 1.0.0
language: en
status: own
title: One of every kind
items:
  part_one: {text: First part}
  hello: {text: Good to see you.}
  mood: {text: How is your mood?}
  drove: {text: Did you drive?}
  helped: {text: What helped?}
  weight: {text: How heavy is your bag?, unit: kg}
  calm: {text: How calm are you?, low: not calm, high: very calm}
  words: {text: Anything else?, hint: Or nothing.}
  since: {text: Since when?}
options:
  how: {3: good, 2: middling, 1: bad}
  what: {1: sleep, 2: talk, 3: music}
  yes-no: {1: Yes, 0: No}
"""


def instrument_of_every_kind() -> Instrument:
    built = build(Instrument, read(STRUCTURE))
    assert built is not None
    return built


def wording_of_every_kind() -> Wording:
    built = build(Wording, read(SENTENCES))
    assert built is not None
    return built


def write_every_kind(forms: Path) -> Path:
    """Write both files where the catalogue looks for them; return the instrument's."""
    folder = forms / "every-kind"
    (folder / "wording").mkdir(parents=True)
    (folder / "1.0.0.yaml").write_bytes(STRUCTURE)
    (folder / "wording" / "en.yaml").write_bytes(SENTENCES)
    return folder / "1.0.0.yaml"
