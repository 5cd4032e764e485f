"""API keys and the three signature schemes of section 3: HMAC-SHA256, RSA PKCS#1 v1.5 with SHA-256, Ed25519."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from conformance.binance.account import private_pem

KeyType = Literal["hmac", "ed25519", "rsa"]

DEFAULT_KEY = "simulator-key"
DEFAULT_SECRET = "simulator-secret"  # noqa: S105  (a published default of a simulator, protecting nothing)
DEFAULT_ED25519_KEY = "simulator-ed25519-key"
# A fixed pair, so that recorded sessions and tests can sign without sharing a file. It protects nothing.
_DEFAULT_ED25519_SEED = hashlib.sha256(b"conformance simulator ed25519 pair").digest()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One API key and what verifies its signatures: the shared secret, or the public key."""

    key: str
    type: KeyType
    secret: str = field(default="", repr=False)
    public: ed25519.Ed25519PublicKey | rsa.RSAPublicKey | None = field(default=None, repr=False)
    _keyed: hmac.HMAC | None = field(default=None, init=False, repr=False, compare=False)
    """The hash with the secret in it already, from which every check starts."""

    def __post_init__(self) -> None:
        if self.public is None:
            object.__setattr__(self, "_keyed", hmac.new(self.secret.encode(), digestmod="sha256"))

    def verifies(self, payload: bytes, signature: str) -> bool:
        """Return whether `signature`, as sent and percent-decoded, signs `payload`; malformed ones do not."""
        if self._keyed is not None:
            keyed = self._keyed.copy()
            keyed.update(payload)
            return hmac.compare_digest(keyed.hexdigest(), signature.lower()) if signature.isascii() else False
        if self.public is None:
            return False
        try:
            raw = base64.b64decode(signature, validate=True)
            if isinstance(self.public, ed25519.Ed25519PublicKey):
                self.public.verify(raw, payload)
            else:
                self.public.verify(raw, payload, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


class Credentials:
    """The API keys that the venue knows. All of them belong to its one account.

    Without arguments: `simulator-key` with the secret `simulator-secret`, and `simulator-ed25519-key` with a fixed pair
    whose private half is `ed25519_private_pem`.
    """

    def __init__(self, *keys: ApiKey) -> None:
        pair = ed25519.Ed25519PrivateKey.from_private_bytes(_DEFAULT_ED25519_SEED)
        self.ed25519_private_pem: str = private_pem(pair)
        known = keys or (
            ApiKey(DEFAULT_KEY, "hmac", secret=DEFAULT_SECRET),
            ApiKey(DEFAULT_ED25519_KEY, "ed25519", public=pair.public_key()),
        )
        self._keys = {key.key: key for key in known}

    def __repr__(self) -> str:
        return f"Credentials({', '.join(f'{key.type} {name[:4]}…' for name, key in self._keys.items())})"

    def add_hmac(self, key: str, secret: str) -> None:
        """Let `key` sign with a shared secret."""
        self._keys[key] = ApiKey(key, "hmac", secret=secret)

    def add_public(self, key: str, pem: str | bytes) -> None:
        """Let `key` sign with the private half of an Ed25519 or RSA key, given its public half as PEM.

        Raises `ValueError` where the PEM holds another kind of key.
        """
        public = serialization.load_pem_public_key(pem.encode() if isinstance(pem, str) else pem)
        if isinstance(public, ed25519.Ed25519PublicKey):
            self._keys[key] = ApiKey(key, "ed25519", public=public)
        elif isinstance(public, rsa.RSAPublicKey):
            self._keys[key] = ApiKey(key, "rsa", public=public)
        else:
            raise ValueError(  # noqa: TRY004  (the caller gave a key file of the wrong kind, not a wrong type)
                f"expected an Ed25519 or RSA public key in PEM, got {type(public).__name__}"
            )

    def find(self, key: str) -> ApiKey | None:
        """Return the key of that name, or None."""
        return self._keys.get(key)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys."""
        return tuple(self._keys)

    def write_ed25519(self, path: Path) -> None:
        """Write the default pair's private half as PKCS#8 PEM, readable by its owner only."""
        path.touch(mode=0o600)
        path.write_text(self.ed25519_private_pem)
