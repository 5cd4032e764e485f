"""The measurement as pytest runs it: turns, options, and a benchmark that says what was measured."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.latency.rounds import ORDERS_A_ROUND, orders_in, rounds_for

MODULE = Path(__file__).parents[2] / "conformance" / "latency" / "test_order_latency.py"
RECORDED = """
import pytest
from conformance.latency.benchmarks import record

@pytest.mark.benchmark(group="a series")
def test_one(benchmark):
    record(benchmark, [1_000_000, 2_500_000, 7_000])
"""


def pytest_run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run pytest in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += ["-p", "no:hypothesispytest", *arguments]
    # pytest-benchmark measures nothing where it is told of workers, of which the outer pytest may be one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_versions_take_turns(tmp_path: Path) -> None:
    """A B A B: both are disturbed alike; the benchmarks come last, when every round is done."""
    options = ["--latency-measured", "1.231.0", "--latency-against", "1.226.0", "--latency-samples", "60"]

    ended = pytest_run(
        "-p", "conformance.latency.plugin", "-o", "asyncio_mode=auto", "--collect-only", str(MODULE), *options,
        folder=tmp_path,
    )  # fmt: skip

    found = [line.partition("[")[2].rstrip("]") for line in ended.stdout.splitlines() if "[" in line]
    assert found[:4] == ["1-measured", "1-against", "2-measured", "2-against"], ended.stdout + ended.stderr
    assert found[4:6] == ["market/submit-to-request/1.231.0", "market/submit-to-request/1.226.0"]
    assert len(found) == 4 + 2 * 6


def test_a_measurement_needs_a_subject(tmp_path: Path) -> None:
    """Without a version nothing is collected, and the remedy is named."""
    ended = pytest_run("-p", "conformance.latency.plugin", str(MODULE), folder=tmp_path)

    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    assert "which NautilusTrader? Give --latency-measured VERSION" in ended.stderr


def test_a_benchmark_says_what_was_measured(tmp_path: Path) -> None:
    """pytest-benchmark's own statistics and JSON are of the measured durations, and of nothing that it timed itself."""
    (tmp_path / "test_recorded.py").write_text(RECORDED, encoding="utf-8")

    ended = pytest_run("test_recorded.py", "--benchmark-json=benchmark.json", folder=tmp_path)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    [benchmark] = json.loads((tmp_path / "benchmark.json").read_text(encoding="utf-8"))["benchmarks"]
    assert benchmark["stats"]["data"] == pytest.approx([0.001, 0.0025, 0.000007])
    assert (benchmark["stats"]["rounds"], benchmark["stats"]["max"]) == (3, pytest.approx(0.0025))
    assert "benchmark 'a series': 1 tests" in ended.stdout


@pytest.mark.parametrize("samples", [1, ORDERS_A_ROUND, ORDERS_A_ROUND + 1, 400, 1000])
def test_the_rounds_send_all_samples_and_no_round_too_many(samples: int) -> None:
    """Every sample has its round, and no round reaches a limiter."""
    sent = [orders_in(number, samples) for number in range(1, rounds_for(samples) + 1)]

    assert sum(sent) == samples
    assert max(sent) <= ORDERS_A_ROUND
    assert max(sent) - min(sent) <= 1
