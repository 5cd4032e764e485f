"""A version that cannot start, run as pytest inside pytest."""

from pathlib import Path

import pytest

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import read_results
from tests.support.forked_pytest import forked_pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import pytest_asyncio
from pathlib import Path
from tests.plugin.stand_in import StandInSubject
from conformance.subject.errors import SubjectHung

class Hanging(StandInSubject):
    async def start(self):
        with Path("starts").open("a") as file:
            file.write("x")
        raise SubjectHung("hello", 30.0, "importing")

def pytest_configure(config):
    config.conformance_installation = StandInSubject("1.0.0").installation
    config.conformance_version = "1.0.0"

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def subject(request):
    return Hanging("1.0.0")
"""
CASES = "from conformance.kit import case\n" + "".join(
    f'''
@case("AAA-0{number}", rule="New Order")
async def test_{number}(trader):
    """An order MUST be accepted."""
'''
    for number in range(10, 70, 10)
)


def test_no_case_waits_once_it_is_known_that_the_subject_does_not_start(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """Three of six cases wait for the subject, twice each; the others fail at once with one and the same signature."""
    pytester.makeconftest(CONFTEST)
    pytester.makeini(
        "[pytest]\naddopts = -p no:hypothesispytest\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function"
    )
    pytester.makepyfile(CASES)
    results = tmp_path / "results.jsonl"

    forked_pytest(pytester, "-p", "conformance.plugin", "--nautilus", "1.0.0", "--conformance-results", str(results))

    cases = list(read_results(results).cases.values())
    assert {case.outcome for case in cases} == {Outcome.FAILED}
    assert (pytester.path / "starts").read_text() == "x" * 6
    assert {case.signature for case in cases[3:]} == {"SubjectDoesNotStart: the subject does not start"}
