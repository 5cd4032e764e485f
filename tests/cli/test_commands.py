"""What `gate` and `doctor` leave behind and end with, their work being done by something quicker."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from conformance.cli import checkup, cli
from conformance.cli.checkup import Finding, State
from conformance.cli.screen import screen
from conformance.report.comparison import Comparison
from conformance.report.folder import REPORTS
from conformance.running.claiming import claimed
from conformance.running.gating import Plan
from conformance.running.progress import Steps
from conformance.subject.errors import UnknownVersion
from conformance.verdict.decision import Decision
from conformance.verdict.verdict import Verdict
from conformance.worlds.cache_database import VARIABLE
from tests.support.fake_pytest import result
from tests.support.fake_subjects import FakeSubjects

from .test_command_line import CATALOGUE


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """Gates that are inconclusive at once; their plans are kept here."""
    kept: list[Plan] = []

    def gate(plan: Plan, _steps: Steps, _subjects: object) -> Comparison:
        kept.append(plan)
        if plan.candidate == "latest":
            raise UnknownVersion("latest", "there is none of that name", ["1.231.0"])
        return Comparison(Verdict.undecided("1.230.0", "1.231.0", Decision.INCONCLUSIVE, "no network"))

    monkeypatch.setattr("conformance.running.catalogue.collect", lambda _folders=(): CATALOGUE)
    monkeypatch.setattr("conformance.running.gating.gate", gate)
    return kept


def test_a_gate_compares_the_newest_with_the_one_before(plans: list[Plan], tmp_path: Path) -> None:
    """Without options the main job is done: newest release against newest stable, every case of the simulator world."""
    ended = CliRunner().invoke(cli, ["gate", "--results", str(tmp_path / "gate")])

    assert ended.exit_code == Decision.INCONCLUSIVE
    (plan,) = plans
    assert (plan.baseline, plan.candidate, plan.options.world) == ("stable", "newest", "simulator")
    assert set(plan.requirements) == set(CATALOGUE)


def test_a_gate_gates_the_cases_of_its_world(plans: list[Plan], tmp_path: Path) -> None:
    """Cases that cannot run in a world are not counted in it."""
    chosen = ["--case", "ORDER-010", "--case", "STOP-010"]
    CliRunner().invoke(cli, ["gate", "--world", "cassettes", *chosen, "--results", str(tmp_path / "gate")])

    assert set(plans[0].requirements) == {"ORDER-010"}


def test_a_gate_of_cassettes_plans_what_has_one(plans: list[Plan], tmp_path: Path) -> None:
    """A case without a cassette is not run there, so it is not missed either; one that was asked for is."""
    (tmp_path / "STOP-010.yaml").touch()
    options = ["gate", "--world", "cassettes", "--cassettes", str(tmp_path), "--results", str(tmp_path / "gate")]
    CliRunner().invoke(cli, options)
    CliRunner().invoke(cli, [*options, "--case", "ORDER-010"])

    assert [set(plan.requirements) for plan in plans] == [{"STOP-010"}, {"ORDER-010"}]


def test_a_gate_hands_on_a_cache_database_that_answers(plans: list[Plan], tmp_path: Path, redis: str) -> None:
    """Both subjects get the Redis that was given, by option or variable; one that does not answer is wrong usage.

    Where none was given, it is one of the gate's own.
    """
    options = ["gate", "--results", str(tmp_path / "gate")]
    CliRunner().invoke(cli, options, env={VARIABLE: ""})
    CliRunner().invoke(cli, [*options, "--cache-database", f"redis://{redis}"])
    CliRunner().invoke(cli, options, env={VARIABLE: redis})
    ended = CliRunner().invoke(cli, [*options, "--cache-database", "127.0.0.1:1"])

    assert [plan.options.cache_database for plan in plans[1:]] == [redis, redis]
    assert plans[0].options.cache_database not in (None, redis)
    assert ended.exit_code == Decision.WRONG_USAGE
    assert "cannot be reached" in ended.output


@pytest.mark.usefixtures("plans")
def test_a_gate_leaves_its_report(tmp_path: Path) -> None:
    """The verdict lies in the results folder for people, for the rolling issue and for programs."""
    CliRunner().invoke(cli, ["gate", "--results", str(tmp_path)])

    assert json.loads((tmp_path / "verdict.json").read_text())["exit_code"] == Decision.INCONCLUSIVE
    assert "no network" in (tmp_path / "verdict.md").read_text()
    assert "no network" in (tmp_path / "verdict.html").read_text()


def test_two_gates_never_share_a_folder(plans: list[Plan], tmp_path: Path) -> None:
    """The second one ends before it removes what the first is writing, and says what to do; later it may."""
    (tmp_path / "candidate.jsonl").write_text("of the first")
    options = ["gate", "--results", str(tmp_path)]

    with claimed(tmp_path):
        ended = CliRunner().invoke(cli, options)

    assert ended.exit_code == Decision.WRONG_USAGE
    assert "another run writes to" in ended.output
    assert "--results" in ended.output
    assert (tmp_path / "candidate.jsonl").is_file()
    assert not plans
    assert CliRunner().invoke(cli, options).exit_code == Decision.INCONCLUSIVE


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize("place", ["afile/gate", "x" * 300, "/proc/nope/gate"])
def test_a_gate_that_cannot_write_says_so(place: str, tmp_path: Path) -> None:
    """A place that cannot be is the user's to correct, and no fault of the suite."""
    (tmp_path / "afile").touch()

    ended = CliRunner().invoke(cli, ["gate", "--results", str(tmp_path / place)])

    assert ended.exit_code == Decision.BROKEN
    assert "Error: cannot write" in ended.output
    assert "fault" not in ended.output


