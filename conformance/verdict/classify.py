"""Which outcome an exception means: a broken requirement, a missing capability, a drifted replay, or our own fault."""

import traceback
from pathlib import Path

from conformance.gateway.cassette.conversation import DriftedError
from conformance.history.history import DeadlineError
from conformance.kit.failure import CheckError, UnsupportedError, signature_of
from conformance.subject.errors import NotSupported, ProvisionError, SubjectDied, SubjectError, SubjectHung
from conformance.subject.machine import fault_in
from conformance.verdict.outcomes import Outcome

_SUITE = Path(__file__).resolve().parents[1]
_CASES = _SUITE / "cases"


def classify(error: BaseException) -> tuple[Outcome, str | None, str]:
    """Return the outcome, the failure's signature, and the reason for what a case raised.

    An `AssertionError` is a requirement that does not hold, and a trader that dies or hangs has failed too, unless its
    last words are of what the machine lacks, such as memory. Whatever is not known to speak of the subject is the
    suite's own fault: `broken`. So is a plain `assert` of the suite's own code outside the cases: it guards what the
    suite takes for granted of itself, and requires nothing of a trader.
    """
    reason = f"{error}".strip() or type(error).__name__
    if isinstance(error, UnsupportedError | NotSupported):
        return Outcome.UNSUPPORTED, None, reason
    if isinstance(error, DriftedError):
        return Outcome.DRIFTED, None, reason
    if (lacked := _machines_fault(error)) is not None:
        return Outcome.BROKEN, None, f"the machine lacked {lacked}, so that nothing was seen of the version: {reason}"
    ours = isinstance(error, ProvisionError) or _is_assumption(error)
    if isinstance(error, AssertionError | SubjectError) and not ours:
        return Outcome.FAILED, signature_of(error), reason
    return Outcome.BROKEN, None, f"{type(error).__name__}: {reason}"


def _machines_fault(error: BaseException) -> str | None:
    """Return what the machine lacked by the last words of a subject that died or hung; None if nothing is known."""
    return fault_in(error.log_tail) if isinstance(error, SubjectDied | SubjectHung) else None


def _is_assumption(error: BaseException) -> bool:
    """Whether a plain `assert` of the suite's own code failed, and not one of a case, nor a check."""
    frames = traceback.extract_tb(error.__traceback__)
    if not isinstance(error, AssertionError) or isinstance(error, CheckError | DeadlineError) or not frames:
        return False
    raised_in = Path(frames[-1].filename).resolve()
    return raised_in.is_relative_to(_SUITE) and not raised_in.is_relative_to(_CASES)
