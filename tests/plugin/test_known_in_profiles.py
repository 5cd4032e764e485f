"""What is known of a defect in one profile: it holds in that one and in those of a firm's own that extend it."""

import pytest

from conformance.verdict.outcomes import Outcome
from tests.plugin.test_plugin import REJECTED, UNKNOWN_FATE, defect
from tests.support.pytest_runs import run

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    ("extends", "expected"), [("checks", True), ("default", False), (None, False)], ids=["checks", "default", "none"]
)
def test_a_record_of_one_profile_holds_in_those_that_extend_it(
    cases: pytest.Pytester, extends: str | None, expected: bool
) -> None:
    """A desk whose profile extends `checks` has the known failures of `checks`; nobody else has."""
    desk = cases.path / "desk.toml"
    desk.write_text('about = "A desk."\n' + (f'extends = "{extends}"\n' if extends else ""))
    known = defect(cases, REJECTED, more="profiles: [checks]\n")

    result, results = run(cases, UNKNOWN_FATE, "--defects", known, "--profile", str(desk), version="1.0.0+rejecting")

    assert results.cases["AAA-020"].outcome is Outcome.FAILED
    assert results.cases["AAA-020"].expected is expected
    assert (result.ret == 0) is expected
