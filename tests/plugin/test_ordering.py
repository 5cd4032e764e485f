"""The order of the cases among several workers: known failures apart, early and evenly dealt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.plugin.ordering import spread
from tests.plugin.test_plugin import REJECTED, UNKNOWN_FATE, defect
from tests.support.pytest_runs import run

pytest_plugins = ["pytester"]

_ROWS = st.lists(st.booleans(), max_size=60)


def _shares(ordered: list[int], workers: int) -> list[list[int]]:
    """Return what `worksteal` gives each worker at first."""
    shares, left = [], list(ordered)
    for others in range(workers, 0, -1):
        size = len(left) // others
        shares.append(left[:size])
        left = left[size:]
    return shares


@given(slow=_ROWS, workers=st.integers(1, 9))
def test_every_case_is_run_once(slow: list[bool], workers: int) -> None:
    """Whatever is slow, and however many workers there are, no case is lost and none comes twice."""
    assert sorted(spread(range(len(slow)), slow.__getitem__, workers)) == list(range(len(slow)))


@given(slow=_ROWS, workers=st.integers(1, 9))
def test_the_workers_share_the_slow_cases(slow: list[bool], workers: int) -> None:
    """No worker begins with two slow cases more than another, beside the one that makes its share longer."""
    shares = _shares(spread(range(len(slow)), slow.__getitem__, workers), workers)
    counts = [sum(slow[each] for each in share) for share in shares]
    assert max(counts) - min(counts) <= 2


@given(slow=_ROWS, workers=st.integers(1, 4))
def test_a_share_does_not_end_with_a_slow_case(slow: list[bool], workers: int) -> None:
    """A share that is mostly quick ends with a quick case: a slow one there would hold up the run alone."""
    for share in _shares(spread(range(len(slow)), slow.__getitem__, workers), workers):
        if len(share) >= 5 and sum(slow[each] for each in share) * 2 <= len(share):
            assert not slow[share[-1]]


def test_known_failures_begin_first(cases: pytest.Pytester) -> None:
    """The last case of a file is on record as failing: with two workers it is among the first that end."""
    quick = "".join(
        f'@case("BBB-{number:03}", rule="New Order")\n'
        f'async def test_{number}(trader, market):\n    """An order MUST be accepted."""\n\n'
        for number in range(10, 22)
    )
    source = f"from conformance.kit import case, limit\n\n{quick}\n{UNKNOWN_FATE}"

    options = ("-n", "2", "--dist", "worksteal", "--defects", defect(cases, REJECTED))
    _, results = run(cases, source, *options, version="1.0.0+rejecting")

    assert len(results.cases) == 13
    assert "AAA-020" in list(results.cases)[:6]
