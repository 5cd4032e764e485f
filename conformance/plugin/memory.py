"""The garbage collector of a process that runs cases: it stays out of the contract, which lives as long as the run."""

import gc

import pytest

#: So many new objects make the collector look, of which a case makes several hundred thousand.
_ALLOCATIONS = 20_000
_USUAL = gc.get_threshold()


def begins_after_collection() -> None:
    """Turn the collector off: what is loaded and collected from here on stays."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Turn the collector on for what cases make.

    The contract stays in memory to the end: the collector need not go through it again during every case, nor often
    through what a case makes, of which next to nothing refers to itself.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 20)
    gc.enable()


def pytest_unconfigure() -> None:
    """Leave the collector as it was to a process that goes on, also where nothing was collected."""
    gc.set_threshold(*_USUAL)
    gc.enable()
