"""The plugin run as pytest inside pytest, on a subject that is a stand-in."""

import pytest

from conformance.verdict.results import Results, read_results
from tests.support.forked_pytest import forked_pytest

CONFTEST = """
import pytest_asyncio
from conformance.subject.installations import Installation
from tests.plugin.stand_in import StandInSubject

def pytest_configure(config):
    version = config.getoption("--nautilus")
    if version:
        config.conformance_installation = StandInSubject(version).installation
        config.conformance_version = version
    if kept_by := config.getoption("--kept-by", None):
        config.conformance_kept_by = StandInSubject(kept_by).installation

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

UNKNOWN_FATE = '''
from conformance.kit import case, limit

@case("AAA-020", rule="503")
async def test_unknown(trader, market, faults):
    """An order of unknown fate MUST NOT be rejected."""
    faults.answer("POST /fapi/v1/order", 503, {"code": -1000, "msg": "Unknown error"}, processed=True)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
'''
REJECTED = "LIMIT ended REJECTED (-1000), required ACCEPTED"


def defect(cases: pytest.Pytester, signature: str, case_id: str = "AAA-020", more: str = "") -> str:
    """Write a folder with one defect, of AAA-020, and return its path; `more` are further lines of it."""
    folder = cases.path / "known"
    folder.mkdir()
    (folder / "a-defect.yaml").write_text(
        f"summary: known\nupstream: '#4215'\nversions: '>=1.0'\n{more}cases:\n  {case_id}: {signature!r}\n"
    )
    return str(folder)


def run(cases: pytest.Pytester, source: str, *options: str, version: str = "1.0.0") -> tuple[pytest.RunResult, Results]:
    """Run cases in a process of their own and return what pytest said and the results file."""
    cases.makepyfile(test_cases=source)
    nowhere = "" if "--defects" in options else "--defects=none"
    result = forked_pytest(
        cases, "--nautilus", version, "--conformance-results", "results.jsonl", *filter(None, [nowhere]), *options
    )
    return result, read_results(cases.path / "results.jsonl")
