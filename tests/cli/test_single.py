"""`run` and `record`: one version, shown as it goes on, and the exit code read from its results."""

from collections.abc import Iterator
from pathlib import Path
from typing import Never

import pytest
from click.exceptions import Exit

from conformance.cli.ending import ending_well
from conformance.cli.single import repeat_and_exit, run_and_exit
from conformance.running.claiming import claimed
from conformance.running.errors import RunRefusedError
from conformance.running.options import RunOptions
from conformance.running.pytest_run import RunRequest
from conformance.running.replacing import kept_until_whole
from conformance.subject.errors import MachineUnfit
from conformance.verdict.decision import Decision
from tests.cli.test_command_line import CATALOGUE
from tests.support.fake_subjects import Cases, FakeSubjects, Scenario

ALL: Cases = {"ORDER-010": "P", "STOP-010": "P"}


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases, without collecting any."""
    monkeypatch.setattr("conformance.running.single.collect", lambda _folders=(): CATALOGUE)


def ran(folder: Path, cases: Cases, ending: str = "whole", pytest_args: tuple[str, ...] = ()) -> tuple[int, Scenario]:
    """Run by a scenario and return the exit code."""
    scenario = Scenario([], [(cases, ending)])
    options = RunOptions(nautilus="newest", results=folder / "run.jsonl")
    with pytest.raises(Exit) as ended, ending_well():
        run_and_exit(options, pytest_args=pytest_args, subjects=FakeSubjects(), commander=scenario)
    return ended.value.exit_code, scenario


@pytest.mark.parametrize(
    ("cases", "decision"),
    [
        (ALL, Decision.UPGRADE),
        ({"STOP-010": "F:-4120"}, Decision.REGRESSED),
        ({"STOP-010": "B"}, Decision.BROKEN),
        ({"STOP-010": "D"}, Decision.INCONCLUSIVE),
    ],
)
def test_the_exit_code_is_that_of_the_results(
    cases: Cases, decision: Decision, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the results file says decides, whatever the process exited with."""
    code, _ = ran(tmp_path, cases)

    assert code == decision
    out = capsys.readouterr().out
    assert f"exit code {int(decision)}" in out
    assert [line for line in out.splitlines() if "STOP-010" in line and " in the simulator world" in line] == []
    assert ("✗ 1.231.0 default: STOP-010 failed -4120" in out) is (decision is Decision.REGRESSED)


