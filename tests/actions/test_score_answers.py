"""`./attune score`: JSON lines in, JSON lines out; the first bad line stops it, with its number."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.actions.score_answers import read_settings, score_answers
from server.cli import cli
from server.errors import BadInputError
from tests.domain.sitting import CATALOG, VECTORS

WAI = CATALOG.instrument("wai-sr")


def run(*arguments: str, lines: list[object] | bytes) -> Result:
    text = lines if isinstance(lines, bytes) else "".join(f"{json.dumps(x)}\n" for x in lines)
    return CliRunner().invoke(cli, ["score", *arguments], input=text)


def out(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.skipif(not VECTORS, reason="no scoring_vectors.json: set ATTUNE_SHARED to its folder")
@pytest.mark.parametrize("name", VECTORS or ["none"])
def test_the_command_scores_what_third_parties_scored(name: str):
    records = VECTORS[name]["records"]
    found = out(run(name.partition(" ")[0], lines=[each["answers"] for each in records]))
    assert len(found) == len(records)
    for record, scores in zip(records, found, strict=True):
        for score_id, expected in record["expected"].items():
            if expected is None or isinstance(expected, bool):
                assert scores[score_id] is expected
            else:
                assert scores[score_id] == pytest.approx(expected, abs=1e-3)


def test_every_line_becomes_one_object_and_null_is_no_score():
    first, second = out(run("wai-sr", lines=[[3] * 12, [None, *[3] * 11]]))
    assert first == {"task": 12, "bond": 12, "goal": 12, "total": 36}
    assert second == {"task": None, "bond": 12, "goal": 12, "total": None}


def test_a_column_with_gaps_and_what_an_editor_leaves_at_the_ends_are_read():
    written = b"\xef\xbb\xbf[3.0, 3.0, 3, 3, 3, 3, 3, 3, 3, 3, 3, null]\r\n\n \n"
    (scores,) = out(run("wai-sr", lines=written))
    assert (scores["bond"], scores["task"]) == (12, None)


def test_nothing_in_gives_nothing_out():
    assert out(run("wai-sr", lines=b"")) == []


def test_explain_adds_method_rule_and_reason():
    (scores,) = out(run("wai-sr", "--explain", lines=[[None, *[3] * 11]]))
    assert scores["task"] == {
        "value": None,
        "method": "sum",
        "rule": "every item must be answered (local rule)",
        "reason": "3 of 4 items answered, 4 needed (local rule): wai01 unanswered",
        "prorated": False,
        "scoring_version": "1",
    }
    (promis,) = out(run("promis-gh", "--explain", lines=[[3, 3, 3, 3, 3, 3, 5, 3, 3, 3]]))
    assert (promis["physical_t"]["value"], promis["physical_t"]["standard_error"]) == (39.8, 4.1)


def test_a_setting_chooses_where_sources_disagree():
    answers: list[object] = [4] * 26
    answers[2] = answers[3] = None
    (text,) = out(run("whoqol-bref", lines=[answers]))
    (syntax,) = out(run("whoqol-bref", "--setting", "missing_rule=syntax", lines=[answers]))
    assert (text["physical"], syntax["physical"]) == (75, None)


def test_a_version_may_be_named():
    assert out(run("wai-sr", "--version", "1.0.0", lines=[[1] * 12]))[0]["total"] == 12
    refused = run("wai-sr", "--version", "9.0.0", lines=[[1] * 12])
    assert refused.exit_code == 1
    assert "no version 9.0.0" in refused.output


def test_what_staff_must_answer_may_be_missing_when_scored_again():
    (scores,) = out(run("c-ssrs-screener", lines=[[None] * 7]))
    assert scores == {"triage": None}
    (scores,) = out(run("c-ssrs-screener", lines=[[0, 0, None, None, None, 0, None]]))
    assert scores == {"triage": 0}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[1, 2, 3]", "a list of 12 answers was expected"),
        (b"{}", "this is no list"),
        (b"", "it is empty"),
        (b"[1, 2", "(character 6: Expecting"),
        (b"[NaN,1,1,1,1,1,1,1,1,1,1,1]", "no number"),
        (b"[6,1,1,1,1,1,1,1,1,1,1,1]", "wai01: the answer must be one of 1, 2, 3, 4, 5"),
        (b"[3.5,1,1,1,1,1,1,1,1,1,1,1]", "wai01"),
        (b"[true,1,1,1,1,1,1,1,1,1,1,1]", "wai01"),
        (b'["3",1,1,1,1,1,1,1,1,1,1,1]', "wai01"),
        (b"[[3],1,1,1,1,1,1,1,1,1,1,1]", "wai01"),
        (b"\xff", "byte 1 is not UTF-8"),
        (b"[" + b"9" * 5_000 + b"]", "0: 9999999999999999999999999999999999999999… is no number"),
        (b"[" * 5000, "JSON"),
        (b'"' + b"x" * 1_100_000 + b'"', "bytes were sent"),
    ],
)  # fmt: skip
def test_a_bad_line_stops_with_its_number_and_is_not_half_printed(line: bytes, said: str):
    good = json.dumps([3] * 12).encode()
    result = run("wai-sr", lines=b"\n".join([good, line, good]) + b"\n")
    assert result.exit_code == 1
    assert result.stderr.startswith("attune: line 2: ")
    assert said in result.stderr
    assert [json.loads(each)["total"] for each in result.stdout.splitlines()] == [36]


@pytest.mark.parametrize("pair", ["missing_rule", "missing_rule=mine", "rule=prose", "=x"])
def test_a_setting_that_is_not_there_is_told_before_anything_is_scored(pair: str):
    result = run("whoqol-bref", "--setting", pair, lines=[[3] * 26])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("attune: ")


def test_an_unknown_form_is_told():
    result = run("wai-99", lines=[])
    assert result.exit_code == 1
    assert "no instrument 'wai-99'" in result.output


def test_settings_are_pairs_each_once():
    assert read_settings(["a=b", "c=d=e"]) == {"a": "b", "c": "d=e"}
    with pytest.raises(BadInputError):
        read_settings(["a=b", "a=c"])


def test_lines_are_scored_as_they_come():
    def endless() -> Any:
        yield json.dumps([3] * 12).encode()
        message = "read ahead"
        raise AssertionError(message)

    assert json.loads(next(score_answers(WAI, endless(), {})))["total"] == 36
