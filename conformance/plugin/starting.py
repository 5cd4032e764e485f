"""A version that cannot start: after three cases that died or hung at its start, no further case tries."""

import pytest

from conformance.plugin.selection import case_of
from conformance.subject.starting import Starts

_STARTS = pytest.StashKey[Starts]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail at once where the subject is known not to start."""
    if case_of(item) is not None:
        item.config.stash.setdefault(_STARTS, Starts()).confirm_possible()


# pytest asks no other once it has a report.
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Take in how a case's setup or call ended; a setup that went well shows nothing yet."""
    error = None if call.excinfo is None else call.excinfo.value
    if case_of(item) is not None and (call.when == "call" or error is not None):
        item.config.stash.setdefault(_STARTS, Starts()).ended(error)
