"""One measurement: pytest with the latency room's plugin in a process of its own, followed by what it writes."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.latency.measurement import Measurement, StoredMeasurementError, read_measurement, rounds_written
from conformance.latency.rounds import rounds_for
from conformance.running import lifeline
from conformance.running.errors import RunError
from conformance.running.progress import Steps
from conformance.running.pytest_process import POLL_S, PytestProcess, last_words, python_pytest
from conformance.running.subjects import Subjects, make_ready
from conformance.subject.errors import describe_exit

#: A round takes two seconds; one that has no news for so long hangs.
STALLED_S = 120.0
_ROOM = Path(__file__).resolve().parents[1] / "latency"
_COLUMNS = "min,median,mean,stddev,iqr,outliers,max,rounds"


class MeasuringError(RunError):
    """A measurement that did not come to its end; the message has the last lines of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure: versions, orders of each kind and version, and the folder for everything written."""

    measured: str
    against: str | None
    samples: int
    folder: Path
    python: str | None = None
    """The Python of both; None is the newest here that each has a wheel for."""
    index: str | None = None
    """The index from which the measured version is installed."""

    @property
    def stored(self) -> Path:
        """Where the measurement is written."""
        return self.folder / "measurement.jsonl"

    @property
    def benchmark(self) -> Path:
        """Where pytest-benchmark writes its own JSON."""
        return self.folder / "benchmark.json"

    @property
    def log(self) -> Path:
        """Where pytest's output goes."""
        return self.folder / "pytest.log"


def pytest_command(plan: Plan) -> list[str]:
    """Return the command that measures; the plan's fields become options of the latency room's plugin."""
    command = [*python_pytest(), str(_ROOM / "test_order_latency.py"), "-x", "-q", "-p", lifeline.__name__]
    # What an installed suite has no pyproject.toml for, and what must not run beside a measurement.
    command += ["-p", "conformance.latency.plugin", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-p", "no:hypothesispytest"]
    command += ["--latency-measured", plan.measured, "--latency-samples", str(plan.samples)]
    for flag, value in (("against", plan.against), ("python", plan.python), ("index", plan.index)):
        command += [f"--latency-{flag}", value] if value is not None else []
    command += ["--latency-results", str(plan.folder.absolute())]
    return [*command, f"--benchmark-json={plan.benchmark.absolute()}", f"--benchmark-columns={_COLUMNS}"]


def measure(
    plan: Plan, on_round: Callable[[int], None], commander: Callable[[Plan], Sequence[str]] = pytest_command
) -> Measurement:
    """Measure, telling how many rounds are done whenever that changes; whatever happens, nothing is left running.

    Raises `MeasuringError` when pytest fails, hangs, or leaves no whole measurement.
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    for earlier in (plan.stored, plan.benchmark):
        # What an earlier measurement left here must never be taken for the result of this one.
        earlier.unlink(missing_ok=True)
    process = PytestProcess(commander(plan), plan.log)
    try:
        _follow(process, plan, on_round)
    finally:
        process.stop()
    if process.exit_code:
        raise MeasuringError(f"pytest ended with {describe_exit(process.exit_code)}{last_words(plan.log)}")
    try:
        return read_measurement(plan.stored)
    except StoredMeasurementError as error:
        raise MeasuringError(f"{error}{last_words(plan.log)}") from error


def measure_versions(asked: Plan, subjects: Subjects, steps: Steps) -> tuple[Plan, Measurement]:
    """Make the versions ready and measure them, showing how far it is; return the plan with exact versions.

    Raises `ProvisionError` and `MeasuringError`.
    """
    wanted = {"measured": asked.measured} | ({"against": asked.against} if asked.against is not None else {})
    exact = make_ready(subjects, wanted, steps, python=asked.python, indexes={"measured": asked.index})
    plan = replace(asked, measured=exact["measured"], against=exact.get("against"))
    step = f"measuring {' and '.join(exact.values())}"
    rounds = rounds_for(plan.samples) * len(exact)
    steps.begin(step, rounds)
    measurement = measure(plan, lambda done: steps.done(step, done, f"round {min(done + 1, rounds)}"))
    steps.end(step)
    return plan, measurement


def show_benchmark(plan: Plan) -> None:
    """Let pytest-benchmark print its own table of the measurement."""
    command = [sys.executable, "-P", "-m", "pytest_benchmark", "compare", str(plan.benchmark), "--group-by=group"]
    command += [f"--columns={_COLUMNS}", "--sort=fullname", "--name=short", "--time-unit=ms"]
    # pytest-benchmark notes on stderr that its default storage folder is empty, which it is.
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def _follow(process: PytestProcess, plan: Plan, on_round: Callable[[int], None]) -> None:
    rounds = 0
    while process.exit_code is None:
        time.sleep(POLL_S)
        written = rounds_written(plan.stored)
        if written != rounds:
            rounds = written
            process.has_news()
            on_round(rounds)
        if process.silent_s > STALLED_S:
            raise MeasuringError(f"no round ended within {STALLED_S:g} s, so it was stopped{last_words(plan.log)}")
