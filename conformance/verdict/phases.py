"""What one case did, put together from pytest's three phases: set up, called, torn down."""

from dataclasses import dataclass

from conformance.kit.failure import NotGivenError, ProfileUnsupportedError, UndeclaredError
from conformance.subject.errors import SubjectError
from conformance.verdict.classify import classify
from conformance.verdict.outcomes import Outcome


@dataclass(slots=True)
class CaseSoFar:
    """One case as far as it has come. Nothing was seen of it until it was called, or could not be set up."""

    outcome: Outcome = Outcome.BROKEN
    signature: str | None = None
    reason: str | None = "it was never called, so nothing was seen of it"
    seconds: float = 0.0
    not_given: bool = False
    """Whether the run lacked what the case needs, whatever the version can do."""
    lacks: str | None = None
    """What the run's profile sets and the version does not have."""
    missing: str | None = None
    """What the case needs and the version does not declare."""
    _seen: bool = False

    def add(self, phase: str, error: BaseException | None, seconds: float) -> bool:
        """Take in a phase that has ended, with what it raised; return whether the outcome is to be judged (anew)."""
        self.seconds += seconds
        if phase == "teardown":
            return self._torn_down(error)
        if error is not None:
            self.outcome, self.signature, self.reason = classify(error)
            self.not_given = isinstance(error, NotGivenError)
            self.lacks = error.lacks if isinstance(error, ProfileUnsupportedError) else None
            self.missing = error.missing if isinstance(error, UndeclaredError) else None
        elif phase == "call":
            self.outcome, self.signature, self.reason = Outcome.PASSED, None, None
        self._seen = error is not None or phase == "call"
        return self._seen

    def _torn_down(self, error: BaseException | None) -> bool:
        """Take in what closing the case raised: nothing that went wrong there is lost, whatever came before.

        A trader that does not stop has failed, if it had not already. All else is the suite's or the world's, such as
        an order that is still open on the testnet: it breaks the case, also one that was expected to fail.
        """
        if error is None:
            return not self._seen
        outcome, signature, reason = classify(error)
        if not (isinstance(error, SubjectError) and outcome is Outcome.FAILED):
            outcome, signature = Outcome.BROKEN, None
        elif self.outcome is not Outcome.PASSED:
            self.reason = f"{self.reason}\nand when it was closed: {reason}"
            return False
        before = "" if self.outcome is Outcome.PASSED else f"\nbefore that it {self._told()}"
        self.outcome, self.signature, self.reason = outcome, signature, f"when it was closed: {reason}{before}"
        return True

    def _told(self) -> str:
        was = self.outcome if self.outcome in (Outcome.FAILED, Outcome.DRIFTED) else f"was {self.outcome}"
        return ": ".join(filter(None, (was, self.signature, self.reason)))
