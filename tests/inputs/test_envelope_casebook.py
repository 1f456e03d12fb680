"""The server's half of the case that phone and server share (see tests/js/seal.test.js)."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.config import ROOT
from server.errors import BadInputError
from server.inputs import envelope

CASE = json.loads((ROOT / "tests" / "casebook" / "envelope.json").read_text(encoding="utf-8"))


def _key() -> ec.EllipticCurvePrivateKey:
    secret = CASE["private"]["d"]
    number = int.from_bytes(base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4)))
    return ec.derive_private_key(number, ec.SECP256R1())


def test_the_envelope_that_the_phone_opens_opens_here_too():
    sealed = envelope.read(CASE["body"].encode())
    assert json.loads(envelope.unseal(sealed, {CASE["key"]: _key()})) == CASE["payload"]


def test_renamed_on_its_way_it_does_not_open():
    other = CASE["body"].replace(CASE["id"], "11111111-2222-4333-8444-555555555555")
    with pytest.raises(BadInputError):
        envelope.unseal(envelope.read(other.encode()), {CASE["key"]: _key()})
