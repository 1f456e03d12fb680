"""Published wordings into the site's folder: by sheet, dictionary or questionnaire; half of one is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.import_wording import (
    Licence,
    Source,
    keep_wording,
    propose_wording,
    table,
)
from server.catalog.catalog import Catalog
from server.catalog.site import with_site
from server.errors import BadInputError, ConflictError, NotFoundError
from server.outputs import wording_sheet
from tests.actions.test_import_instrument import shared

LICENCE = Licence("The authors", "Letter of 1 March, drawer 3", "2027-03-01", "Ada")
Fill = Callable[[dict[str, str]], str]


def sheet(catalog: Catalog, instrument: str, fill: Fill, delimiter: str = ",") -> bytes:
    """The sheet of an instrument as somebody sends it back."""
    now = catalog.wording(instrument, "en")
    text = "".join(wording_sheet.lines(catalog.instrument(instrument), now, "de"))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows({**row, "text": fill(row)} for row in rows)
    return out.getvalue().encode()


def german(row: dict[str, str]) -> str:
    return f"DE {row['now']}" if row["now"] else ""


def refused(catalog: Catalog, instrument: str, source: Source, licence: Licence = LICENCE) -> str:
    with pytest.raises(BadInputError) as caught:
        propose_wording(catalog, instrument, "de", source, licence)
    places = [f"{where}: {what}" for where, what in caught.value.places.items()]
    return "\n".join([str(caught.value), *places])


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("instrument", ["ies-r", "wai-sr", "promis-gh", "eq-5d-5l"])
def test_a_filled_sheet_becomes_a_licensed_wording(
    catalog: Catalog, tmp_path: Path, instrument: str, delimiter: str
):
    source = Source(sheet(catalog, instrument, german, delimiter))
    proposal = propose_wording(catalog, instrument, "de", source, LICENCE)
    keep_wording(proposal, tmp_path)
    found = with_site(catalog, tmp_path)
    assert found.problems == []
    wording = found.catalog.wording(instrument, "de")
    assert (wording.status, wording.version) == ("licensed", "1.0.0-site")
    assert (wording.holder, wording.proof) == ("The authors", "Letter of 1 March, drawer 3")
    assert (wording.proof_on, wording.proof_by) == ("2027-03-01", "Ada")
    assert wording.title.startswith("DE ")


def test_the_sheet_shows_what_stands_there_and_leaves_room(catalog: Catalog):
    text = "".join(
        wording_sheet.lines(catalog.instrument("wai-sr"), catalog.wording("wai-sr", "en"), "de")
    )
    rows = {
        (row["what"], row["name"], row["code"]): row
        for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    }
    assert rows["item", "wai01", ""]["now"].startswith("Seeing {about}")
    assert rows["option", "often", "5"]["now"] == "All the time"
    assert {row["text"] for row in rows.values()} == {""}


def test_the_table_says_what_goes_where(catalog: Catalog):
    source = Source(sheet(catalog, "who-5", german))
    lines = list(table(propose_wording(catalog, "who-5", "de", source, LICENCE)))
    assert any(line.startswith("item who01") and "DE My mood" in line for line in lines)
    assert any(line.startswith("option how_often 5") for line in lines)


def test_half_a_wording_is_refused_and_each_gap_named(catalog: Catalog, tmp_path: Path):
    half = Source(
        sheet(catalog, "who-5", lambda row: german(row) if row["name"] != "who03" else "")
    )
    assert "item who03: nothing is said here" in refused(catalog, "who-5", half)
    gap = Source(sheet(catalog, "who-5", lambda row: german(row) if row["code"] != "3" else ""))
    assert "option how_often 3: nothing is said here" in refused(catalog, "who-5", gap)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_sheet_is_no_wording(catalog: Catalog):
    assert "item who01: nothing is said here" in refused(catalog, "who-5", Source(sheet(catalog, "who-5", lambda _row: "")))  # fmt: skip


def test_placeholder_sentences_that_come_back_are_not_the_published_ones(catalog: Catalog):
    source = Source(sheet(catalog, "who-5", lambda row: row["now"]))
    assert "item who01: still the placeholder sentence" in refused(catalog, "who-5", source)


@pytest.mark.parametrize("what", ["holder", "proof", "by", "on"])
def test_a_licence_says_whose_by_what_when_and_by_whom(catalog: Catalog, what: str):
    values = {"holder": "H", "proof": "P", "on": "2027-03-01", "by": "B"} | {what: ""}
    told = refused(catalog, "who-5", Source(sheet(catalog, "who-5", german)), Licence(**values))
    assert f"--{what} " in told
    assert "is missing" in told


@pytest.mark.parametrize("language", ["../../x", "DE", "x y", ""])
def test_a_language_is_a_tag_and_no_path(catalog: Catalog, language: str):
    source = Source(sheet(catalog, "who-5", german))
    with pytest.raises(BadInputError, match="is no language tag"):
        propose_wording(catalog, "who-5", language, source, LICENCE)


def test_a_day_is_a_day(catalog: Catalog):
    source = Source(sheet(catalog, "who-5", german))
    told = refused(catalog, "who-5", source, Licence("H", "P", "1.3.2027", "B"))
    assert "'1.3.2027' is no day" in told


def test_our_own_forms_need_no_licence(catalog: Catalog, tmp_path: Path):
    source = Source(sheet(catalog, "practice", german))
    keep_wording(propose_wording(catalog, "practice", "de", source, Licence()), tmp_path)
    assert with_site(catalog, tmp_path).catalog.wording("practice", "de").status == "own"


def test_its_folders_are_made_for_nobody_else_to_read(catalog: Catalog, tmp_path: Path):
    source = Source(sheet(catalog, "practice", german))
    folder = tmp_path / "data" / "wordings"
    file = keep_wording(propose_wording(catalog, "practice", "de", source, Licence()), folder)
    for each in (tmp_path / "data", folder, file.parent, file):
        assert each.stat().st_mode & 0o077 == 0, each


def test_a_sheet_of_another_instrument_is_refused(catalog: Catalog):
    told = refused(catalog, "who-5", Source(sheet(catalog, "wai-sr", german)))
    assert "item wai01: who-5 has no such place" in told


def test_a_slot_that_nobody_fills_is_refused(catalog: Catalog):
    source = Source(sheet(catalog, "who-5", lambda row: german(row) + (" {you}" if row["name"] == "who01" else "")))  # fmt: skip
    assert "'{you}' is filled by nobody" in refused(catalog, "who-5", source)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"what,name,code,topic,now,text\nverse,a,,,,x\n", "line 2: 'verse' is none of"),
        (
            b"what,name,code,topic,now,text\ntitle,,,,,x\ntitle,,,,,y\n",
            "title stands a second time",
        ),
    ],
)
def test_a_broken_sheet_is_refused_with_its_line(catalog: Catalog, data: bytes, told: str):
    assert told in refused(catalog, "who-5", Source(data))


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b"<Questionnaire/>", b"PK\x03\x04"])
def test_a_file_of_no_known_kind_is_told_what_would_be_one(catalog: Catalog, data: bytes):
    told = refused(catalog, "who-5", Source(data))
    assert "REDCap" in told
    assert "wording template" in told


def test_a_sheet_may_lack_the_columns_that_are_only_to_read(catalog: Catalog):
    whole = csv.DictReader(io.StringIO(sheet(catalog, "who-5", german).decode("utf-8-sig")))
    kept = io.StringIO()
    table_of_four = csv.DictWriter(kept, ["code", "name", "what", "text"], extrasaction="ignore")
    table_of_four.writeheader()
    table_of_four.writerows(whole)
    proposal = propose_wording(catalog, "who-5", "de", Source(kept.getvalue().encode()), LICENCE)
    assert proposal.wording.items["who05"].text.startswith("DE ")


def test_what_is_wrong_is_named_by_its_place_and_not_by_a_file_that_is_gone(catalog: Catalog):
    same = Source(sheet(catalog, "who-5", lambda row: "same" if row["what"] == "option" else german(row)))  # fmt: skip
    told = refused(catalog, "who-5", same)
    assert "\n  options.how_often: two codes have the same label" in told
    assert ".yaml" not in told


def test_the_same_again_is_no_new_version(catalog: Catalog, tmp_path: Path):
    source = Source(sheet(catalog, "who-5", german))
    keep_wording(propose_wording(catalog, "who-5", "de", source, LICENCE), tmp_path)
    now = with_site(catalog, tmp_path).catalog
    for day in (LICENCE.on, "2027-06-30"):
        with pytest.raises(ConflictError, match="says the same already"):
            propose_wording(now, "who-5", "de", source, replace(LICENCE, on=day))
    elsewhere = replace(LICENCE, proof="A newer letter")
    again = propose_wording(now, "who-5", "de", source, elsewhere).wording
    assert (again.version, again.proof) == ("1.1.0-site", "A newer letter")


def test_another_wording_is_another_version_beside_the_first(catalog: Catalog, tmp_path: Path):
    first = propose_wording(
        catalog, "who-5", "de", Source(sheet(catalog, "who-5", german)), LICENCE
    )
    keep_wording(first, tmp_path)
    with pytest.raises(ConflictError):
        keep_wording(first, tmp_path)
    now = with_site(catalog, tmp_path).catalog
    source = Source(sheet(catalog, "who-5", lambda row: german(row) and german(row) + "!"))
    keep_wording(propose_wording(now, "who-5", "de", source, LICENCE), tmp_path)
    newest = with_site(catalog, tmp_path).catalog
    assert newest.wording("who-5", "de").version == "1.1.0-site"
    # What was answered on the first can be shown as it was read.
    assert newest.wording("who-5", "de", "1.0.0-site").title == first.wording.title


def test_a_fhir_questionnaire_fills_the_phq_9_by_a_map(catalog: Catalog, tmp_path: Path):
    links = [
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8",
    ]  # fmt: skip
    rows = "".join(f"phq{at:02},/{link}\n" for at, link in enumerate(links, start=1))
    names = f"item,source\n{rows}".encode()
    source = Source(shared("fhir/phq9.json"), names=names)
    proposal = propose_wording(catalog, "phq-9", "en", source, LICENCE)
    assert proposal.wording.items["phq01"].text == "Little interest or pleasure in doing things?"
    assert proposal.wording.options["how_often"][3] == "Nearly every day"
    assert proposal.unused == ("/69722-7",)
    assert "not used: /69722-7" in list(table(proposal))


def test_a_file_that_asks_more_is_refused_without_a_map(catalog: Catalog):
    told = refused(catalog, "phq-9", Source(shared("fhir/phq9.json")))
    assert "has 9 questions, the file has 10" in told


def test_a_redcap_dictionary_fills_by_order(catalog: Catalog):
    head = "field_name,form_name,field_type,field_label,select_choices_or_calculations\n"
    choices = "5, All | 4, Most | 3, More | 2, Less | 1, Some | 0, None"
    rows = "".join(f'w{at},who,radio,"Sentence, {at}","{choices}"\n' for at in range(5))
    data = (head + "record_id,who,text,Record,\n" + rows).encode()
    proposal = propose_wording(catalog, "who-5", "fr", Source(data), LICENCE)
    assert proposal.wording.items["who05"].text == "Sentence, 4"
    assert proposal.wording.title == "Who"
    assert proposal.rows[0].known_as == "w0"


def test_a_name_of_ours_at_anothers_place_is_refused_unless_the_order_is_asked_for(
    catalog: Catalog,
):
    head = "field_name,form_name,field_type,field_label,select_choices_or_calculations\n"
    choices = "5, All | 4, Most | 3, More | 2, Less | 1, Some | 0, None"
    names = ["who02", "who01", "c", "d", "e"]
    rows = "".join(f'{name},who,radio,"Sentence of {name}","{choices}"\n' for name in names)
    data = (head + "record_id,who,text,Record,\n" + rows).encode()
    told = refused(catalog, "who-5", Source(data))
    assert "item who01: by its place who02 stands here, which is another item" in told
    assert "item who03" not in told
    proposal = propose_wording(catalog, "who-5", "fr", Source(data, how="order"), LICENCE)
    assert proposal.wording.items["who01"].text == "Sentence of who02"
    note = "note: who01: the file calls it who02, which is another item here"
    assert note in list(table(proposal))


def test_a_dictionary_with_a_fault_is_told_only_that(catalog: Catalog):
    head = "field_name,form_name,field_type,field_label,select_choices_or_calculations\n"
    told = refused(catalog, "who-5", Source((head + "a,f,text,A,\nb,f,text,B,\nb,f,text,C,\n").encode()))  # fmt: skip
    assert told == "two fields of the dictionary have the same name: b (lines 3, 4)"


def test_title_and_introduction_may_be_said_apart(catalog: Catalog):
    source = Source(
        sheet(catalog, "who-5", lambda row: german(row) if row["what"] != "title" else ""),
        title="Wohlbefinden",
        introduction="Bitte lesen.",
    )
    wording = propose_wording(catalog, "who-5", "de", source, LICENCE).wording
    assert (wording.title, wording.introduction) == ("Wohlbefinden", "Bitte lesen.")


def test_there_must_be_such_an_instrument(catalog: Catalog):
    with pytest.raises(NotFoundError):
        propose_wording(catalog, "nothing", "de", Source(b""), LICENCE)
