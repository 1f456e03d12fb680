"""Static pages of forms: the same always, nobody's data, every kind of item, nothing preselected."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from server.catalog.catalog import Catalog
from server.domain.instrument import Instrument, Item, ItemWording, Licence, OptionSet, Wording
from server.outputs import forms

# What participants never read, whatever the form.
UNSAID = re.compile(r"\b(dosing|facilitator|alliance|instrument|arm|score|band)s?\b", re.IGNORECASE)


class Text(HTMLParser):
    """Gathers what is read and what is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inputs: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"input", "textarea"}:
            self.inputs.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _parsed(html: bytes) -> Text:
    text = Text()
    text.feed(html.decode())
    return text


KINDS: dict[str, Item] = {
    "choice": Item(id="q", kind="choice", options="few"),
    "multi-choice": Item(id="q", kind="multi-choice", options="few"),
    "yes-no": Item(id="q", kind="yes-no"),
    "number": Item(id="q", kind="number", minimum=0, maximum=24, step=1),
    "scale": Item(id="q", kind="scale", minimum=0, maximum=100, step=1),
    "text": Item(id="q", kind="text", soft_limit=200),
    "date": Item(id="q", kind="date"),
    "information": Item(id="q", kind="information"),
    "section": Item(id="q", kind="section"),
}


def _form(item: Item, language: str = "en") -> tuple[Instrument, Wording]:
    instrument = Instrument(
        id="every-kind", version="1.0.0", title="t", short_title="t", respondent="participant",
        about="facilitator", recall="none", minutes=1,
        options={"few": OptionSet(values=(1, 2))}, items=(item, Item(id="last", kind="text")),
        licence=Licence(status="own", holder="us"),
    )  # fmt: skip
    wording = Wording(
        instrument="every-kind", version="1.0.0", language=language, status="own", title="A form",
        items={
            "q": ItemWording(text="Does {about} <b>listen</b>?", hint="As {about} is now."),
            "last": ItemWording(text="More?"),
        },
        options={"few": {1: "So & so", 2: "Otherwise"}},
    )  # fmt: skip
    return instrument, wording


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_item_is_laid_out_escaped_with_its_slot_open(kind: str):
    html = forms.render(*_form(KINDS[kind]), "v1").decode()
    assert f'data-kind="{kind}"' in html
    assert 'Does <span data-slot="about"></span> &lt;b&gt;listen&lt;/b&gt;?' in html
    assert "<b>listen</b>" not in html


def test_there_is_a_case_here_for_each_kind_there_is():
    assert set(KINDS) == set(Item.model_fields["kind"].annotation.__args__)  # type: ignore[union-attr]


def test_the_same_arguments_give_the_same_bytes_and_another_version_others(catalog: Catalog):
    wai, words = catalog.instrument("wai-sr"), catalog.wording("wai-sr", "en")
    assert forms.render(wai, words, "v1") == forms.render(wai, words, "v1")
    assert forms.render(wai, words, "v1") != forms.render(wai, words, "v2")


def test_every_shipped_form_asks_all_its_items_and_answers_none(catalog: Catalog):
    for instrument in catalog.instruments:
        page = _parsed(forms.render(instrument, catalog.wording(instrument.id, "en"), "v1"))
        named = {each["name"] for each in page.inputs if each.get("name")}
        assert named == {item.id for item in instrument.questions}
        assert not [each for each in page.inputs if "checked" in each]
        typed = [each for each in page.inputs if each.get("type") in {"text", "date"}]
        assert not [each for each in typed if each.get("value")]


def test_no_page_says_what_participants_are_not_to_read(catalog: Catalog):
    for instrument in catalog.instruments:
        page = _parsed(forms.render(instrument, catalog.wording(instrument.id, "en"), "v1"))
        assert not UNSAID.search(" ".join(page.words)), instrument.id


def test_a_hidden_form_says_who_never_sees_it_and_another_does_not(catalog: Catalog):
    def words(name: str) -> str:
        html = forms.render(catalog.instrument(name), catalog.wording(name, "en"), "v1")
        return " ".join("".join(_parsed(html).words).split())

    assert "Your guides never see these answers." in words("wai-sr")
    assert "never see these answers" not in words("who-5")


def test_a_page_in_arabic_runs_from_right_to_left():
    assert b'<html lang="ar" dir="rtl">' in forms.render(*_form(KINDS["text"], "ar"), "v1")
    assert forms.direction("pt-BR") == "ltr"
    assert forms.direction("no such tongue") == "ltr"


def test_slots_are_filled_on_the_server_for_the_plain_page():
    sheet = forms.sheet(*_form(KINDS["text"]), {"about": "Robin"})
    assert [part.text for part in sheet.questions[0].text] == ["Does ", "Robin", " <b>listen</b>?"]


def test_a_demo_says_so_on_every_form():
    assert b"Synthetic data" in forms.render(*_form(KINDS["text"]), "v1", synthetic=True)
    assert b"Synthetic data" not in forms.render(*_form(KINDS["text"]), "v1")
