"""The invariants: rules that every history in every world must obey, whatever its case is about.

Each rule reads a history and yields what breaks it. The numbers are those of the design; they never change. Number 10,
that no secret is in a log, history, cassette or report, is checked where the secrets are known (`invariants.secrets`).
"""

from conformance.history.history import History
from conformance.invariants import (
    acknowledgement,
    adding_up,
    as_asked,
    books,
    configured,
    evidence,
    fills,
    flags,
    limits,
    namespaces,
    nothing_invented,
    order_paths,
    order_terms,
    own_index,
    request_form,
    trades,
)
from conformance.invariants.reading import Reading
from conformance.invariants.rule import INVARIANTS, Violation, sentence_of

__all__ = [
    "INVARIANTS",
    "Violation",
    "acknowledgement",
    "adding_up",
    "as_asked",
    "books",
    "configured",
    "evidence",
    "fills",
    "flags",
    "limits",
    "namespaces",
    "nothing_invented",
    "order_paths",
    "order_terms",
    "own_index",
    "request_form",
    "sentence_of",
    "trades",
    "violations",
]


def violations(history: History) -> list[Violation]:
    """Return what breaks any invariant in this history, by number; the same violation is listed once."""
    reading = Reading(history)
    found = (
        Violation(number, broken.what, broken.detail)
        for number in sorted(INVARIANTS)
        for broken in INVARIANTS[number](reading)
    )
    return list({violation.signature: violation for violation in found}.values())
