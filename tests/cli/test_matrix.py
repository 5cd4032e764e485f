"""`matrix`: which versions it runs, what it says of each, the page it writes, and what it exits with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli import cli
from conformance.running.matrix import Cell, Matrix
from conformance.verdict.decision import Decision
from conformance.verdict.results import ResultsWriter
from tests.verdict.test_verdict import run

RELEASES = ["1.229.0", "1.230.0", "1.231.0", "2.0.0rc7"]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[Result, list[str]]]:
    """Call the command where each version does what is given; return how it ended, and the versions it ran."""

    def called(outcomes: dict[str, str], *arguments: str) -> tuple[Result, list[str]]:
        asked: list[str] = []

        def run_matrix(
            matrix: Matrix, _steps: object, _subjects: object, on_cell: Callable[[Cell], None]
        ) -> list[Cell]:
            asked.extend(matrix.versions)
            cells = [
                Cell(version, profile, problem="no route to host")
                if outcomes.get(version) == "none"
                else Cell(version, profile, run(version, **{"A-1": outcomes.get(version, "P")}))
                for version in matrix.versions
                for profile in matrix.profiles
            ]
            for cell in cells:
                on_cell(cell)
            return cells

        monkeypatch.setattr("conformance.running.matrix.run_matrix", run_matrix)
        monkeypatch.setattr("conformance.running.matrix.released", lambda *_: RELEASES)
        where = ["--results", str(tmp_path / "matrix")]
        return CliRunner().invoke(cli, ["matrix", *where, *arguments]), asked

    return called


@pytest.mark.parametrize(
    ("outcomes", "decision"),
    [
        ({}, Decision.UPGRADE),
        ({"1.230.0": "F", "1.231.0": "B"}, Decision.REGRESSED),
        ({"1.230.0": "none", "1.231.0": "B"}, Decision.BROKEN),
        ({"1.230.0": "none"}, Decision.INCONCLUSIVE),
    ],
)
def test_the_worst_cell_decides(
    ran: Callable[..., tuple[Result, list[str]]], outcomes: dict[str, str], decision: Decision
) -> None:
    """An unexpected failure goes before a broken suite, and that before a version that could not be run."""
    ended, asked = ran(outcomes)

    assert ended.exit_code == decision
    assert asked == RELEASES
    assert ("no route to host" in ended.output) is ("none" in outcomes.values())


def test_versions_can_be_named_and_shared(ran: Callable[..., tuple[Result, list[str]]]) -> None:
    """Those named are run, or of the releases the part of this machine."""
    assert ran({}, "1.231.0")[1] == ["1.231.0"]
    assert ran({}, "--shard", "2/3")[1] == ["1.230.0"]
    ended, asked = ran({}, "--shard", "4/3")
    assert (ended.exit_code, asked) == (Decision.WRONG_USAGE, [])


def test_a_profile_that_cannot_be_read_runs_nothing(ran: Callable[..., tuple[Result, list[str]]]) -> None:
    """The nearest one is named."""
    ended, asked = ran({}, "--profile", "cheks")

    assert (ended.exit_code, asked) == (Decision.WRONG_USAGE, [])
    assert "the nearest is checks" in ended.output


def test_the_page_is_written(ran: Callable[..., tuple[Result, list[str]]], tmp_path: Path) -> None:
    """Its folder need not be there."""
    page = tmp_path / "docs" / "versions.md"

    ran({}, "--page", str(page))

    assert "| **all** | 1/1 | 1/1 | 1/1 | 1/1 |" in page.read_text()


def test_shards_are_shown_together(tmp_path: Path) -> None:
    """`report` takes folders, and makes one page of what each machine has run."""
    for shard, version in enumerate(RELEASES):
        whole = run(version, A="P")
        header = replace(whole.header, profile="default")
        writer = ResultsWriter(tmp_path / f"shard-{shard}" / f"{version}@default.jsonl", header)
        writer.write(whole.cases["A"])
        writer.close()
    shards = [str(tmp_path / f"shard-{shard}") for shard in reversed(range(len(RELEASES)))]

    ended = CliRunner().invoke(cli, ["report", *shards, "--page", str(tmp_path / "versions.md")])

    assert ended.exit_code == 0, ended.output
    assert "| group | 1.229.0 | 1.230.0 | 1.231.0 | 2.0.0rc7 |" in (tmp_path / "versions.md").read_text()

    (tmp_path / "empty").mkdir()
    ended = CliRunner().invoke(cli, ["report", str(tmp_path / "empty")])
    assert ended.exit_code == Decision.WRONG_USAGE
    assert "there are no results" in ended.output
