"""Every staff page is whole, labelled, and holds no script or style of its own (V3, WCAG's machine part)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from tests.cast import Cast
from tests.conftest import Browser
from tests.staff_pages import pages

_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
_SELF_CLOSED = {"circle", "line", "path", "rect"}
_FIELDS = {"input", "select", "textarea"}


@dataclass
class Page(HTMLParser):
    """What a page is made of, as far as our rules look."""

    faults: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    labelled: set[str] = field(default_factory=set)
    fields: list[dict[str, str | None]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    lang: str | None = None
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        for name in given:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}>")
        for name in ("href", "src", "action"):
            if (given.get(name) or "").lower().startswith(("javascript:", "http:", "//")):
                self.faults.append(f"<{tag} {name}={given[name]}>")
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.faults.append(f"<{tag}> of its own")
        if tag == "html":
            self.lang = given.get("lang")
        if given.get("id"):
            self.ids[given["id"] or ""] += 1
        if tag == "label" and given.get("for"):
            self.labelled.add(given["for"] or "")
        if tag in _FIELDS and given.get("type") != "hidden":
            self.fields.append({**given, "inside": "label" if "label" in self.open else ""})
        if tag == "form" and given.get("method") == "post":
            self.buttons.append("form")
        if tag == "input" and given.get("name") == "csrf_token":
            self.buttons.append("token")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing that is open")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.titles.append(data.strip())
        if "h1" in self.open and data.strip():
            self.headings.append(data.strip())

    @property
    def nameless(self) -> list[dict[str, str | None]]:
        return [
            each
            for each in self.fields
            if each.get("id") not in self.labelled
            and not each["inside"]
            and each.get("aria-hidden") != "true"
            and not each.get("aria-label")
        ]


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def _sound(path: str, text: str) -> list[str]:
    page = read(text)
    found = [f"{path}: {fault}" for fault in page.faults]
    found += [
        f"{path}: {name} stands {times} times" for name, times in page.ids.items() if times > 1
    ]
    found += [f"{path}: no label for {each.get('name')}" for each in page.nameless]
    if page.lang != "en":
        found.append(f"{path}: its language is {page.lang}")
    if len(page.headings) == 0 or text.count("<h1") != 1:
        found.append(f"{path}: {text.count('<h1')} main headings")
    if not page.titles or not page.titles[0].endswith("· Attune") or page.titles[0].startswith("·"):
        found.append(f"{path}: its title is {page.titles}")
    if page.buttons.count("form") != page.buttons.count("token"):
        found.append(f"{path}: a form without a token")
    if page.open:
        found.append(f"{path}: left open {page.open}")
    return found


def test_every_staff_page_is_sound(client: Browser, cast: Cast) -> None:
    client.as_staff(cast, cast.administrator)
    faults = [fault for path in pages(cast) for fault in _sound(path, client.get(path).text)]

    assert faults == []


def test_what_only_a_post_shows_is_sound_too(client: Browser, cast: Cast) -> None:
    client.as_staff(cast, cast.administrator)
    one = f"/staff/participants/{cast.ada.id}"
    faults = []
    for path, data in (
        (f"{one}/contact", {}),
        (f"{one}/phone", {"kind": "clinic"}),
        (f"{one}/phone", {"kind": "home"}),
        (f"{one}/visits/new", {}),
        (f"{one}/facilitators", {}),
        (f"{one}/status", {"status": "withdrawn"}),
        ("/staff/participants/enrol", {}),
        ("/staff/study/help", {"label-0": "nobody"}),
        ("/staff/study/people", {}),
        ("/staff/study/people", {"name": "New", "email": "new@example.org", "roles": "monitor"}),
        ("/staff/settings/password", {}),
    ):
        faults += _sound(path, client.post(path, data=data).text)

    assert faults == []


def test_the_door_is_sound(client: Browser) -> None:
    assert _sound("sign-in", client.get("/staff/sign-in").text) == []
    assert _sound("sign-in", client.post("/staff/sign-in", data={}).text) == []


def test_every_page_of_a_demo_says_so(client: Browser, cast: Cast) -> None:
    assert "Synthetic data" in client.get("/staff/sign-in").text
    client.as_staff(cast, cast.administrator)

    assert [path for path in pages(cast) if "Synthetic data" not in client.get(path).text] == []


def test_titles_tell_pages_apart(client: Browser, cast: Cast) -> None:
    client.as_staff(cast, cast.administrator)
    titles = Counter(
        read(client.get(path).text).titles[0] for path in pages(cast) if "?" not in path
    )

    assert [title for title, times in titles.items() if times > 1] == []


@pytest.mark.parametrize(
    "path", ["/staff/", "/staff/participants", "/demo/mailbox", "/staff/sign-in"]
)
def test_no_cache_keeps_a_page_about_people(client: Browser, cast: Cast, path: str) -> None:
    response = client.as_staff(cast, cast.coordinator).get(path)

    assert response.headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]


def test_a_forged_host_poisons_no_link(client: Browser, cast: Cast) -> None:
    """A28."""
    client.as_staff(cast, cast.coordinator)
    path = f"/staff/participants/{cast.ada.id}/phone"

    assert client.get(path, headers={"Host": "evil.example"}).status_code == 400
    page = client.post(
        path, data={"kind": "home"}, headers={"X-Forwarded-Host": "evil.example"}
    ).text
    assert "evil.example" not in page
    assert "http://localhost:8000/join#t=" in page
