"""An account at the venue, as far as signatures go: verifies a trader's request, signs one of the suite's own."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_PRIVATE_TYPES = (Ed25519PrivateKey, RSAPrivateKey)
_PUBLIC_TYPES = (Ed25519PublicKey, RSAPublicKey)


class AccountError(ValueError):
    """Credentials that cannot verify or sign; the message never contains their value."""


@dataclass(frozen=True)
class Account:
    """An API key with what belongs to it: an HMAC secret, or a private key, or a public key alone (verifies only).

    `private_key` and `public_key` are PEM (PKCS8 and SubjectPublicKeyInfo), Ed25519 or RSA; bare base64 DER is taken
    too. The venue's rules: HMAC-SHA256 in hex of any case; Ed25519 and RSA PKCS#1 v1.5 SHA-256 in base64.
    """

    api_key: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    public_key: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if sum(given is not None for given in (self.secret, self.public_key or self.private_key)) != 1:
            raise AccountError(
                "an account has either an HMAC secret, or a public or private key: give exactly one kind"
            )
        if self.secret is None:
            _ = self._verifier  # a damaged key is refused here, not at the first request

    def sign(self, payload: str) -> str:
        """Return the signature of `payload` as the venue expects it (not yet percent-encoded)."""
        if self.secret is not None:
            return hmac.new(self.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
        key = self._signer
        if key is None:
            raise AccountError("this account has a public key only: it verifies, but signing needs its private key")
        if isinstance(key, Ed25519PrivateKey):
            signature = key.sign(payload.encode())
        else:
            signature = key.sign(payload.encode(), PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode()

    def verify(self, payload: str, signature: str) -> bool:
        """Say whether `signature` (percent-decoded) is this account's signature of `payload`."""
        if self.secret is not None:
            return hmac.compare_digest(self.sign(payload).encode(), signature.lower().encode())
        try:
            raw = base64.b64decode(signature, validate=True)
            key = self._verifier
            if isinstance(key, Ed25519PublicKey):
                key.verify(raw, payload.encode())
            else:
                key.verify(raw, payload.encode(), PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error):
            return False
        return True

    @property
    def can_sign(self) -> bool:
        """Whether this account holds what signing needs; one with a public key alone verifies only."""
        return self.secret is not None or self.private_key is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value of this account that must never be written down."""
        given = (self.api_key, self.secret, self.private_key)
        return tuple(value for value in given if value)

    @cached_property
    def _signer(self) -> Ed25519PrivateKey | RSAPrivateKey | None:
        if self.private_key is None:
            return None
        key = _load(self.private_key, private=True)
        if not isinstance(key, _PRIVATE_TYPES):
            raise AccountError(f"expected an Ed25519 or RSA private key, found {type(key).__name__}")
        return key

    @cached_property
    def _verifier(self) -> Ed25519PublicKey | RSAPublicKey:
        if self._signer is not None:
            return self._signer.public_key()
        assert self.public_key is not None
        key = _load(self.public_key, private=False)
        if not isinstance(key, _PUBLIC_TYPES):
            raise AccountError(f"expected an Ed25519 or RSA public key, found {type(key).__name__}")
        return key


def private_pem(key: Ed25519PrivateKey) -> str:
    """Return the private key as the PEM (PKCS8, not encrypted) that a trader is given in place of a secret."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def ws_payload(params: Mapping[str, Any]) -> str:
    """Return what a WS API request's signature covers: all parameters but the signature, sorted, joined as a query."""
    return "&".join(f"{key}={_ws_text(params[key])}" for key in sorted(params) if key != "signature")


def encoded_ws_payload(params: Mapping[str, Any]) -> str:
    """Return the same percent-encoded, as Binance's own SDK signs it; the venue's page says nothing of encoding."""
    return urlencode([(key, _ws_text(params[key])) for key in sorted(params) if key != "signature"])


def _ws_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _load(text: str, *, private: bool) -> Any:
    try:
        if "-----BEGIN" in text:
            data = text.strip().encode()
            return (
                serialization.load_pem_private_key(data, None) if private else serialization.load_pem_public_key(data)
            )
        der = base64.b64decode("".join(text.split()), validate=True)
        return serialization.load_der_private_key(der, None) if private else serialization.load_der_public_key(der)
    except (ValueError, TypeError) as error:
        kind = "private" if private else "public"
        # The underlying message can quote the key: it is left out on purpose.
        raise AccountError(f"the {kind} key is neither PEM nor base64 DER of an Ed25519 or RSA key") from error