@pytest.mark.parametrize(
    ("cases", "looks"),
    [
        (ALL, False),
        ({"STOP-010": "K:-4120"}, False),
        ({"STOP-010": "B"}, False),
        ({"ORDER-010": "P", "STOP-010": "F:-4120"}, True),
    ],
)
def test_a_failure_that_is_news_has_the_machine_looked_at_again(
    cases: Cases, looks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A machine that ran short meanwhile makes such a run inconclusive: it has shown nothing of the version."""

    def unfit(_machine: object) -> Never:
        raise MachineUnfit("the machine ran short meanwhile", ["10 MB of memory are free"])

    monkeypatch.setattr("conformance.running.single.look_again", unfit)

    code, _ = ran(tmp_path, cases)

    assert (code == Decision.INCONCLUSIVE) is looks
    assert ("10 MB of memory are free" in capsys.readouterr().err) is looks


def test_results_and_log_lie_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run is told the exact version, and where results, histories and pytest's log go."""
    _, scenario = ran(tmp_path, ALL)

    (request,) = scenario.requests
    assert request.options.nautilus == "1.231.0"
    assert request.options.histories == tmp_path / "run-histories"
    assert request.log == tmp_path / "run.log"
    assert "pretending" not in capsys.readouterr().out


def test_pytest_arguments_show_pytests_own_output(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Who asks pytest for something sees what pytest answers."""
    _, scenario = ran(tmp_path, ALL, pytest_args=("-v",))

    assert scenario.requests[0].log is None
    assert "pretending to run 1.231.0" in capfd.readouterr().out


def test_a_run_that_pytest_cut_short_says_what_to_leave_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that was told to end at its first failure is not judged, and is told how it would be."""
    code, _ = ran(tmp_path, ALL, "cut", pytest_args=("-x",))

    assert code == Decision.BROKEN
    assert "leave that out" in capsys.readouterr().err


def test_the_default_results_file_names_version_and_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `--results`, runs of different versions do not overwrite each other."""
    monkeypatch.chdir(tmp_path)
    scenario = Scenario([], [(ALL, "usage")])

    with pytest.raises(RunRefusedError):
        run_and_exit(RunOptions(nautilus="newest"), subjects=FakeSubjects(), commander=scenario)

    assert scenario.requests[0].results == Path("results/1.231.0-simulator.jsonl")


@pytest.mark.parametrize(
    ("ending", "decision", "message"),
    [
        ("cut", Decision.BROKEN, "expected the footer"),
        ("usage", Decision.WRONG_USAGE, "wrong usage of pytest"),
    ],
)
def test_a_run_without_whole_results_is_no_result(
    ending: str, decision: Decision, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that was cut is a broken suite; pytest's own 4 is wrong usage of it."""
    code, _ = ran(tmp_path, ALL, ending)

    assert code == decision
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "subjects", "decision", "message"),
    [
        ("latest", FakeSubjects(), Decision.WRONG_USAGE, "the nearest is 1.231.0"),
        ("unreachable", FakeSubjects(), Decision.INCONCLUSIVE, "no route to host"),
        ("newest", FakeSubjects(broken=("1.231.0",)), Decision.INCONCLUSIVE, "no route to host"),
    ],
)
def test_a_subject_that_is_not_ready_is_not_run(
    version: str, subjects: FakeSubjects, decision: Decision, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown version is wrong usage; an environment that cannot be made is inconclusive."""
    scenario = Scenario([], [ALL])

    with pytest.raises(Exit) as ended, ending_well():
        run_and_exit(RunOptions(nautilus=version), subjects=subjects, commander=scenario)

    assert ended.value.exit_code == decision
    assert message in capsys.readouterr().err
    assert scenario.requests == []


def test_two_runs_never_share_a_results_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second one ends before it removes what the first is writing; beside it, it may run."""
    with claimed(tmp_path, "run.jsonl"):
        code, scenario = ran(tmp_path, ALL)
        with claimed(tmp_path, "another.jsonl"):
            pass

    assert code == Decision.WRONG_USAGE
    assert f"another run writes to {tmp_path / 'run.jsonl'} now" in capsys.readouterr().err
    assert scenario.requests == []
    assert not list(tmp_path.iterdir()), "a claim leaves nothing behind"


def test_repeated_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A case that does not do the same in every run is named, and the command exits 1 though the last run is whole."""
    each: Iterator[Cases] = iter([ALL, {**ALL, "STOP-010": "F:-4120"}, ALL])
    requests: list[RunRequest] = []

    def commander(request: RunRequest) -> list[str]:
        requests.append(request)
        return Scenario([], [next(each)])(request)

    options = RunOptions(nautilus="newest", results=tmp_path / "run.jsonl")

    with pytest.raises(Exit) as ended, ending_well():
        repeat_and_exit(options, 3, subjects=FakeSubjects(), commander=commander)

    assert ended.value.exit_code == Decision.REGRESSED
    assert "STOP-010: run 1 passed; run 2 failed: -4120; run 3 passed" in capsys.readouterr().out
    assert [request.results.name for request in requests] == ["run-1.jsonl", "run-2.jsonl", "run-3.jsonl"]


def test_earlier_results_stay_until_new_ones_are_whole(tmp_path: Path) -> None:
    """A run that does not end costs nobody the results of the one before; one that does replaces all of them."""
    ran(tmp_path, ALL)
    earlier = (tmp_path / "run.jsonl").read_text()
    (tmp_path / "run-histories").mkdir()
    (tmp_path / "run-histories" / "STOP-010.jsonl").touch()

    code, _ = ran(tmp_path, {"ORDER-010": "P"}, "cut")

    assert code == Decision.BROKEN
    assert (tmp_path / "run.jsonl").read_text() == earlier
    assert (tmp_path / "run-histories" / "STOP-010.jsonl").is_file()

    ran(tmp_path, {"ORDER-010": "P"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.jsonl", "run.junit.xml", "run.log"]
    assert (tmp_path / "run.jsonl").read_text() != earlier


def test_a_kill_loses_no_results(tmp_path: Path) -> None:
    """What a killed run has set aside comes back before the next one begins."""
    ran(tmp_path, ALL)
    results, histories = tmp_path / "run.jsonl", tmp_path / "run-histories"
    earlier = results.read_text()
    killed = kept_until_whole(results, histories)
    killed.__enter__()
    results.write_text("half")

    code, _ = ran(tmp_path, {"ORDER-010": "P"}, "cut")

    assert code == Decision.BROKEN
    assert results.read_text() == earlier


def test_a_version_is_no_suffix(tmp_path: Path) -> None:
    """Results that are called `2.0.0rc7` have histories and a log of that whole name."""
    scenario = Scenario([], [(ALL, "whole")])
    options = RunOptions(nautilus="newest", results=tmp_path / "2.0.0rc7")
    with pytest.raises(Exit), ending_well():
        run_and_exit(options, subjects=FakeSubjects(), commander=scenario)

    (request,) = scenario.requests
    assert request.options.histories == tmp_path / "2.0.0rc7-histories"
    assert request.log == tmp_path / "2.0.0rc7.log"
