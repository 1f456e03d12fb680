"""Other systems' questionnaires become drafts that the catalogue accepts, with every loss told twice."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from server.actions.import_instrument import Imported, Wanted, import_instrument
from server.catalog.catalog import Catalog
from server.catalog.load import load
from server.config import ROOT
from server.domain.answers import validate
from server.domain.scoring import score
from server.errors import BadInputError, ConflictError

INTEROP = Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared")) / "interop"
DICTIONARIES = ["redcap/hbn_sample.csv", "redcap/longitudinal_dictionary.csv"]
FILES = [*DICTIONARIES, "fhir/phq9.json", "fhir/pc_ptsd_5.json"]


def shared(name: str) -> bytes:
    path = INTEROP / name
    if not path.exists():
        pytest.skip("the shared files are not here")
    return path.read_bytes()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("forms", "schedules"):
        (tmp_path / name).mkdir()
    return tmp_path


def draft(root: Path, data: bytes, **wanted: object) -> Imported:
    return import_instrument(data, Wanted("x", **wanted), root / "forms")  # type: ignore[arg-type]


def catalog(root: Path) -> Catalog:
    return load(root / "forms", root / "schedules")


def told(made: Imported) -> str:
    return "\n".join(made.losses)


@pytest.mark.parametrize("name", FILES)
def test_each_shared_file_becomes_a_draft_that_passes_the_check(root: Path, name: str):
    made = draft(root, shared(name))
    instrument = catalog(root).instrument("x")
    assert len(instrument.questions) == made.questions > 0
    assert len(instrument.notes) == len(made.losses)
    assert all(answer.state != "answered" for answer in validate(instrument, {}).values())


@pytest.mark.parametrize("name", FILES)
def test_each_thing_in_a_shared_file_is_in_the_draft_or_named(root: Path, name: str):
    """The promise itself: nothing that the file asks goes missing in silence."""
    data = shared(name)
    made = draft(root, data)
    instrument = catalog(root).instrument("x")
    here = {item.topic or item.id for item in instrument.items} | {s.id for s in instrument.scores}
    lost = {name for line in made.losses for name in line.partition(": ")[0].split(", ")}
    for asked in _names(data):
        score_id = "q_" + re.sub(r"[^a-z0-9]+", "_", asked.lower()).strip("_")
        assert {asked, score_id} & here or asked in lost, asked


@pytest.mark.parametrize("name", DICTIONARIES)
def test_each_condition_in_a_shared_dictionary_is_translated_or_named(root: Path, name: str):
    data = shared(name)
    made = draft(root, data)
    items = {item.id: item for item in catalog(root).instrument("x").items}
    whole = translated = 0
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        logic = row["Branching Logic (Show field only if...)"].strip()
        if not logic:
            continue
        whole += 1
        item = items.get(row["Variable / Field Name"])
        named = logic in told(made)
        assert (item is not None and item.show_if is not None) or named, row
        translated += item is not None and item.show_if is not None
    assert translated >= 0.75 * whole


def _names(data: bytes) -> list[str]:
    if data.lstrip().startswith(b"{"):
        return [each["linkId"] for each in json.loads(data)["item"]]
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return [row["Variable / Field Name"] for row in rows]


def test_a_phq_9_scores_as_its_file_says(root: Path):
    made = draft(root, shared("fhir/phq9.json"))
    instrument = catalog(root).instrument("x")
    raw = {item.id: {"state": "answered", "value": 3} for item in instrument.questions[:9]}
    raw |= {instrument.questions[9].id: {"state": "answered", "value": 4}}
    (total,) = score(instrument, validate(instrument, raw))
    assert total.value == 27
    assert "added up what was answered; here each answer is needed" in told(made)
    assert "questionnaire-displayCategory" in told(made)


def test_a_longitudinal_dictionary_keeps_its_branching_and_names_what_it_cannot_calculate(
    root: Path,
):
    made = draft(root, shared("redcap/longitudinal_dictionary.csv"))
    items = {item.id: item for item in catalog(root).instrument("x").items}
    condition = items["num_children"].show_if
    assert condition is not None
    assert condition.text == "sex = 0 and given_birth = 1"
    assert "bmi: calculates 'round(([weight]*10000)/(([height])^(2)),1)'" in told(made)
    assert "specify_mood: its middle label 'Indifferent' is not kept" in told(made)


def test_one_form_of_a_dictionary(root: Path):
    made = draft(
        root, shared("redcap/longitudinal_dictionary.csv"), form="patient_morale_questionnaire"
    )
    assert made.questions == 4
    assert catalog(root).wording("x", "en").title == "Patient morale questionnaire"


def test_another_language_leaves_room_for_english(root: Path):
    data = json.dumps(
        {
            "resourceType": "Questionnaire", "title": "Fragen", "language": "de",
            "item": [{"linkId": "a", "type": "boolean", "text": "Gut?"}],
        }
    ).encode()  # fmt: skip
    draft(root, data, own=True)
    found = catalog(root)
    assert found.wording("x", "de").items["a"].text == "Gut?"
    assert found.wording("x", "de").status == "own"
    assert "goes here" in found.wording("x", "en").items["a"].text


def test_weights_that_are_no_codes_count_by_a_table(root: Path):
    def option(code: str, weight: float) -> dict[str, object]:
        url = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
        return {
            "valueCoding": {"code": code, "display": code.upper()},
            "extension": [{"url": url, "valueDecimal": weight}],
        }

    item = {"linkId": "a", "type": "choice", "text": "How?", "answerOption": [option("x", 0.5), option("y", 1.5)]}  # fmt: skip
    draft(root, json.dumps({"resourceType": "Questionnaire", "item": [item]}).encode())
    instrument = catalog(root).instrument("x")
    assert instrument.item("a").recode == "a"
    assert instrument.recodes["a"] == {1: 0.5, 2: 1.5}


def test_what_is_there_already_is_not_written_over(root: Path):
    draft(root, shared("fhir/phq9.json"))
    before = (root / "forms/x/1.0.0.yaml").read_bytes()
    with pytest.raises(ConflictError, match="is there already"):
        draft(root, shared("fhir/pc_ptsd_5.json"))
    assert (root / "forms/x/1.0.0.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["../x", "X", "", "a b", ".hidden", "a/b"])
def test_an_id_is_no_path(root: Path, name: str):
    with pytest.raises(BadInputError, match="is no id"):
        import_instrument(b"{}", Wanted(name), root / "forms")
    assert list((root / "forms").iterdir()) == []


def test_an_id_that_no_folder_can_have_is_refused_in_words(root: Path):
    with pytest.raises(BadInputError, match="300 characters is too long"):
        import_instrument(b"{}", Wanted("x" * 300), root / "forms")


def test_a_mark_at_the_files_beginning_is_no_obstacle(root: Path):
    form = {"resourceType": "Questionnaire", "item": [{"linkId": "a", "type": "text", "text": "?"}]}
    assert draft(root, b"\xef\xbb\xbf" + json.dumps(form).encode()).questions == 1


def test_the_notes_name_every_place_where_the_screen_only_counts(root: Path):
    items = [
        {"linkId": f"i{at}", "type": "text", "text": f"Q {at}?", "required": True}
        for at in range(30)
    ]
    made = draft(root, json.dumps({"resourceType": "Questionnaire", "item": items}).encode())
    short = next(line for line in made.brief if "must be answered there" in line)
    assert "i3 and 26 more: must be" in short
    (note,) = (each for each in catalog(root).instrument("x").notes if "must be answered" in each)
    assert note.startswith("i0, i1, ")
    assert "i29: must be answered there" in note


@pytest.mark.parametrize("language", ["../../../../x", "english", "DE"])
def test_a_language_is_no_path_whether_asked_for_or_said_by_the_file(root: Path, language: str):
    asked = {"linkId": "a", "type": "text", "text": "How are you?"}
    form = {"resourceType": "Questionnaire", "title": "T", "item": [asked]}
    before = sorted(root.rglob("*"))
    for said, wanted in (({}, {"language": language}), ({"language": language}, {})):
        with pytest.raises(BadInputError, match="is no language tag"):
            draft(root, json.dumps(form | said).encode(), **wanted)
    assert sorted(root.rglob("*")) == before
    assert not (root.parent / "x.yaml").exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"{}", b"a,b\n1,2\n", b"\x89PNG\r\n", b"[" * 10_000, b"<ODM/>", b"PK\3\4"],
)
def test_what_cannot_be_read_leaves_nothing_behind(root: Path, data: bytes):
    with pytest.raises(BadInputError):
        draft(root, data)
    assert list((root / "forms").iterdir()) == []


def test_a_draft_too_large_for_a_definition_is_refused_whole(root: Path):
    items = [{"linkId": f"i{at}", "type": "text", "text": "x" * 400} for at in range(1_000)]
    data = json.dumps({"resourceType": "Questionnaire", "item": items}).encode()
    with pytest.raises(BadInputError, match="nothing was written"):
        draft(root, data)
    assert list((root / "forms").iterdir()) == []
