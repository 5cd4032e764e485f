"""Versions × profiles: each cell run once, gone on with, and shared between machines."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.running.identity import asked_header
from conformance.running.matrix import Cell, Matrix, Shard, file_name, run_matrix
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import RunRequest
from tests.cli.test_command_line import CATALOGUE
from tests.support.fake_subjects import FakeSubjects, Scenario

VERSIONS = ("1.229.0", "1.230.0", "1.231.0")
ALL = dict.fromkeys(CATALOGUE, "P")


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few cases, without collecting any."""
    for module in ("conformance.running.matrix", "conformance.running.single"):
        monkeypatch.setattr(f"{module}.collect", lambda _folders=(): CATALOGUE)
        monkeypatch.setattr(f"{module}.planned", lambda _options, cases: cases)


def ran(
    folder: Path, steps: Steps, scenario: Scenario, subjects: FakeSubjects | None = None, revision: str = ""
) -> tuple[list[Cell], list[tuple[str, str]]]:
    """Run the matrix, and return its cells and which runs it took, as version and profile."""
    requests: list[RunRequest] = []

    def commander(request: RunRequest) -> list[str]:
        requests.append(request)
        scenario.with_headers = True
        return [*scenario(request), *([f"suite_revision={revision}"] if revision else [])]

    asked = Matrix(versions=VERSIONS, profiles=("default", "checks"), options=RunOptions(workers=1), folder=folder)
    cells = run_matrix(asked, steps, subjects or FakeSubjects(), lambda _: None, commander)
    return cells, [(request.options.nautilus, request.options.profile) for request in requests]


def test_a_matrix_goes_on_where_it_was(tmp_path: Path, steps: Steps) -> None:
    """Every cell is run once; asked again, none is but what was cut short, broke, or is missing."""
    cells, runs = ran(tmp_path, steps, Scenario([], [ALL]))
    assert [(cell.version, cell.profile) for cell in cells] == runs
    assert runs == [(version, profile) for version in VERSIONS for profile in ("default", "checks")]

    cells, runs = ran(tmp_path, steps, Scenario([], [ALL]))
    assert runs == []
    assert all(cell.earlier and cell.results for cell in cells)

    (tmp_path / "1.229.0@checks.jsonl").unlink()
    cut = tmp_path / "1.230.0@default.jsonl"
    cut.write_text("\n".join(cut.read_text().splitlines()[:-1]) + "\n")
    _, runs = ran(tmp_path, steps, Scenario([], [ALL | {"STOP-010": "B"}]))
    assert runs == [("1.229.0", "checks"), ("1.230.0", "default")]
    assert ran(tmp_path, steps, Scenario([], [ALL]))[1] == runs, "the suite broke in them"


def test_what_another_suite_ran_is_run_again(tmp_path: Path, steps: Steps) -> None:
    """Results of an edited suite, or in an edited profile, say nothing of this one."""
    ran(tmp_path, steps, Scenario([], [ALL]), revision="edited")

    assert len(ran(tmp_path, steps, Scenario([], [ALL]))[1]) == 6


def test_a_version_that_cannot_be_had_stops_no_other(tmp_path: Path, steps: Steps) -> None:
    """It is a cell without results, with the reason."""
    cells, runs = ran(tmp_path, steps, Scenario([], [ALL]), FakeSubjects(broken=("1.230.0",)))

    assert len(runs) == 4
    assert ["no route to host" in cell.problem for cell in cells] == [False] * 2 + [True] * 2 + [False] * 2


def test_shards_are_a_matrix() -> None:
    """All shards together run every version, none twice, and as many each as can be."""
    versions = [f"1.2{number}.0" for number in range(16)]

    shares = [Shard.parse(f"{nth}/5").share(versions) for nth in range(1, 6)]

    assert sorted(version for share in shares for version in share) == sorted(versions)
    assert {len(share) for share in shares} == {3, 4}


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "a/b", "2/0", "-1/5"])
def test_a_shard_that_is_none_is_refused(text: str) -> None:
    """What is given is shown, and what is expected."""
    with pytest.raises(ValueError, match="such as 2/5"):
        Shard.parse(text)


def test_a_profile_is_in_the_name_of_its_results(steps: Steps) -> None:
    """Results of one version in two profiles lie side by side."""
    asked = [RunOptions(nautilus="2.0.0rc7", profile=profile) for profile in ("default", "checks")]
    names = {file_name(asked_header(options, steps, FakeSubjects())) for options in asked}

    assert names == {"2.0.0rc7@default.jsonl", "2.0.0rc7@checks.jsonl"}
    assert replace(Shard(), nth=1) == Shard.parse("1/1")
