"""What one case did on one subject in one world."""

from enum import StrEnum


class Outcome(StrEnum):
    """The five outcomes of a case; their values are what a results file holds."""

    PASSED = "passed"
    """The requirement held."""
    FAILED = "failed"
    """The requirement, or an invariant, did not hold; the signature says how."""
    UNSUPPORTED = "unsupported"
    """The subject lacks a capability that the case needs, or the run was not given it; the reason says which."""
    DRIFTED = "drifted"
    """The replayed conversation no longer matches, though no requirement was broken."""
    BROKEN = "broken"
    """The suite's own fault, or the environment's; it says nothing about the subject."""
