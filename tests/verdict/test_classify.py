"""Which outcome an exception means, above all whose fault an assertion is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.gateway.cassette.conversation import DriftedError
from conformance.history.history import DeadlineError
from conformance.kit import failure
from conformance.kit.failure import CheckError, UnsupportedError
from conformance.subject.errors import ProvisionFailed, SubjectDied, SubjectHung
from conformance.verdict.classify import classify
from conformance.verdict.outcomes import Outcome

SUITE = Path(failure.__file__).parents[1]


def raised(source: str, file: Path, **names: object) -> Exception:
    """Return what a line of code raises that lies in `file`."""
    try:
        exec(compile(source, str(file), "exec"), dict(names))
    except Exception as error:  # noqa: BLE001
        return error
    raise ValueError(f"{source!r} raises nothing")


@pytest.mark.parametrize(
    ("file", "outcome"),
    [
        pytest.param("binance/account.py", Outcome.BROKEN, id="the suite"),
        pytest.param("invariants/evidence.py", Outcome.BROKEN, id="what a check takes for granted"),
        pytest.param("cases/test_stop_orders.py", Outcome.FAILED, id="a case"),
        pytest.param("../my_cases/test_mine.py", Outcome.FAILED, id="a case of somebody else's"),
    ],
)
def test_a_plain_assert_speaks_of_the_subject_in_a_case_only(file: str, outcome: Outcome) -> None:
    """What the suite takes for granted of itself requires nothing of a trader; an assert in a case is a requirement."""
    error = raised("assert 1 == 2, 'not so'", SUITE / file)

    found, signature, reason = classify(error)

    assert found is outcome
    assert signature == ("AssertionError: not so" if outcome is Outcome.FAILED else None)
    assert "not so" in reason


@pytest.mark.parametrize(
    ("way", "place", "outcome"),
    [
        ("gateway/server.py", "cases/test_stop_orders.py", Outcome.FAILED),
        ("cases/test_stop_orders.py", "binance/account.py", Outcome.BROKEN),
    ],
)
def test_the_place_of_the_assert_counts_and_not_the_way_to_it(way: str, place: str, outcome: Outcome) -> None:
    """The suite calls cases, and cases call the suite: only where the assert itself stands tells whose it is."""

    def call() -> None:
        raise raised("assert False", SUITE / place)

    assert classify(raised("call()", SUITE / way, call=call))[0] is outcome


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (lambda: CheckError("it stayed open", signature="stayed open"), Outcome.FAILED),
        (lambda: DeadlineError("nothing came"), Outcome.FAILED),
        (lambda: SubjectDied("submit", -9, ""), Outcome.FAILED),
        (lambda: ProvisionFailed("1.231.0", "install", ""), Outcome.BROKEN),
        (lambda: DriftedError("not recorded"), Outcome.DRIFTED),
        (lambda: UnsupportedError("no algo"), Outcome.UNSUPPORTED),
        (lambda: KeyError("x"), Outcome.BROKEN),
    ],
)
def test_what_the_suite_raises_on_purpose_keeps_its_meaning(make: Callable[[], Exception], outcome: Outcome) -> None:
    """Checks, deadlines and a subject's end mean the same wherever in the suite they are raised."""
    error = raised("raise make()", SUITE / "kit" / "wire.py", make=make)

    assert classify(error)[0] is outcome


@pytest.mark.parametrize(
    ("last_words", "outcome"),
    [
        ("memory allocation of 67108864 bytes failed", Outcome.BROKEN),
        ("OSError: [Errno 28] No space left on device", Outcome.BROKEN),
        ("thread 'main' panicked at src/lib.rs:3", Outcome.FAILED),
    ],
)
def test_what_the_machine_lacks_is_no_failure(last_words: str, outcome: Outcome) -> None:
    """A trader that dies for lack of memory or disk says nothing of its version; one that panics does."""
    for error in (SubjectDied("submit", -6, last_words), SubjectHung("submit", 5, last_words)):
        found, _, reason = classify(error)

        assert found is outcome
        assert last_words in reason
