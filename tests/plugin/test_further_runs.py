"""Further runs: each case again in the same process, of which only the first run counts."""

import pytest

from conformance.history.further import further_runs
from conformance.history.history import History
from conformance.verdict.outcomes import Outcome
from tests.support.pytest_runs import PASSING, run

pytest_plugins = ["pytester"]


def test_further_runs_leave_their_histories(cases: pytest.Pytester) -> None:
    """A case that is run three times has one result, and three whole histories that differ."""
    result, results = run(cases, PASSING, "--runs-of-each", "3")

    assert result.ret == 0
    result.assert_outcomes(passed=1)
    assert results.cases["AAA-010"].outcome is Outcome.PASSED
    first = results.history_of("AAA-010")
    assert first is not None
    further = list(further_runs(first))
    assert [path.parent.name for path in further] == ["run-2", "run-3"]
    assert len({next(iter(History.read(path))).ns for path in (first, *further)}) == 3


def test_one_run_leaves_one_history(cases: pytest.Pytester) -> None:
    """Without the option a case is run once."""
    _, results = run(cases, PASSING)

    first = results.history_of("AAA-010")
    assert first is not None
    assert list(further_runs(first)) == []


def test_no_number_is_wrong_usage(cases: pytest.Pytester) -> None:
    """How often is a number from 1."""
    cases.makepyfile(test_cases=PASSING)
    result = cases.runpytest("--nautilus", "1.0.0", "--runs-of-each", "often", "-p", "conformance.plugin")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'often': expected how often, such as 5*"])
