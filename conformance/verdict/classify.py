"""Which outcome an exception means: a broken requirement, a missing capability, a drifted replay, or our own fault."""

from conformance.checks.failure import UnsupportedError, signature_of
from conformance.gateway.conversation import DriftedError
from conformance.subject.errors import ProvisionError, SubjectError
from conformance.verdict.outcomes import Outcome


def classify(error: BaseException) -> tuple[Outcome, str | None, str]:
    """Return the outcome, the failure's signature, and the reason for what a case raised.

    An `AssertionError` is a requirement that does not hold, and a trader that dies or hangs has failed too. Whatever is
    not known to speak of the subject is the suite's own fault: `broken`.
    """
    reason = f"{error}".strip() or type(error).__name__
    if isinstance(error, UnsupportedError):
        return Outcome.UNSUPPORTED, None, reason
    if isinstance(error, DriftedError):
        return Outcome.DRIFTED, None, reason
    if isinstance(error, AssertionError | SubjectError) and not isinstance(error, ProvisionError):
        return Outcome.FAILED, signature_of(error), reason
    return Outcome.BROKEN, None, f"{type(error).__name__}: {reason}"
