"""What people type: tidied, or refused with a remedy; nothing that could break a header gets through."""

from __future__ import annotations

from datetime import date

import pytest

from server.domain import entry


@pytest.mark.parametrize("text", ["P-017", " p17 ", "A1", "site2.004", "x" * 24])
def test_codes_that_will_do(text: str):
    assert entry.code(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "P", "-17", "P 17", "ana@example.org", "x" * 25, "P17\n<b>", "é17"]
)
def test_codes_that_will_not(text: str):
    with pytest.raises(entry.FieldError, match="for example P-017"):
        entry.code(text)


@pytest.mark.parametrize("text", ["Europe/Berlin", "Australia/Lord_Howe", "UTC", " Asia/Tokyo "])
def test_zones_by_their_city(text: str):
    assert entry.zone(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "Europe", "CET", "Mars/Base", "../etc/passwd", "europe/berlin"]
)
def test_zones_that_are_none(text: str):
    with pytest.raises(entry.FieldError, match="Europe/Berlin"):
        entry.zone(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Europe/Pariss", "Europe/Paris"), ("america/new_york", "America/New_York")],
)
def test_a_slip_in_a_zone_is_told_what_was_meant(text: str, meant: str):
    with pytest.raises(entry.FieldError, match=f"for example {meant}"):
        entry.zone(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Ana@Example.org", "Ana@example.org"), (" a.b+c@mail.example.org ", "a.b+c@mail.example.org"),
     ("ana@bücher.example.org", "ana@xn--bcher-kva.example.org")],
)  # fmt: skip
def test_addresses_in_the_form_they_are_sent_to(text: str, kept: str):
    assert entry.email(text) == kept


@pytest.mark.parametrize(
    "text",
    ["", "ana", "ana@", "a@b.org, c@d.org", "a@b.org;c@d.org", "a@b.org\r\nBcc: c@d.org", "Ana <a@b.org>",
     "ana@example.org\x00", "añá@example.org", "a@b@c.org"],
)  # fmt: skip
def test_a16_lists_line_breaks_and_names_are_no_address(text: str):
    with pytest.raises(entry.FieldError, match="one mail address"):
        entry.email(text)


def test_names_lose_their_line_breaks_and_keep_their_script():
    assert entry.name("  Zoë \n 田中  ") == "Zoë 田中"
    with pytest.raises(entry.FieldError):
        entry.name("a\x1b[31m")
    with pytest.raises(entry.FieldError):
        entry.name("x" * 121)


def test_all_remedies_show_at_once():
    checks = entry.Checks()
    assert checks.field("code", lambda: entry.code("!"), "") == ""
    assert checks.field("day", lambda: entry.day(date(1900, 1, 1)), date(2027, 1, 1)) == date(
        2027, 1, 1
    )
    checks.require("arm", None, "Choose one.")
    assert set(checks.places) == {"code", "day", "arm"}


@pytest.mark.parametrize("text", ["+49 30 123456", "(030) 12-34", ""])
def test_numbers_for_people_to_call(text: str):
    assert entry.phone(text) == text


@pytest.mark.parametrize("text", ["call me", "12", "+49<script>"])
def test_numbers_nobody_could_call(text: str):
    with pytest.raises(entry.FieldError):
        entry.phone(text)
