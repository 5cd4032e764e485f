"""Measured durations as pytest-benchmark takes them: a timer that returns them round after round."""

from collections.abc import Sequence

from pytest_benchmark.fixture import BenchmarkFixture


class Replay:
    """A clock in seconds for pytest-benchmark: between two readings exactly the next measured duration has passed.

    pytest-benchmark reads its timer before and after each round, so that its statistics, table, JSON and comparison
    are those of the measurement, which happened between two processes where no benchmark can reach.
    """

    def __init__(self) -> None:
        self._left: list[float] = []
        self._running = False

    def __call__(self) -> float:
        """Return the start of a round, then its end, in turns."""
        self._running = not self._running
        return 0.0 if self._running else self._left.pop(0)

    def into(self, benchmark: BenchmarkFixture, durations_ns: Sequence[int]) -> None:
        """Let the benchmark, whose timer this is, see these durations, each as one round."""
        self._left = [ns / 1e9 for ns in durations_ns]
        benchmark.pedantic(_nothing, rounds=len(durations_ns))  # type: ignore[no-untyped-call]


def _nothing() -> None:
    """Stand for what was measured elsewhere."""
