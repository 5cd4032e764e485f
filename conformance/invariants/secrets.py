"""Invariant 10: no secret, signature or listen key in any log, history, cassette or report."""

from collections.abc import Collection, Iterator

from conformance.history.redaction import Redaction
from conformance.invariants.rule import Violation


def leaks(where: str, text: str, secrets: Collection[str], redaction: Redaction | None = None) -> Iterator[Violation]:
    """Yield a violation for each kind of secret in `text`; the secret itself is never repeated.

    `secrets` are the values known to be secret: API key, HMAC secret, private key (PEM), listen keys; `redaction` knows
    those of a session. Signatures and listen keys are found by their names and places, known or not.
    """
    for kind in (redaction or Redaction()).find(text, secrets):
        yield Violation(10, f"{kind} is in {where}")
