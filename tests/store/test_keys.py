"""Keys are made once, lie closed, and a wrong one says so."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from server.errors import ConfigError, IntegrityError
from server.store.keys import Keys


def test_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path):
    folder = tmp_path / "keys"
    first, second = Keys.load(folder), Keys.load(folder)
    assert (first.current, first.contact, first.secret) == (
        second.current,
        second.contact,
        second.secret,
    )
    assert folder.stat().st_mode & 0o077 == 0
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 3


def test_two_that_start_at_once_end_up_with_the_same_keys(tmp_path: Path):
    found: list[Keys] = []
    threads = [
        threading.Thread(target=lambda: found.append(Keys.load(tmp_path / "keys")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(keys.current, keys.contact.secret, keys.secret) for keys in found}) == 1


def test_a_retired_opening_key_still_opens(tmp_path: Path):
    old = Keys.load(tmp_path)
    (tmp_path / "opening.pem").rename(tmp_path / "opening-2026.pem")
    new = Keys.load(tmp_path)
    assert new.current != old.current
    assert set(new.opening) == {old.current, new.current}


def test_contact_data_open_for_their_own_row_only(tmp_path: Path):
    key = Keys.load(tmp_path).contact
    sealed = key.encrypt(b"Ada", "p1")
    assert b"Ada" not in sealed
    assert key.decrypt(sealed, "p1") == b"Ada"
    assert sealed != key.encrypt(b"Ada", "p1")
    other = Keys.load(tmp_path / "other").contact
    for opener, row in ((key, "p2"), (other, "p1")):
        with pytest.raises(IntegrityError, match=r"contact\.key"):
            opener.decrypt(sealed, row)
    with pytest.raises(IntegrityError):
        key.decrypt(b"", "p1")


def test_a3_keys_do_not_show_in_what_is_printed(tmp_path: Path):
    keys = Keys.load(tmp_path)
    assert keys.contact.secret.hex() not in repr(keys)
    assert repr(keys.secret) not in repr(keys)


@pytest.mark.parametrize("name", ["opening.pem", "contact.key", "signing.key"])
def test_a_spoilt_key_file_stops_the_start_by_name(tmp_path: Path, name: str):
    Keys.load(tmp_path)
    (tmp_path / name).write_text("spoilt")
    with pytest.raises(ConfigError, match=name):
        Keys.load(tmp_path)