@pytest.mark.usefixtures("plans")
def test_a_gate_that_did_not_run_takes_nothing_away(tmp_path: Path) -> None:
    """A mistyped version costs nobody the last verdict, and what is not the gate's stays in any case."""
    for name in ("verdict.json", "candidate.jsonl", "again-1-baseline.log", "notes.txt"):
        (tmp_path / name).write_text("old")
    (tmp_path / "baseline-histories").mkdir()

    ended = CliRunner().invoke(cli, ["gate", "--candidate", "latest", "--results", str(tmp_path)])

    assert ended.exit_code == Decision.WRONG_USAGE
    assert "the nearest is 1.231.0" in ended.output
    assert {path.name for path in tmp_path.iterdir()} == {
        *("verdict.json", "candidate.jsonl", "again-1-baseline.log", "notes.txt", "baseline-histories")
    }
    assert (tmp_path / "verdict.json").read_text() == "old"


@pytest.mark.usefixtures("plans")
def test_a_verdict_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    """Once it exists nothing of the earlier gate is left, also where that one was killed in the middle."""
    (tmp_path / ".earlier-gate").mkdir()
    for name in ("candidate.jsonl", ".earlier-gate/verdict.json", ".earlier-gate/candidate.jsonl"):
        (tmp_path / name).write_text("old")

    CliRunner().invoke(cli, ["gate", "--results", str(tmp_path)])

    assert {path.name for path in tmp_path.iterdir()} == {*REPORTS}
    assert "old" not in (tmp_path / "verdict.json").read_text()


@pytest.mark.usefixtures("plans")
def test_a_gate_removes_nothing_that_no_gate_wrote(tmp_path: Path) -> None:
    """The folder may be anybody's, with names that begin as a gate's do: all of it is still there afterwards."""
    folders = (
        "candidate-strategies",
        "baseline",
        "again-and-again",
        "verdict.md.d",
        "candidate.jsonl.d",
        "verdict.json",
    )
    files = (
        "candidate.py",
        "baseline.csv",
        "verdict.docx",
        "again-1-baseline.txt",
        "my-candidate.jsonl",
        "candidate-1.log",
    )
    for name in folders:
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious.py").touch()
    for name in files:
        (tmp_path / name).touch()
    (tmp_path / "baseline-histories").symlink_to(tmp_path / "candidate-strategies")

    CliRunner().invoke(cli, ["gate", "--candidate", "latest", "--results", str(tmp_path)])

    assert {path.name for path in tmp_path.iterdir()} == {*folders, *files, "baseline-histories"}
    assert len(list(tmp_path.glob("*/precious.py"))) == len(folders) + 1, "one is seen twice, through the link"


@pytest.mark.parametrize(("state", "code"), [(State.OK, 0), (State.WARN, 0), (State.MISSING, 2)])
def test_the_doctor_fails_if_something_needed_is_missing(
    state: State, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every finding is shown with its remedy; only what is missing makes the doctor fail."""
    for name in ("uv", "credentials", "clock", "stale_subjects", "environments"):
        monkeypatch.setattr(checkup, name, lambda *_, name=name: Finding(name, State.OK, "well"))
    monkeypatch.setattr(checkup, "python", lambda: Finding("Python", state, "as found", "do this"))
    monkeypatch.setattr("conformance.running.subjects.real_subjects", FakeSubjects)

    ended = CliRunner().invoke(cli, ["doctor"])

    assert ended.exit_code == code
    assert "→ do this" in ended.output
    assert ("missing: Python" in ended.output) is bool(code)


def test_a_watched_step_moves(capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal a step shows its latest news, and a failure stays on the screen."""
    console = Console(force_terminal=True, width=160)

    with Steps(console) as steps:
        steps.begin("baseline 1.230.0", total=2)
        steps.news("baseline 1.230.0", "downloading")
        steps.case("baseline 1.230.0", result("ORDER-010", "P"))
        steps.case("baseline 1.230.0", result("STOP-010", "F:-4120"))
        steps.end("baseline 1.230.0")

    shown = capsys.readouterr().out
    assert "✗ baseline 1.230.0: STOP-010 failed -4120" in shown
    assert "✗ baseline 1.230.0: ORDER-010" not in shown


def test_a_file_is_wide_enough_for_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody watches, tables are not broken at 80 columns, unless COLUMNS asks for it."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert screen().width > 120
    monkeypatch.setenv("COLUMNS", "80")
    assert screen().width == 80


def test_a_report_that_fails_costs_no_results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fault of a report is the suite's (2), and the results of the run are still there to be reported again."""

    def gate(plan: Plan, _steps: Steps, _subjects: object) -> Comparison:
        (plan.folder / "candidate.jsonl").write_text("new")
        return Comparison(Verdict.undecided("1.230.0", "1.231.0", Decision.INCONCLUSIVE, "no network"))

    def fail(_comparison: Comparison, _folder: Path) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("conformance.running.gating.gate", gate)
    monkeypatch.setattr("conformance.report.folder.write_reports", fail)
    (tmp_path / "candidate.jsonl").write_text("old")

    ended = CliRunner().invoke(cli, ["gate", "--results", str(tmp_path)])

    assert ended.exit_code == Decision.BROKEN
    assert (tmp_path / "candidate.jsonl").read_text() == "new"
