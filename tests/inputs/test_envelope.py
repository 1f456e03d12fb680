"""Sealing and opening, and everything that is no envelope or no payload of ours."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from server.errors import BadInputError
from server.ids import new_id
from server.inputs import envelope, payload, strict_json
from server.store.keys import Keys

RESPONSE = {"kind": "response", "assessment": "a", "form": "f", "language": "en", "answers": {}}


def _outside(**changes: Any) -> bytes:
    sound = {
        "v": 1, "id": new_id(), "key": "k", "epk": "A" * 87, "iv": "A" * 16, "ct": "A" * 40,
    }  # fmt: skip
    return json.dumps({**sound, **changes}).encode()


def test_what_is_sealed_opens_again_and_to_nobody_else(keys: Keys, tmp_path: Any):
    name = new_id()
    body = envelope.seal(keys.public_key, keys.current, name, {"text": "größer 🙂"})
    assert "größer".encode() not in body
    sealed = envelope.read(body)
    assert json.loads(envelope.unseal(sealed, keys.opening)) == {"text": "größer 🙂"}
    with pytest.raises(envelope.UnknownKeyError, match=keys.current):
        envelope.unseal(sealed, Keys.load(tmp_path / "other").opening)
    # Two envelopes of the same never look alike.
    assert body != envelope.seal(keys.public_key, keys.current, name, {"text": "größer 🙂"})


def test_a_phone_that_follows_the_written_recipe_seals_what_we_open(keys: Keys):
    """ECDH P-256, HKDF-SHA-256 (no salt, info attune-envelope-1), AES-256-GCM over `id|key`."""
    name, mine = new_id(), ec.generate_private_key(ec.SECP256R1())
    jwk: dict[str, str] = keys.public()["jwk"]  # type: ignore[assignment]
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[each] + "=")) for each in ("x", "y"))
    theirs = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    secret = HKDF(hashes.SHA256(), 32, salt=b"", info=b"attune-envelope-1").derive(
        mine.exchange(ec.ECDH(), theirs)
    )
    ciphertext = AESGCM(secret).encrypt(b"123456789012", b"{}", f"{name}|{keys.current}".encode())
    numbers = mine.public_key().public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)

    def text(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    body = _outside(
        id=name, key=keys.current, epk=text(point), iv=text(b"123456789012"), ct=text(ciphertext)
    )
    assert envelope.unseal(envelope.read(body), keys.opening) == b"{}"


@pytest.mark.parametrize("place", ["epk", "iv", "ct", "id"])
def test_one_changed_letter_and_it_does_not_open(keys: Keys, place: str):
    outside = json.loads(envelope.seal(keys.public_key, keys.current, new_id(), {}))
    turned = "0" if outside[place][4] != "0" else "1"
    outside[place] = outside[place][:4] + turned + outside[place][5:]
    with pytest.raises(BadInputError):
        envelope.unseal(envelope.read(json.dumps(outside).encode()), keys.opening)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2}, {"v": "1"}, {"id": "x"}, {"id": 7}, {"id": new_id().upper()}, {"key": ""},
        {"key": "a b"}, {"key": None}, {"epk": "A" * 86}, {"epk": "A" * 88}, {"iv": ""},
        {"iv": "A" * 16 + "="}, {"ct": "A"}, {"ct": "%%%%"}, {"ct": ["A"]}, {"more": 1},
    ],
)  # fmt: skip
def test_anything_else_is_no_envelope(changes: dict[str, Any]):
    envelope.read(_outside())
    with pytest.raises(BadInputError):
        envelope.read(_outside(**changes))


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_it_stumble(data: bytes):
    for read in (envelope.read, payload.read):
        with pytest.raises(BadInputError):
            read(data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.slow
@given(
    st.dictionaries(
        st.sampled_from([*RESPONSE, "about", "began_at", "elapsed_ms", "zone", "process"]), _JSON
    )
)
def test_no_payload_makes_it_stumble(found: dict[str, Any]):
    with suppress(BadInputError):
        payload.read(json.dumps({**RESPONSE, **found}).encode())


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "[1e999]",
        '{"a":1,"a":2}',
        "[" * 13 + "]" * 13,
        "[" * 200_000,
        "\x00",
        "",
        "{",
        '"\\ud800',
    ],
)
def test_a24_json_that_means_two_things_or_nothing_is_refused(text: str):
    with pytest.raises(BadInputError):
        strict_json.read(text.encode(), largest=1_000_000)


def test_a24_too_much_is_refused_unread():
    with pytest.raises(BadInputError, match="at most 10"):
        strict_json.read(b'"' + b"x" * 10 + b'"', largest=10)
    assert strict_json.read(("[" * 12 + "]" * 12).encode(), largest=100) is not None


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kind": "poem"}, "kind"), ({"assessment": ""}, "assessment"), ({"form": None}, "form"),
        ({"language": "x" * 201}, "language"), ({"about": 7}, "about"),
        ({"began_at": "2027-03-01T09:00:00"}, "began_at"), ({"finished_at": "yesterday"}, "finished_at"),
        ({"finished_at": "0001-01-01T00:00:00+23:59"}, "finished_at"),
        ({"elapsed_ms": -1}, "elapsed_ms"), ({"elapsed_ms": True}, "elapsed_ms"),
        ({"elapsed_ms": 1e300}, "elapsed_ms"), ({"zone": "\ud800"}, "zone"),
        ({"answers": []}, "answers"), ({"process": "x"}, "process"),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_named(changes: dict[str, Any], place: str):
    payload.read(json.dumps(RESPONSE).encode())
    with pytest.raises(BadInputError) as refused:
        payload.read(json.dumps({**RESPONSE, **changes}).encode())
    assert list(refused.value.places) == [place]


def test_a_keys_name_is_its_own_digest(keys: Keys):
    jwk: dict[str, str] = keys.public()["jwk"]  # type: ignore[assignment]
    point = b"\x04" + b"".join(base64.urlsafe_b64decode(jwk[each] + "=") for each in ("x", "y"))
    assert keys.public()["id"] == hashlib.sha256(point).hexdigest()[:32]
