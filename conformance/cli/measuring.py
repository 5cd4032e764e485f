"""One measurement: pytest with the latency room's plugin in a process of its own, followed by what it writes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from conformance.cli.pytest_run import GRACE_S
from conformance.latency.measurement import Measurement, StoredMeasurementError, read_measurement, rounds_written

#: A round takes two seconds; one that has no news for so long hangs.
STALLED_S = 120.0
_POLL_S = 0.1
_ROOM = Path(__file__).resolve().parents[1] / "latency"
_COLUMNS = "min,median,mean,stddev,iqr,outliers,max,rounds"


class MeasuringError(RuntimeError):
    """A measurement that did not come to its end; the message has the last lines of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure: exact versions, orders of each kind and version, and the folder for everything written."""

    measured: str
    against: str | None
    samples: int
    folder: Path

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
    """Return the command that measures; what the plan names is what the latency room's plugin is told."""
    command = [sys.executable, "-m", "pytest", str(_ROOM / "test_order_latency.py"), "-x", "-q"]
    # What an installed suite has no pyproject.toml for, and what must not run beside a measurement.
    command += ["-p", "conformance.latency.plugin", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-p", "no:hypothesispytest"]
    command += ["--latency-measured", plan.measured, "--latency-samples", str(plan.samples)]
    if plan.against is not None:
        command += ["--latency-against", plan.against]
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
    with plan.log.open("wb") as log:
        # In a session of its own: Ctrl-C reaches it once, from `_stop`, and not twice.
        process = subprocess.Popen(commander(plan), stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            _follow(process, plan, on_round)
        finally:
            _stop(process)
    if process.returncode:
        raise MeasuringError(f"pytest ended with exit code {process.returncode}{_last_words(plan.log)}")
    try:
        return read_measurement(plan.stored)
    except StoredMeasurementError as error:
        raise MeasuringError(f"{error}{_last_words(plan.log)}") from error


def show_benchmark(plan: Plan) -> None:
    """Let pytest-benchmark print its own table of the measurement."""
    command = [sys.executable, "-m", "pytest_benchmark", "compare", str(plan.benchmark), "--group-by=group"]
    command += [f"--columns={_COLUMNS}", "--sort=fullname", "--name=short", "--time-unit=ms"]
    # pytest-benchmark notes on stderr that its default storage folder is empty, which it is.
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def _follow(process: subprocess.Popen[bytes], plan: Plan, on_round: Callable[[int], None]) -> None:
    rounds, news = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(_POLL_S)
        written = rounds_written(plan.stored)
        if written != rounds:
            rounds, news = written, time.monotonic()
            on_round(rounds)
        if time.monotonic() - news > STALLED_S:
            raise MeasuringError(f"no round ended within {STALLED_S:g} s, so it was stopped{_last_words(plan.log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask pytest to end as Ctrl-C would, then kill it and whatever it started."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_words(log: Path, lines: int = 15) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "".join(f"\n    {line}" for line in [f"the end of {log}:", *text[-lines:]])
