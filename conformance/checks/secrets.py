"""Invariant 10: no secret, signature or listen key in any log, history, cassette or report."""

import re
from collections.abc import Collection, Iterator

from conformance.checks.invariants.rule import Violation

# A signature as it travels: 64 hex digits (HMAC-SHA256) or 88 characters of base64 (Ed25519), after its parameter.
_SIGNATURE = re.compile(r"signature[\"']?\s*[=:]\s*[\"']?(?:[0-9a-f]{64}|[A-Za-z0-9+/%]{86,})", re.IGNORECASE)
_SHORTEST_SECRET = 8


def leaks(where: str, text: str, secrets: Collection[str]) -> Iterator[Violation]:
    """Yield a violation for each secret or signature in `text`; the secret itself is never repeated."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET and secret in text:
            yield Violation(10, f"a secret is in {where}", f"a value of {len(secret)} characters")
    if _SIGNATURE.search(text):
        yield Violation(10, f"a signature is in {where}")
