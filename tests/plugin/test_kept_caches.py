"""Cases whose traders keep what they know: what the run has to give them, and what they are without it."""

import pytest

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import KEPT_BY
from conformance.worlds.cache_database import VARIABLE
from tests.support.forked_pytest import forked_pytest
from tests.support.pytest_runs import PASSING, REJECTED, UNKNOWN_FATE, defect, run

pytest_plugins = ["pytester"]

KEEPING = UNKNOWN_FATE.replace('rule="503"', 'rule="503", needs=["cache_database"]')


def test_case_without_its_cache_database_proves_nothing(
    cases: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a cache database a case that needs one is `unsupported`, and no defect of it is called wrong."""
    monkeypatch.delenv(VARIABLE, raising=False)
    result, results = run(cases, PASSING + KEEPING, "--defects", defect(cases, REJECTED))
    assert result.ret == 0
    assert results.cases["AAA-020"].outcome is Outcome.UNSUPPORTED
    assert "--cache-database HOST:PORT" in (results.cases["AAA-020"].reason or "")
    assert "redis" not in results.header.versions


@pytest.mark.parametrize("given", ["option", "variable"])
def test_case_gets_its_cache_database(
    cases: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, redis: str, given: str
) -> None:
    """By option or variable: the trader is told where to keep its cache, and the results say what kept it."""
    monkeypatch.delenv(VARIABLE, raising=False)
    if given == "variable":
        monkeypatch.setenv(VARIABLE, redis)
    result, results = run(cases, KEEPING, *(["--cache-database", redis] if given == "option" else []))
    assert result.ret == 0
    assert results.cases["AAA-020"].outcome is Outcome.PASSED
    assert results.header.versions["redis"]
    history = results.history_of("AAA-020")
    assert history is not None
    assert f'"cache_database":"{redis}"' in history.read_text()


UPGRADED = KEEPING.replace('needs=["cache_database"]', 'needs=["cache_database", "kept_by_1x"]')


@pytest.mark.parametrize(("kept_by", "outcome"), [(None, Outcome.UNSUPPORTED), ("1.0.0", Outcome.PASSED)])
def test_case_about_an_upgrade_needs_the_version_before(
    cases: pytest.Pytester, redis: str, kept_by: str | None, outcome: Outcome
) -> None:
    """Without `--kept-by` it is `unsupported` and names the option; the results say which version it was."""
    given = [] if kept_by is None else ["--kept-by", kept_by]
    result, results = run(cases, PASSING + UPGRADED, "--cache-database", redis, *given)
    assert result.ret == 0
    assert results.cases["AAA-020"].outcome is outcome
    assert ("--kept-by" in (results.cases["AAA-020"].reason or "")) is (kept_by is None)
    assert results.header.versions.get(KEPT_BY) == kept_by


def test_cache_database_that_does_not_answer_is_wrong_usage(cases: pytest.Pytester) -> None:
    """A run whose cache database is not there does not begin."""
    cases.makepyfile(test_cases=KEEPING)
    result = forked_pytest(cases, "--nautilus", "1.0.0", "--cache-database", "127.0.0.1:1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*cache database 127.0.0.1:1 cannot be reached*"])
