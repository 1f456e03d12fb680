"""The press: what a document may not reach (T9, A10), what it may not cost (T10, A11), what survives."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from server.errors import BusyError
from server.outputs.pdf import Limits, Press, PrintError, to_pdf
from tests.outputs import reading

pytestmark = pytest.mark.slow

CSS = "@page{margin:20mm} body{font:400 10pt 'Source Sans 3'}"
Knocks = tuple[int, list[bytes]]
CANARY = b"canary-7c1f-not-for-print"


def document(body: str, head: str = "") -> str:
    return f'<html lang="en"><head><title>A test</title>{head}</head><body>{body}</body></html>'


def holds_canary(pdf: bytes) -> bool:
    """Whether the canary's words lie anywhere in the file, packed or not."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    assert streams
    unpacked = [
        zlib.decompressobj().decompress(each) if each[:1] == b"\x78" else each for each in streams
    ]
    return any(CANARY in each for each in [pdf, *unpacked])


def process_of(press: Press) -> subprocess.Popen[bytes]:
    assert press._process is not None
    return press._process


def proc(press: Press) -> Path:
    """Return where the kernel tells of a press's process."""
    return Path("/proc") / str(process_of(press).pid)


@pytest.fixture
def press():
    made = []

    def make(**limits: int) -> Press:
        made.append(Press(Limits(**limits)))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def listener():
    """A port on this machine that counts who knocks."""
    knocks = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def listen():
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                knocks.append(connection.recv(1000))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], knocks
        done.set()
        thread.join()


def test_a_page_is_tagged_titled_set_in_our_own_family_and_the_same_twice():
    html = document("<p>Plain, <i>italic</i>, <b>weighty</b>: 0123456789, ąęłżőșțğ, αβγ, абв</p>")
    first, again = to_pdf(html, CSS), to_pdf(html, CSS)
    assert first == again
    reader = PdfReader(BytesIO(first))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "A test"
    resources: Any = reader.pages[0]["/Resources"]
    fonts = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert {name.partition("+")[2].rstrip(",") for name in fonts} >= {
        "Source-Sans-3",
        "Source-Sans-3-Italic",
    }
    assert all("Source-Sans-3" in name for name in fonts), fonts
    assert "ąęłżőșțğ, αβγ, абв" in reading.text(first)


