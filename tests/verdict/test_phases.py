"""What a case has done by the end of its phases: nothing that went wrong in any of them is lost."""

import pytest

from conformance.gateway.cassette.conversation import DriftedError
from conformance.kit.failure import CheckError, NotGivenError, UndeclaredError, UnsupportedError
from conformance.subject.errors import ProvisionFailed, SubjectHung
from conformance.verdict.outcomes import Outcome
from conformance.verdict.phases import CaseSoFar

FAILURE = CheckError("it stayed open", signature="stayed open")
HUNG = SubjectHung("stop", 10, "")
LEFT = RuntimeError("still holds 1 orders")


def done(call: Exception | None, teardown: Exception | None = None) -> CaseSoFar:
    """Return a case that was set up, called and torn down."""
    so_far = CaseSoFar()
    for phase, error in (("setup", None), ("call", call), ("teardown", teardown)):
        so_far.add(phase, error, 0.5)
    return so_far


def test_a_case_that_holds_has_passed_in_the_time_of_all_its_phases() -> None:
    """Setting up and tearing down are part of what a case takes."""
    so_far = done(None)
    assert (so_far.outcome, so_far.signature, so_far.reason, so_far.seconds) == (Outcome.PASSED, None, None, 1.5)


def test_a_case_that_cannot_be_set_up_is_what_its_set_up_was() -> None:
    """What a case lacks is found out when it is set up; it is never called."""
    so_far = CaseSoFar()
    assert so_far.add("setup", NotGivenError("no Redis"), 0.1)
    assert not so_far.add("teardown", None, 0.1)
    assert (so_far.outcome, so_far.reason, so_far.not_given) == (Outcome.UNSUPPORTED, "no Redis", True)


@pytest.mark.parametrize(
    ("error", "missing"),
    [(UndeclaredError("2.0.0", ["order_lists", "hedge_mode"]), "order_lists, hedge_mode"), (NotGivenError("no"), None)],
)
def test_what_is_not_declared_is_told_apart(error: Exception, missing: str | None) -> None:
    """Only a capability that the version does not declare is certain to be lacking in every run."""
    so_far = CaseSoFar()
    so_far.add("setup", error, 0.1)
    assert (so_far.outcome, so_far.missing) == (Outcome.UNSUPPORTED, missing)


def test_a_case_that_was_never_called_is_broken() -> None:
    """A set up and a tear down have shown nothing."""
    so_far = CaseSoFar()
    assert not so_far.add("setup", None, 0.1)
    assert so_far.add("teardown", None, 0.1)
    assert so_far.outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (FAILURE, "before that it failed: stayed open: it stayed open"),
        (DriftedError("not recorded"), "before that it drifted: not recorded"),
        (UnsupportedError("no algo"), "before that it was unsupported: no algo"),
        (KeyError("x"), "before that it was broken: KeyError"),
        (None, ""),
    ],
)
def test_what_cannot_be_closed_breaks_the_case_whatever_it_did(call: Exception | None, told: str) -> None:
    """An order left on the testnet is to be closed by hand, also after a failure; what came before is kept."""
    so_far = done(call, LEFT)

    assert (so_far.outcome, so_far.signature) == (Outcome.BROKEN, None)
    assert so_far.reason is not None
    assert so_far.reason.startswith("when it was closed: RuntimeError: still holds 1 orders")
    assert told in so_far.reason


def test_a_trader_that_does_not_stop_has_failed() -> None:
    """It is a failure like any other, with its signature; an environment that is gone is none."""
    so_far = done(None, HUNG)
    assert (so_far.outcome, so_far.signature) == (
        Outcome.FAILED,
        "SubjectHung: the subject did not answer 'stop' within # s and was killed",
    )
    assert done(None, ProvisionFailed("1.231.0", "install", "")).outcome is Outcome.BROKEN


def test_a_trader_that_failed_and_does_not_stop_keeps_its_first_failure() -> None:
    """Both are the subject's: the first names the failure, as it was expected or compared, and the second is told."""
    so_far = done(FAILURE, HUNG)
    assert (so_far.outcome, so_far.signature) == (Outcome.FAILED, "stayed open")
    assert so_far.reason is not None
    assert "it stayed open\nand when it was closed: the subject did not answer 'stop'" in so_far.reason
