"""The order in which several workers run the cases: those that wait their deadlines out never all at once, nor last."""

from collections import deque
from collections.abc import Callable, Sequence

import pytest
from packaging.version import InvalidVersion

from conformance.plugin.fixtures import profile_of
from conformance.plugin.options import options_of
from conformance.plugin.selection import DEFECTS, case_of

#: The part of a worker's share over which its slow cases lie: what comes after them evens out when the workers end.
_SLOW_WITHIN = 0.9


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spread the known failures over each worker's share.

    Most of them wait for what never comes, up to a deadline: where many meet no core has work, and one that begins when
    all others are done holds up the run.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1 and (slow := _known_failures(config, items)):
        items[:] = spread(items, lambda item: item.nodeid in slow, workers)


def _known_failures(config: pytest.Config, items: Sequence[pytest.Item]) -> frozenset[str]:
    """Return the node ids of the cases that are on record as failing in this run."""
    options = options_of(config)
    nodes = {case.id: item.nodeid for item in items if (case := case_of(item)) is not None}
    if DEFECTS not in config.stash:
        return frozenset()
    try:
        known = config.stash[DEFECTS].failing(nodes, options.nautilus, options.world, profile_of(config).like)
    except InvalidVersion:  # `newest`, say: only the controlling process knows yet which that is
        return frozenset()
    return frozenset(nodes[case_id] for case_id in known)


def spread[T](items: Sequence[T], slow: Callable[[T], bool], workers: int) -> list[T]:
    """Return the items in consecutive shares, each a cross-section of all, its slow items early in it and apart.

    Each share goes through the items from another place on, so that the workers are busy with different kinds at a
    time. pytest-xdist's `worksteal` begins with a share of consecutive items for each worker, and takes what it moves
    later from the end of one.
    """
    waiting = _dealt([each for each in items if slow(each)], workers)
    quick = _dealt([each for each in items if not slow(each)], workers)
    ordered: list[T] = []
    for left in range(workers, 0, -1):
        size = (len(waiting) + len(quick)) // left
        number = len(waiting) * size // max(1, len(waiting) + len(quick))
        step = max(1.0, size * _SLOW_WITHIN / max(1, number))
        places = {int(nth * step) for nth in range(number)}
        ordered += [(waiting if place in places else quick).popleft() for place in range(size)]
    return ordered


def _dealt[T](items: Sequence[T], workers: int) -> deque[T]:
    """Return what each worker gets when they are dealt in turn, one after the other."""
    dealt = deque[T]()
    for worker in range(workers):
        share = deque(items[worker::workers])
        share.rotate(-len(share) * worker // workers)
        dealt += share
    return dealt
