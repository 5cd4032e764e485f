"""Measured durations as a benchmark of pytest-benchmark, with its statistics, table, JSON and comparison."""

from collections.abc import Sequence

from pytest_benchmark.fixture import BenchmarkFixture


def record(benchmark: BenchmarkFixture, durations_ns: Sequence[int]) -> None:
    """Have the benchmark hold these durations, each as one round.

    It times calls. Here there is no call to time: an order's way begins in one process and ends in
    another, and its duration is the difference of two entries of a history. So it times nothing, and is given them.
    """
    benchmark.pedantic(_nothing)  # type: ignore[no-untyped-call]
    assert benchmark.stats is not None, "pytest-benchmark is disabled, as it is beside pytest-xdist's workers"
    benchmark.stats.stats.data[:] = [ns / 1e9 for ns in durations_ns]


def _nothing() -> None:
    """Make the benchmark one that has run."""
