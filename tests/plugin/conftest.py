"""A folder of cases whose subject is the stand-in."""

import pytest

from tests.support.pytest_runs import CONFTEST


@pytest.fixture
def cases(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder of cases whose subject is the stand-in."""
    pytester.makeconftest(CONFTEST)
    pytester.makeini(
        "[pytest]\naddopts = -p no:hypothesispytest\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function"
    )
    (pytester.path / "none").mkdir()
    return pytester
