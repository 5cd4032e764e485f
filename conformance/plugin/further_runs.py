"""Further runs of each case in the same process, for what is compared over several: only the first run counts.

They leave their histories and nothing else. Starting pytest for each of them would take longer than the cases.
"""

from collections.abc import Generator

import pytest
from _pytest.runner import runtestprotocol

from conformance.history.further import further_path
from conformance.plugin.fixtures import HISTORY
from conformance.plugin.options import options_of
from conformance.plugin.selection import case_of
from conformance.plugin.showing import runs_nothing


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object | None, object | None]:
    """After a case has been run and reported, run it again as often as was asked.

    Outermost, so that the time limit of a case holds for its first run alone.
    """
    done = yield
    if case_of(item) is None or runs_nothing(item.config) or HISTORY not in item.stash:
        return done
    for nth in range(2, int(options_of(item.config).runs) + 1):
        _again(item, nextitem, nth)
    return done


def _again(item: pytest.Item, nextitem: pytest.Item | None, nth: int) -> None:
    """Run a case once more, its history put aside as that of the n-th run, the first run's back in its place."""
    path = item.stash[HISTORY]
    first = path.with_name(f"{path.name}.first")
    path.rename(first)
    try:
        runtestprotocol(item, log=False, nextitem=nextitem)
        if path.is_file():
            kept = further_path(path, nth)
            kept.parent.mkdir(exist_ok=True)
            path.rename(kept)
    finally:
        first.rename(path)