def test_letter_paper_is_letter_paper():
    box = PdfReader(BytesIO(to_pdf(document("x"), CSS, "letter"))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (612, 792)


@pytest.mark.parametrize(
    "hostile",
    [
        '<link rel="attachment" href="{url}">',
        '<link rel="stylesheet" href="{url}">',
        '<a rel="attachment" href="{url}">x</a>',
        '<style>@import url("{url}");</style>',
        '<style>body {{ background: url("{url}") }}</style>',
        '<style>@font-face {{ font-family: x; src: url("{url}") }} p {{ font-family: x }}</style><p>x</p>',
        '<style>p::before {{ content: url("{url}") }}</style><p>x</p>',
        '<img src="{url}" alt="x">',
        '<object data="{url}"></object>',
        '<embed src="{url}">',
        '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
        '<svg width="9" height="9"><use href="{url}#x"/></svg>',
        '<base href="{url}"><img src="x.png" alt="x">',
    ],
)
def test_nothing_that_a_document_names_is_fetched(hostile: str, tmp_path: Path, listener: Knocks):
    """T9, A10: no file is embedded or shown, nobody is called, data URIs do not open a way either."""
    port, knocks = listener
    secret = tmp_path / "secret.txt"
    secret.write_bytes(CANARY)
    for url in (secret.as_uri(), f"http://127.0.0.1:{port}/x", f"//127.0.0.1:{port}/x"):
        try:
            pdf = to_pdf(document(hostile.format(url=url)), CSS)
        except PrintError:  # what the library cannot even parse is refused whole
            continue
        assert not PdfReader(BytesIO(pdf)).attachments
        assert not holds_canary(pdf)
    time.sleep(0.3)
    assert knocks == []


def test_the_canaries_sing_where_nothing_guards_them(tmp_path: Path, listener: Knocks):
    """The same tests against the library as it comes: were it harmless, they would prove nothing."""
    from weasyprint import HTML

    port, knocks = listener
    secret = tmp_path / "secret.txt"
    secret.write_bytes(CANARY)
    link = f'<link rel="attachment" href="{secret.as_uri()}">'
    pdf = HTML(string=document(f'{link}<img src="http://127.0.0.1:{port}/x" alt="x">')).write_pdf()
    assert holds_canary(pdf)
    assert len(knocks) == 1


def test_the_press_has_no_secret_of_ours_in_its_environment(
    press: Callable[..., Press], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATTUNE_CONTACT_KEY", "a secret of ours")
    ours = press()
    ours.print(document("x"), CSS)
    environment = (proc(ours) / "environ").read_bytes()
    assert b"PATH=" in environment
    assert b"secret of ours" not in environment


@pytest.mark.parametrize(
    "body",
    [
        f'<p style="overflow-wrap:anywhere">{"x" * 100_000}</p>',
        f"<p>{'word ' * 200_000}</p>",
        "<table>" + "<tr><td>1<td>2<td>3" * 20_000 + "</table>",
        "<div>" * 20_000,
        "<table><tr><td>" * 2_000,
        "<ul><li>" * 5_000,
    ],
    ids=["unbroken", "a megabyte", "huge table", "deep", "tables in tables", "lists in lists"],
)
def test_a_body_without_end_ends_in_time_and_in_clear_words(body: str, press: Callable[..., Press]):
    """T10, A11: either pages or a clear refusal, never a stuck child; the press prints on after it."""
    ours = press(wall_seconds=3)
    ours.print(document("warm"), CSS)
    began = time.monotonic()
    try:
        said = ours.print(document(body), CSS)[:4].decode()
    except PrintError as error:
        said = str(error)
    assert said == "%PDF" or "Nothing is lost" in said
    assert time.monotonic() - began < 8
    assert ours.print(document("and on"), CSS).startswith(b"%PDF")


def test_what_needs_too_much_memory_is_stopped(press: Callable[..., Press]):
    ours = press(memory=320 * 2**20)
    with pytest.raises(PrintError, match="Nothing is lost"):
        ours.print(document("<table>" + "<tr><td>1" * 30_000 + "</table>"), CSS)


def test_what_is_too_large_is_not_even_begun(press: Callable[..., Press]):
    ours = press(html=1_000)
    with pytest.raises(PrintError, match="too large"):
        ours.print(document("x" * 1_000), CSS)
    assert ours._process is None


def test_a_press_that_was_killed_is_replaced_and_nobody_notices(press: Callable[..., Press]):
    ours = press()
    assert ours.print(document("one"), CSS)
    first = process_of(ours)
    os.kill(first.pid, signal.SIGKILL)
    assert ours.print(document("two"), CSS).startswith(b"%PDF")
    assert process_of(ours).pid != first.pid
    first.wait(2)


def test_the_press_ends_when_its_owner_hangs_up(press: Callable[..., Press]):
    ours = press()
    ours.print(document("x"), CSS)
    process = process_of(ours)
    ours.close()
    assert process.wait(2) == 0


def test_many_threads_share_one_press(press: Callable[..., Press]):
    ours = press()
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda n: ours.print(document(f"<p>number {n}"), CSS), range(12)))
    assert [reading.text(pdf) for pdf in found] == [f"number {n}" for n in range(12)]


def test_who_waits_too_long_for_a_place_is_told_so(press: Callable[..., Press]):
    ours = press(wall_seconds=1, at_once=1)
    ours.print(document("warm"), CSS)
    with ours._place(), pytest.raises(BusyError, match="Try again"):
        ours.print(document("x"), CSS)


def test_a_forked_process_gets_a_press_of_its_own(press: Callable[..., Press]):
    """A worker forked from a warm parent must not share its parent's control socket."""
    ours = press()
    ours.print(document("x"), CSS)
    process = process_of(ours)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            fine = ours.print(document("from the child"), CSS).startswith(b"%PDF")
            status = 0 if fine and process_of(ours).pid != process.pid else 2
            ours.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert ours.print(document("from the parent"), CSS).startswith(b"%PDF")
    assert ours._process is process


def test_no_child_is_left_behind(press: Callable[..., Press]):
    ours = press()
    for _ in range(3):
        ours.print(document("x"), CSS)
    time.sleep(0.2)
    assert (proc(ours) / "task" / proc(ours).name / "children").read_text("ascii") == ""
