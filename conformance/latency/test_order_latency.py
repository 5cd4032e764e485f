"""The measurement itself, as pytest runs it: rounds in turns, then every series as a benchmark.

Not one of the suite's own tests: `conformance latency` runs it, with the plugin beside it.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from conformance.latency.benchmarks import record
from conformance.latency.distribution import Distribution
from conformance.latency.intervals import Series
from conformance.latency.measurement import MeasurementWriter, Role
from conformance.latency.rounds import measure_round
from conformance.subject.subject import Subject


@pytest.mark.asyncio(loop_scope="session")
async def test_round(
    *,
    number: int,
    role: Role,
    orders: int,
    subjects: Mapping[Role, Subject],
    writer: MeasurementWriter,
    pytestconfig: pytest.Config,
) -> None:
    """Every order of a round reaches its state, and its way there is measured."""
    for subject in subjects.values():
        # A 2.x trader leaves its successor starting up: all of them idle before anything is measured.
        await subject.start()
    histories: Path = pytestconfig.getoption("--latency-results") / "histories"
    writer.write(await measure_round(subjects[role], role, number, orders, histories))


def test_order(series: Series, role: Role, writer: MeasurementWriter, benchmark: BenchmarkFixture) -> None:
    """The durations of a series are a benchmark, with HdrHistogram's percentiles beside it."""
    durations = writer.so_far().durations(role, series)
    if not durations:
        pytest.skip("every event came before its frame, so there is nothing to measure: take more with --samples")
    distribution = Distribution(durations)
    benchmark.extra_info = {"percentiles_ns": distribution.percentiles(), "hdrhistogram": distribution.encoded}
    record(benchmark, durations)
