"""The recovery file: the keys that open envelopes and contact data, sealed under a passphrase.

It is JSON that says by itself how it was sealed: scrypt makes a key of the passphrase, AES-256-GCM
seals with it, and all that stands outside is authenticated too (as JSON with sorted keys and no
spaces, without `sealed`). Inside are the opening keys as PEM and the contact key as hexadecimal. The
key that signs form tokens is left out: a new one does no harm.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import IntegrityError
from server.ids import new_salt
from server.store.keys import ContactKey, Keys, key_id

# scrypt's work: 128 MB and about half a second, for whoever guesses too.
COST = 2**17
_BLOCK, _LANES = 8, 1
# No file may ask for more work, or memory, than this.
_MOST = 2**20
_WHAT = (
    "Attune recovery file. ./attune recovery put-back opens it; docs/guide/operator.md says how."
)


@dataclass(frozen=True)
class Recovered:
    """What a recovery file holds: every opening key by its id, which of them is current, the contact key."""

    made_at: str
    current: str
    opening: Mapping[str, ec.EllipticCurvePrivateKey] = field(repr=False)
    contact: ContactKey = field(repr=False)


def seal(keys: Keys, passphrase: str, made_at: str) -> bytes:
    """Return the file's bytes."""
    outside: dict[str, Any] = {
        "what": _WHAT,
        "v": 1,
        "made_at": made_at,
        "keys": sorted(keys.opening),
        "kdf": {"name": "scrypt", "n": COST, "r": _BLOCK, "p": _LANES, "salt": _text(new_salt(16))},
        "nonce": _text(new_salt(12)),
    }
    inside = {
        "current": keys.current,
        "opening": {name: _pem(key) for name, key in keys.opening.items()},
        "contact": keys.contact.secret.hex(),
    }
    secret = _derive(passphrase, outside["kdf"])
    plain = json.dumps(inside).encode()
    sealed = AESGCM(secret).encrypt(_bytes(outside["nonce"]), plain, _bound(outside))
    return (json.dumps({**outside, "sealed": _text(sealed)}, indent=1) + "\n").encode()


def unseal(content: bytes, passphrase: str) -> Recovered:
    """Return what lies in a recovery file.

    Raises:
        IntegrityError: it is none, it is damaged, or the passphrase is another one.

    """
    try:
        outside = json.loads(content)
        sealed = _bytes(outside.pop("sealed"))
        secret = _derive(passphrase, outside["kdf"])
        nonce = _bytes(outside["nonce"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "this is no recovery file of Attune's, or it is damaged"
        raise IntegrityError(message) from error
    try:
        return _read(outside, json.loads(AESGCM(secret).decrypt(nonce, sealed, _bound(outside))))
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        message = "the recovery file does not open: another passphrase, or it is damaged"
        raise IntegrityError(message) from error


def digest(file: Path) -> str:
    """Return what tells one recovery file from another: its SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return an opening key as the keys folder holds it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _read(outside: Mapping[str, Any], inside: Mapping[str, Any]) -> Recovered:
    opening = {name: _key(name, pem) for name, pem in inside["opening"].items()}
    if inside["current"] not in opening:
        raise ValueError("the current key is missing")
    contact = ContactKey(bytes.fromhex(inside["contact"]))
    return Recovered(outside["made_at"], inside["current"], opening, contact)


def _key(name: str, pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key_id(key.public_key()) != name:
        raise ValueError("an opening key is not the one that it is named as")
    return key


def _derive(passphrase: str, kdf: Mapping[str, Any]) -> bytes:
    cost, block, lanes = int(kdf["n"]), int(kdf["r"]), int(kdf["p"])
    if kdf["name"] != "scrypt" or not 2 <= cost <= _MOST or (block, lanes) != (_BLOCK, _LANES):
        raise ValueError("sealed in a way that is not known here")
    return hashlib.scrypt(
        normalize("NFC", passphrase).encode(), salt=_bytes(kdf["salt"]), n=cost, r=block, p=lanes,
        maxmem=132 * cost * block, dklen=32,
    )  # fmt: skip


def _bound(outside: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(outside), sort_keys=True, separators=(",", ":")).encode()


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return private_pem(key).decode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
