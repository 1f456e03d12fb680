"""The sealed envelope: its shape, how it is sealed, how it is opened, what must lie inside.

Sealing: an ephemeral P-256 key agrees on a secret with the server's opening key; HKDF-SHA-256 makes
of it the key for AES-256-GCM. The envelope's id and the key's id are authenticated with it, so that
an envelope renamed on its way does not open.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.errors import BadInputError
from server.ids import new_salt
from server.inputs import strict_json

# A text of a megabyte is no answer of ours, but whoever sent it learns that it is kept.
LARGEST = 2 * 1024 * 1024
_INFO = b"attune-envelope-1"
_NONCE = 12
_POINT = 65
_TAG = 16
_FIELDS = {"v", "id", "key", "epk", "iv", "ct"}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class UnknownKeyError(BadInputError):
    """Sealed to a key that is not here: the envelope is well, the key's file is missing."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope's outside."""

    id: str
    key: str
    point: bytes
    nonce: bytes
    ciphertext: bytes


def read(body: bytes) -> Sealed:
    """Read an envelope's outside.

    Raises:
        BadInputError: these bytes are no envelope.

    """
    found = strict_json.read(body, largest=LARGEST)
    if not isinstance(found, dict) or set(found) != _FIELDS or found["v"] != 1:
        message = "this is no envelope: it must be an object of v (1), id, key, epk, iv and ct"
        raise BadInputError(message)
    if not isinstance(found["key"], str) or not _KEY_ID.fullmatch(found["key"]):
        message = "this is no envelope: key must name the key that it was sealed to"
        raise BadInputError(message)
    sealed = Sealed(
        id=canonical_id(found["id"]),
        key=found["key"],
        point=_bytes(found["epk"], "epk"),
        nonce=_bytes(found["iv"], "iv"),
        ciphertext=_bytes(found["ct"], "ct"),
    )
    if (len(sealed.point), len(sealed.nonce)) != (_POINT, _NONCE) or len(sealed.ciphertext) < _TAG:
        message = f"this is no envelope: epk has {_POINT} bytes, iv {_NONCE}, ct at least {_TAG}"
        raise BadInputError(message)
    return sealed


def canonical_id(text: object) -> str:
    """Return an envelope's id, which is a UUID in its usual form.

    Raises:
        BadInputError: it is none.

    """
    try:
        if isinstance(text, str) and str(uuid.UUID(text)) == text:
            return text
    except ValueError:
        pass
    message = "an envelope's id must be a UUID in small letters with hyphens"
    raise BadInputError(message)


def seal(
    public: ec.EllipticCurvePublicKey, key_id: str, envelope_id: str, payload: Mapping[str, Any]
) -> bytes:
    """Seal a payload as a phone does: for the page without JavaScript, the demo and the tests."""
    return seal_text(public, key_id, envelope_id, _written(payload))


def seal_text(
    public: ec.EllipticCurvePublicKey, key_id: str, envelope_id: str, text: bytes
) -> bytes:
    """Seal bytes, whatever they say."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    point = ephemeral.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    nonce = new_salt(_NONCE)
    secret = _derive(ephemeral.exchange(ec.ECDH(), public))
    ciphertext = AESGCM(secret).encrypt(nonce, text, _bound(envelope_id, key_id))
    outside = {
        "v": 1, "id": envelope_id, "key": key_id,
        "epk": _text(point), "iv": _text(nonce), "ct": _text(ciphertext),
    }  # fmt: skip
    return json.dumps(outside).encode()


def _written(payload: Mapping[str, Any]) -> bytes:
    """Write a payload as a phone does; half a surrogate pair, which no UTF-8 holds, as its escape."""
    try:
        return json.dumps(payload, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(payload, allow_nan=False).encode()


def unseal(sealed: Sealed, keys: Mapping[str, ec.EllipticCurvePrivateKey]) -> bytes:
    """Return what lies inside.

    Raises:
        UnknownKeyError: the key that it was sealed to is not here.
        BadInputError: it was damaged, renamed or sealed wrongly.

    """
    private = keys.get(sealed.key)
    if private is None:
        message = f"sealed to key {sealed.key}, which is not in the keys folder"
        raise UnknownKeyError(message)
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sealed.point)
        secret = _derive(private.exchange(ec.ECDH(), point))
        bound = _bound(sealed.id, sealed.key)
        return AESGCM(secret).decrypt(sealed.nonce, sealed.ciphertext, bound)
    except (InvalidTag, ValueError) as error:
        message = "the envelope does not open: damaged, renamed or sealed wrongly"
        raise BadInputError(message) from error


def _derive(shared: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO).derive(shared)


def _bound(envelope_id: str, key_id: str) -> bytes:
    return f"{envelope_id}|{key_id}".encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: object, name: str) -> bytes:
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        message = f"this is no envelope: {name} must be base64url without padding"
        raise BadInputError(message)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
