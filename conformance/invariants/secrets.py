"""Invariant 10: no secret, signature or listen key in any log, history, cassette or report."""

import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import quote

from conformance.invariants.rule import Violation

# Between a name and its value: `=` in a query, `:` in JSON, whose quotes are escaped where it is text inside of JSON.
_IS = r"\\*[\"']?\s*[=:]\s*\\*[\"']?"
# A signature as it travels: 64 hex digits (HMAC-SHA256) or 88 characters of base64 (Ed25519), after its parameter.
_SIGNATURE = re.compile(rf"signature{_IS}(?:[0-9a-f]{{64}}|[A-Za-z0-9+/%]{{86,}})", re.IGNORECASE)
# A listen key is 64 letters and digits; it also names the stream in a user stream's path.
_LISTEN_KEY = re.compile(rf"(?:listenKey{_IS}|/(?:ws|stream)/)[A-Za-z0-9]{{60,}}", re.IGNORECASE)
_SHORTEST_SECRET = 8


def leaks(where: str, text: str, secrets: Collection[str]) -> Iterator[Violation]:
    """Yield a violation for each secret, signature or listen key in `text`; the secret itself is never repeated.

    `secrets` are the values known to be secret: API key, HMAC secret, private key (PEM), listen keys. They are also
    found percent-encoded and escaped as in JSON. Signatures and listen keys are found by their names, known or not.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET and any(form in text for form in _forms(secret)):
            yield Violation(10, f"a secret is in {where}", f"a value of {len(secret)} characters")
    if _SIGNATURE.search(text):
        yield Violation(10, f"a signature is in {where}")
    if _LISTEN_KEY.search(text):
        yield Violation(10, f"a listen key is in {where}")


def _forms(secret: str) -> set[str]:
    """Return a secret as it may stand in a text: bare, in a query, in JSON, and in JSON that is text inside of JSON."""
    once = json.dumps(secret)[1:-1]
    return {secret, quote(secret, safe=""), once, json.dumps(once)[1:-1]}
