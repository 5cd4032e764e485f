"""The command: how a measurement is started, followed and ended, and what its end means."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli import cli
from conformance.running import measuring, subjects
from conformance.running.measuring import MeasuringError, Plan, measure, pytest_command
from tests.support.fake_subjects import FakeSubjects


def plan(folder: Path, against: str | None = None) -> Plan:
    """Return a plan whose files lie in `folder`."""
    return Plan(measured="1.231.0", against=against, samples=100, folder=folder)


def ending(how: str) -> Callable[[Plan], Sequence[str]]:
    """Return a commander whose process ends as told."""

    def command(asked: Plan) -> list[str]:
        versions = [asked.measured, *([asked.against] if asked.against else [])]
        return [sys.executable, "-m", "tests.latency.fake_measurement", str(asked.stored.absolute()), how, *versions]

    return command


def invoke(monkeypatch: pytest.MonkeyPatch, how: str, *arguments: str) -> Result:
    """Run `conformance latency` with versions that are always ready and a measurement that ends as told."""
    monkeypatch.setattr(subjects, "real_subjects", FakeSubjects)
    monkeypatch.setattr(measuring, "measure", lambda asked, on_round: measure(asked, on_round, ending(how)))
    monkeypatch.setattr(measuring, "show_benchmark", lambda asked: None)
    return CliRunner().invoke(cli, ["latency", *arguments])


def test_pytest_is_told_everything(tmp_path: Path) -> None:
    """Both versions, the samples and the folder reach the plugin; pytest-benchmark writes its own JSON."""
    command = pytest_command(plan(tmp_path, against="1.226.0"))

    assert command[command.index("--latency-measured") + 1] == "1.231.0"
    assert command[command.index("--latency-against") + 1] == "1.226.0"
    assert command[command.index("--latency-samples") + 1] == "100"
    assert f"--benchmark-json={tmp_path / 'benchmark.json'}" in command
    assert "--latency-against" not in pytest_command(plan(tmp_path))
    placed = pytest_command(replace(plan(tmp_path), python="3.13", index="https://example.org/simple"))
    assert placed[placed.index("--latency-python") + 1] == "3.13"
    assert placed[placed.index("--latency-index") + 1] == "https://example.org/simple"


def test_rounds_are_followed_to_the_end(tmp_path: Path) -> None:
    """The whole measurement comes back."""
    found = measure(plan(tmp_path, against="1.226.0"), lambda done: None, ending("whole"))

    assert len(found.rounds) == 4


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("failed", r"exit code 1\n    the end of .*pytest.log:\n.*LATENCY-1 stayed SUBMITTED"),
        ("cut", "has no footer after 2 rounds"),
    ],
)
def test_a_measurement_that_did_not_end_is_broken(tmp_path: Path, how: str, message: str) -> None:
    """Half a measurement is none, and the log's last lines say why."""
    with pytest.raises(MeasuringError, match=message):
        measure(plan(tmp_path), lambda done: None, ending(how))


def test_one_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A measurement without news for long enough is ended, with all it started; what was done is known."""
    monkeypatch.setattr(measuring, "STALLED_S", 5.0)
    seen: list[int] = []

    with pytest.raises(MeasuringError, match=r"no round ended within 5 s[^?]*waiting for nothing"):
        measure(plan(tmp_path), seen.append, ending("hung"))

    assert seen == [1]


def test_ctrl_c_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt while a round runs ends the process before it goes on its way."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remembered(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    def interrupt(_done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", remembered)
    with pytest.raises(KeyboardInterrupt):
        measure(plan(tmp_path), interrupt, ending("hung"))

    assert started[0].returncode is not None


def test_an_earlier_measurement_is_never_taken_for_this_one(tmp_path: Path) -> None:
    """What lies in the folder is removed before anything runs."""
    measure(plan(tmp_path), lambda done: None, ending("whole"))

    with pytest.raises(MeasuringError, match="cannot be read"):
        measure(plan(tmp_path), lambda done: None, lambda asked: [sys.executable, "-c", ""])
    assert not plan(tmp_path).benchmark.exists()


def test_the_command_reports_and_exits_by_the_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within all budgets it exits 0 and leaves the reports beside the measurement."""
    shown = invoke(monkeypatch, "whole", "--nautilus", "newest", "--against", "1.226.0", "--results", str(tmp_path))

    assert shown.exit_code == 0, shown.output
    assert "within all budgets, and not slower" in shown.output
    assert "1.231.0 against 1.226.0" in (tmp_path / "latency.md").read_text(encoding="utf-8")
    assert (tmp_path / "latency.json").is_file()


def test_a_budget_that_is_exceeded_exits_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another budgets file may be given; every round takes 1 ms here."""
    budgets = tmp_path / "budgets.yaml"
    budgets.write_text(
        "budgets:\n  - {orders: [limit], interval: frame-to-event, percentile: p50, limit_ms: 0.5, reason: strict}\n"
        "against: {factor: 2, percentiles: [p50], reason: none}\n",
        encoding="utf-8",
    )

    shown = invoke(monkeypatch, "whole", "--nautilus", "newest", "--budgets", str(budgets), "--results", str(tmp_path))

    assert shown.exit_code == 1
    assert "beyond its budget of 0.500 ms (0.5 ms; strict)" in shown.output


@pytest.mark.parametrize(
    ("how", "arguments", "code", "message"),
    [
        ("failed", ["--nautilus", "newest"], 2, "pytest ended with exit code 1"),
        ("whole", ["--nautilus", "unreachable"], 3, "no route to host"),
        ("whole", ["--nautilus", "latest"], 4, "there is none of that name"),
        ("whole", ["--nautilus", "newest", "--samples", "3"], 4, "x>=20"),
        ("whole", ["--nautilus", "newest", "--budgets", "nowhere.yaml"], 4, "cannot be read"),
    ],
)
def test_every_other_end_has_its_code(
    *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, arguments: list[str], code: int, message: str
) -> None:
    """What is not a verdict is never 0 or 1, and says what happened."""
    shown = invoke(monkeypatch, how, *arguments, "--results", str(tmp_path))

    assert shown.exit_code == code
    assert message in shown.output
