"""The preview: one form on this machine, scored as the server scores, storing nothing, for nobody else."""

from __future__ import annotations

import http.client
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from server.catalog.build import build
from server.catalog.catalog import Catalog
from server.catalog.tree import read
from server.cli import cli
from server.config import ROOT
from server.domain.instrument import Instrument
from server.outputs import preview
from server.preview import PreviewServer
from tests.domain.synthetic import STRUCTURE, wording_of_every_kind


@pytest.fixture
def who5(catalog: Catalog) -> Iterator[PreviewServer]:
    server = PreviewServer(
        catalog.instrument("who-5"), catalog.wording("who-5", "en"), ROOT / "static"
    )
    yield from running(server)


@pytest.fixture
def branching() -> Iterator[PreviewServer]:
    instrument = build(
        Instrument, read(STRUCTURE.replace(b"id: drove,", b"id: drove, show_if: mood < 3,"))
    )
    assert instrument is not None
    yield from running(PreviewServer(instrument, wording_of_every_kind(), ROOT / "static"))


def running(server: PreviewServer) -> Iterator[PreviewServer]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def get(
    server: PreviewServer, path: str, host: str | None = None, body: bytes | None = None
) -> tuple[int, str, str]:
    request = urllib.request.Request(server.address + path, data=body)
    if host:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers["Content-Type"], response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def scored(server: PreviewServer, **values: object) -> dict[str, Any]:
    answers = {item: {"state": "answered", "value": value} for item, value in values.items()}
    status, _, body = get(server, "score", body=json.dumps(answers).encode())
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def test_the_page_asks_every_question_and_reaches_its_scripts(who5: PreviewServer):
    status, kind, page = get(who5, "")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert page.count('data-kind="choice"') == 5
    for file in ("preview/preview.js", "app/expression.js", "css/phone.css"):
        assert get(who5, f"static/{file}")[0] == 200
    assert get(who5, "static/app/expression.js")[1] == "text/javascript"


def test_scores_come_as_the_server_scores_them(who5: PreviewServer):
    told = scored(who5, who01=5, who02=5, who03=5, who04=5, who05=0)
    assert {line["id"]: line["value"] for line in told["scores"]} == {"raw": 20, "percent": 80}
    told = scored(who5, who01=5)
    assert all(line["value"] is None and line["reason"] for line in told["scores"])


def test_yes_and_no_are_words_and_a_value_from_a_table_says_how_sure_it_is(catalog: Catalog):
    def lines(name: str, code: int) -> dict[str, tuple[object, str, str]]:
        found = catalog.instrument(name)
        answers = {item.id: {"state": "answered", "value": code} for item in found.questions}
        told = preview.scored(found, answers)["scores"]
        return {each["id"]: (each["value"], each["range"], each["reason"]) for each in told}

    assert lines("phq-9", 2)["major_syndrome"] == ("yes", "", "")
    assert lines("phq-9", 0)["major_syndrome"] == ("no", "", "")
    assert lines("promis-gh", 3)["mental_t"] == (43.5, "21.2–67.6", "standard error 3.6")


def test_a_long_list_of_missing_answers_is_counted(catalog: Catalog):
    def reason(name: str, answers: dict[str, Any]) -> str:
        return str(preview.scored(catalog.instrument(name), answers)["scores"][0]["reason"])

    assert reason("ebi", {}).endswith(": ebi01 unanswered, ebi02 unanswered and 4 more")
    but_one = {f"ebi0{at}": {"state": "answered", "value": 5} for at in range(1, 6)}
    assert reason("ebi", but_one).endswith(": ebi06 unanswered")


def test_hidden_questions_are_not_scored(branching: PreviewServer):
    told = scored(branching, mood=3, drove=1)
    assert told["states"]["drove"] == "not-shown"
    assert scored(branching, mood=2, drove=1)["scores"][0]["value"] == 3


def test_an_answer_that_does_not_fit_is_told_at_its_item(branching: PreviewServer):
    told = scored(branching, mood=9, weight=80)
    assert list(told["wrong"]) == ["mood"]
    assert told["states"]["weight"] == "answered"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("score", 404),
        ("nothing", 404),
        ("static/nothing.js", 404),
        ("static/../pyproject.toml", 404),
        ("static/%2e%2e/pyproject.toml", 404),
        ("static/", 404),
        ("healthz", 404),
    ],
)
def test_whatever_else_is_asked_gets_a_plain_no(who5: PreviewServer, path: str, status: int):
    assert get(who5, path)[0] == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"who01": NaN}', b"\xff"])
def test_answers_that_are_none_get_a_plain_no(who5: PreviewServer, body: bytes):
    assert get(who5, "score", body=body)[0] == 400
    assert get(who5, "elsewhere", body=body)[0] == 404


@pytest.mark.parametrize("length", ["much", "-1", "9" * 5_000])
def test_a_length_that_is_none_gets_a_plain_no(
    who5: PreviewServer, length: str, capsys: pytest.CaptureFixture[str]
):
    asked = http.client.HTTPConnection("127.0.0.1", who5.server_port, timeout=10)
    asked.request("POST", "/score", headers={"Content-Length": length})
    assert asked.getresponse().status == 400
    asked.close()
    assert capsys.readouterr().err == ""


def test_a_browser_that_goes_away_is_no_news_on_the_terminal(
    who5: PreviewServer, capsys: pytest.CaptureFixture[str]
):
    def told(error: Exception) -> str:
        try:
            raise error
        except type(error):
            who5.handle_error(None, ("127.0.0.1", 1))
        return capsys.readouterr().err

    assert told(BrokenPipeError("gone")) == ""
    assert "news" in told(KeyError("news"))


def test_a_form_for_staff_is_scored_while_half_of_it_is_still_empty(catalog: Catalog):
    instrument = catalog.instrument("session-day-check")
    assert any(item.required for item in instrument.items)
    wording = catalog.wording("session-day-check", "en")
    for server in running(PreviewServer(instrument, wording, ROOT / "static")):
        assert set(scored(server)["states"].values()) == {"unanswered"}
        assert scored(server, systolic_before=9999)["wrong"].keys() == {"systolic_before"}


def test_only_this_machine_by_its_own_name_is_answered(who5: PreviewServer):
    assert who5.server_address[0] == "127.0.0.1"
    assert get(who5, "", host=f"evil.example.org:{who5.server_port}")[0] == 403
    assert get(who5, "", host=f"localhost:{who5.server_port}")[0] == 200
    assert get(who5, "score", host="evil.example.org", body=b"{}")[0] == 403


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["who-5", "--lang", "xx"], "who-5 has no wording in 'xx'; there is de, en, es"),
        (["nope"], "There is no instrument 'nope'"),
    ],
)
def test_the_command_shows_no_other_language_and_no_other_form_than_was_asked(
    arguments: list[str], told: str
):
    result = CliRunner().invoke(cli, ["instrument", "preview", "--no-open", *arguments])
    assert result.exit_code == 1
    assert told in result.output


def test_a_port_that_is_taken_or_none_is_told_in_one_sentence(who5: PreviewServer):
    for port in (str(who5.server_port), "99999"):
        arguments = ["instrument", "preview", "--no-open", "--port", port, "who-5"]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code != 0
        assert port in result.output
        assert isinstance(result.exception, SystemExit)
