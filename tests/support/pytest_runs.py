"""The plugin run as pytest inside pytest, on a subject that is a stand-in."""

import pytest

from conformance.verdict.results import Results, read_results

CONFTEST = """
import pytest_asyncio
from conformance.subject.installations import Installation
from tests.plugin.stand_in import StandInSubject

def pytest_configure(config):
    version = config.getoption("--nautilus")
    if version:
        config.conformance_installation = StandInSubject(version).installation
        config.conformance_version = version

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def subject(request):
    return StandInSubject(request.config.getoption("--nautilus"))
"""

PASSING = '''
from conformance.kit import case, limit

@case("AAA-010", rule="New Order")
async def test_accepted(trader, market):
    """An order MUST be accepted."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
'''


def run(cases: pytest.Pytester, source: str, *options: str, version: str = "1.0.0") -> tuple[pytest.RunResult, Results]:
    """Run cases in a process of their own and return what pytest said and the results file."""
    cases.makepyfile(test_cases=source)
    nowhere = "" if "--defects" in options else "--defects=none"
    result = cases.runpytest_subprocess(
        "--nautilus", version, "--conformance-results", "results.jsonl", *filter(None, [nowhere]), *options, timeout=60
    )
    return result, read_results(cases.path / "results.jsonl")
