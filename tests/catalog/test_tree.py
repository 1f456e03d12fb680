"""YAML as plain text: nothing is guessed, nothing unfolds, every place knows its line (T15)."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from server.catalog import tree
from server.catalog.tree import MOST_BYTES, MOST_DEPTH, read
from server.config import ROOT


@pytest.fixture(params=["CBaseLoader", "BaseLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """Both parsers: the fast one, and the one for a machine without libyaml."""
    monkeypatch.setattr(tree, "_LOADER", getattr(yaml, request.param))


def told(content: bytes) -> list[str]:
    return [str(problem) for problem in read(content).problems]


@pytest.mark.parametrize(
    "word", ["no", "NO", "on", "yes", "~", "null", "010", "0o17", "0x1F", "12:30", "1_000", "1e3", ".inf", "2027-03-01", "<<", "="]
)  # fmt: skip
def test_t15_a_scalar_is_the_text_that_stands_there(loader: None, word: str):
    assert read(f"a: {word}\n{word}: b".encode()).data == {"a": word, word: "b"}
    assert read(f"- {word}".encode()).data == [word]


def test_t15_the_same_words_load_as_something_else_elsewhere():
    # The trap is real: were the loader swapped for the usual one, this is what forms would hold.
    assert yaml.safe_load("[no, 010, 12:30]") == [False, 8, 750]


def test_t15_an_alias_bomb_is_refused_before_it_unfolds(loader: None):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    # Unfolded it would be 9 ** 10 leaves: this would not end.
    problems = told("\n".join(lines).encode())
    assert "1 a0: &a0 is an anchor; remove it" in problems
    assert "2 a1[0]: *a0 is an alias; write it out instead" in problems


@pytest.mark.parametrize(
    "text", ["[" * 3000 + "]" * 3000, "{a: " * 3000 + "}" * 3000, "- " * 3000 + "x"]
)
def test_t15_a_deep_nest_is_refused_and_not_walked(loader: None, text: str):
    problems = told(text.encode())
    assert len(problems) == 1
    assert f"deeper than {MOST_DEPTH} levels" in problems[0] or "not readable" in problems[0]


@pytest.mark.parametrize(
    "text", ["a: !!python/object/apply:os.system [id]", "a: !!int 3", "a: !own 3", "!!map {a: b}", "? !!str a\n: b"]
)  # fmt: skip
def test_t15_tags_are_refused(loader: None, text: str):
    assert any("is a tag" in problem for problem in told(text.encode()))


def test_a_key_that_stands_twice_is_told_with_both_lines(loader: None):
    found = read(b"a: 1\nb: 2\na: 3\n")
    assert [str(p) for p in found.problems] == ["3 a: stands twice (first on line 1); keep one"]
    assert found.data == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "empty"),
        (b"# only a note\n", 1, "empty"),
        (b"a: 1\n---\nb: 2\n", 2, "second document"),
        (b"a: [1, 2\nb: 3\n", 2, "not readable as YAML"),
        (b"a: 1\n\tb: 2\n", 2, "not readable as YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: 1\nb: '\x07'\n", 1, "not readable as YAML"),
        (b"? [a, b]\n: c\n", 1, "a key must be plain text"),
        (b"x" * (MOST_BYTES + 1), 1, "bytes"),
    ],
)
def test_what_is_no_definition_is_told_with_its_line(
    loader: None, content: bytes, line: int, words: str
):
    found = read(content)
    assert found.problems
    assert words in found.problems[-1].remedy
    assert found.problems[-1].line == line or "x07" in repr(content)


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(loader: None):
    assert read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").data == {"a": "1", "b": "2"}


def test_every_place_knows_its_line_and_an_unknown_one_its_surroundings(loader: None):
    found = read(b"a:\n  - {b: 1}\n  - b: 2\n    c: >-\n      long\n      text\n")
    assert found.data == {"a": [{"b": "1"}, {"b": "2", "c": "long text"}]}
    assert [found.line(place) for place in [("a",), ("a", 0, "b"), ("a", 1), ("a", 1, "c")]] == [
        1,
        2,
        3,
        4,
    ]
    assert found.line(("a", 1, "nowhere", 5)) == 3
    assert found.line(("z",)) == 1


SCALARS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(TREES.filter(lambda value: value != ""))
def test_quoted_text_comes_back_as_it_was(value: object):
    written = yaml.safe_dump(value, default_style='"', allow_unicode=True).replace("!!str ", "")
    found = read(written.encode())
    assert not found.problems
    assert found.data == value


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_it_raise(content: bytes):
    found = read(content)
    assert found.problems or found.data is not None


def _places(data: object, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [place, *(inner for key, each in pairs for inner in _places(each, (*place, key)))]


def test_the_fast_way_and_the_careful_one_read_every_shipped_file_alike(
    monkeypatch: pytest.MonkeyPatch,
):
    files = [*(ROOT / "forms").rglob("*.yaml"), *(ROOT / "schedules").rglob("*.yaml")]
    fast = {file: read(file.read_bytes()) for file in files}
    assert sum(each.root is not None for each in fast.values()) > len(files) / 2
    monkeypatch.setattr(tree, "_composed", lambda *_: False)
    for file in files:
        slow = read(file.read_bytes())
        assert slow.root is None
        assert fast[file].data == slow.data
        for place in [*_places(slow.data), ("nothing",), ("items", 99), ("items", 0, "nothing")]:
            assert fast[file].line(place) == slow.line(place), (file, place)


@pytest.mark.parametrize(
    "text",
    ["a: ! b", "a: !!str b", "a: !x b", "!x a: b", "- &x a", "[*x]", "{a: *x}", "? &x a\n: b"],
)
def test_t15_whatever_may_unfold_or_mean_something_else_is_read_carefully(loader: None, text: str):
    assert read(text.encode()).root is None
    assert told(text.encode())
