"""A case that goes wrong while the machine stands still is run again: only what a machine that runs shows counts.

Deadlines run on meanwhile, so that what comes late says nothing of the version. A defect does not hide behind that: the
last run counts whatever the machine did, and on a machine that runs a case is run once.
"""

from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from conformance.history.further import disturbed_path
from conformance.plugin.fixtures import HISTORY, STOOD_STILL
from conformance.plugin.options import options_of
from conformance.plugin.outcomes import begun_anew, is_as_expected
from conformance.plugin.selection import case_of
from conformance.plugin.showing import runs_nothing

#: How often a case is run again at most. On a machine that stands still three times in a row no run decides anything.
MOST = 2
_LIMIT = pytest.StashKey[Any]()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: object) -> None:
    """Remember the time limit of a case, as pytest-timeout has it: each run of the case has it to itself."""
    item.stash[_LIMIT] = settings


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a case, again where the machine disturbed it, and report its last run alone.

    Only on the simulator: elsewhere a further run costs money, or replays what it was.
    """
    if case_of(item) is None or runs_nothing(item.config) or options_of(item.config).world != "simulator":
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for _ in range(MOST):
        if is_as_expected(item) or not item.stash.get(STOOD_STILL, False):
            break
        _put_aside(item)
        begun_anew(item)
        _has_its_time_again(item)
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _put_aside(item: pytest.Item) -> None:
    """Keep the history of a run that does not count, for who wants to know what the machine did to it."""
    path = item.stash.get(HISTORY, None)
    if path is not None and path.is_file():
        kept = disturbed_path(path)
        kept.parent.mkdir(exist_ok=True)
        path.replace(kept)


def _has_its_time_again(item: pytest.Item) -> None:
    """Begin the time limit of a case anew, where it has one."""
    if (settings := item.stash.get(_LIMIT, None)) is not None:
        item.config.hook.pytest_timeout_cancel_timer(item=item)
        item.config.hook.pytest_timeout_set_timer(item=item, settings=settings)
