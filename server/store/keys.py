"""The secrets on disk: what opens envelopes, what seals contact data, what signs form tokens.

They lie in a folder of their own (`data/keys`), readable by their owner alone, and never in the
database or its backups. Without the opening key no answer that still lies in an envelope can be
read again. `Keys.load` makes what is missing.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import ConfigError, IntegrityError
from server.ids import new_salt

_NONCE = 12
_CONTACT_FILE = "contact.key"
_SIGNING_FILE = "signing.key"


@dataclass(frozen=True)
class ContactKey:
    """Seals names and addresses (AES-256-GCM), each to the row that it belongs to."""

    secret: bytes = field(repr=False)

    def encrypt(self, plain: bytes, row_id: str) -> bytes:
        """Seal bytes for one row; put into another row they will not open."""
        nonce = new_salt(_NONCE)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, row_id.encode())

    def decrypt(self, sealed: bytes, row_id: str) -> bytes:
        """Open what `encrypt` sealed for this row.

        Raises:
            IntegrityError: another key, another row, or damage.

        """
        try:
            return AESGCM(self.secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], row_id.encode())
        except (InvalidTag, ValueError) as error:
            message = (
                "contact data cannot be opened: they were sealed with another key, "
                "or are damaged. Put back the contact.key that belongs to this database."
            )
            raise IntegrityError(message) from error


@dataclass(frozen=True)
class Keys:
    """All keys of this installation. `opening` maps a key's id to it; `current` seals new forms."""

    opening: Mapping[str, ec.EllipticCurvePrivateKey] = field(repr=False)
    current: str
    contact: ContactKey
    secret: bytes = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> Keys:
        """Read the keys, making what is missing; safe when two processes start at once.

        Raises:
            ConfigError: a key file cannot be read as one.

        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _create_once(folder / "opening.pem", _new_opening_key)
        for name in (_CONTACT_FILE, _SIGNING_FILE):
            _create_once(folder / name, lambda: AESGCM.generate_key(256).hex().encode())
        # A retired opening key stays beside the current one, as opening-<anything>.pem.
        keys = {key_id(key.public_key()): key for key in map(_read_opening, _opening_files(folder))}
        current = key_id(_read_opening(folder / "opening.pem").public_key())
        contact = ContactKey(_read_secret(folder / _CONTACT_FILE))
        return cls(keys, current, contact, _read_secret(folder / _SIGNING_FILE))

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key that new envelopes are sealed to."""
        return self.opening[self.current].public_key()

    def public(self) -> dict[str, object]:
        """Return what a phone needs to seal: `{"id", "jwk"}`, the JWK as WebCrypto imports it."""
        point = raw_point(self.public_key)
        jwk = {"kty": "EC", "crv": "P-256", "x": _base64(point[1:33]), "y": _base64(point[33:])}
        return {"id": self.current, "jwk": jwk}


def key_id(public: ec.EllipticCurvePublicKey) -> str:
    """Return a key's name: the first half of its point's SHA-256."""
    return hashlib.sha256(raw_point(public)).hexdigest()[:32]


def opening_id(path: Path) -> str:
    """Return the name of the opening key in a file; ConfigError when it holds none."""
    return key_id(_read_opening(path).public_key())


def raw_point(public: ec.EllipticCurvePublicKey) -> bytes:
    """Return the 65 bytes of an uncompressed P-256 point."""
    return public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _new_opening_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _create_once(path: Path, make: Callable[[], bytes]) -> None:
    """Write a secret whole or not at all; whoever links the name first wins, others read that."""
    if path.exists():
        return
    handle, name = tempfile.mkstemp(dir=path.parent)  # 0600 by itself
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        Path(name).unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opening_files(folder: Path) -> list[Path]:
    return [folder / "opening.pem", *sorted(folder.glob("opening-*.pem"))]


def _read_opening(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        message = f"{path} is no key; put back the file from your recovery copy"
        raise ConfigError(message) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        message = f"{path} holds another kind of key; a P-256 key is needed"
        raise ConfigError(message)
    return key


def _read_secret(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != 32:
        message = f"{path} is no key; put back the file from your recovery copy"
        raise ConfigError(message)
    return secret
