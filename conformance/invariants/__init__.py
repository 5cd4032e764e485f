"""The invariants: rules that every history in every world must obey, whatever its case is about.

Each rule reads a history and yields what breaks it. The numbers are those of the design; they never change. Number 10,
that no secret is in a log, history, cassette or report, is checked where the secrets are known (`checks.secrets`).
"""

from conformance.history.history import History
from conformance.invariants import (
    books,
    evidence,
    fills,
    limits,
    order_states,
    requests,
    restarts,
    sent,
    trades,
)
from conformance.invariants.rule import INVARIANTS, Violation

__all__ = [
    "INVARIANTS",
    "Violation",
    "books",
    "evidence",
    "fills",
    "limits",
    "order_states",
    "requests",
    "restarts",
    "sent",
    "trades",
]


def violations(history: History) -> list[Violation]:
    """Return what breaks any invariant in this history, by number; the same violation is listed once."""
    found = (violation for number in sorted(INVARIANTS) for violation in INVARIANTS[number](history))
    return list({violation.signature: violation for violation in found}.values())
