"""Bisecting over versions: what is run, what is used again, what is skipped, and what is told at the end."""

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Never

import pytest

from conformance.running import bisecting, identity
from conformance.running.bisecting import Search, bisect, changed_in, release_notes, search_between
from conformance.running.bisection import Bisected, Settled, State
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import RunRequest
from conformance.subject.errors import MachineUnfit
from tests.support.fake_subjects import FakeSubjects, header_for

VERSIONS = ["1.226.0", "1.227.0", "1.228.0", "1.229.0"]


def runs(broken_from: int, asked: list[str]) -> Callable[[RunRequest], list[str]]:
    """Return a commander for which the case fails from that place of `VERSIONS` on."""

    def command(request: RunRequest) -> list[str]:
        version = request.options.nautilus
        asked.append(version)
        short = "F:no fill" if VERSIONS.index(version) >= broken_from else "P"
        told = {
            "results": str(request.results.absolute()),
            "subject": version,
            "cases": {"STOP-010": short},
            "header": header_for(request),
            "ending": "whole",
        }
        return [sys.executable, "-m", "tests.support.fake_pytest", json.dumps(told)]

    return command


def search(folder: Path) -> Search:
    """Return a search over all versions."""
    return Search(case_id="STOP-010", versions=VERSIONS, options=RunOptions(), folder=folder)


def test_the_version_that_broke_the_case_is_found_and_its_results_are_kept(tmp_path: Path, steps: Steps) -> None:
    """Each run has a results file of its own, named after its version."""
    found = bisect(search(tmp_path), steps, FakeSubjects(), lambda _: None, runs(2, []))

    assert (found.last_good, found.first_bad, found.between) == ("1.227.0", "1.228.0", ())
    assert {each.name for each in tmp_path.glob("*.jsonl")} == {
        "1.226.0-1.jsonl",
        "1.227.0-1.jsonl",
        *(f"1.228.0-{number}.jsonl" for number in (1, 2)),
        *(f"1.229.0-{number}.jsonl" for number in (1, 2, 3)),
    }


def test_a_search_goes_on_where_it_was(tmp_path: Path, steps: Steps) -> None:
    """What an earlier search has run is not run again, unless the suite is another."""
    asked: list[str] = []
    first = bisect(search(tmp_path), steps, FakeSubjects(), lambda _: None, runs(2, asked))
    assert asked
    asked.clear()

    assert bisect(search(tmp_path), steps, FakeSubjects(), lambda _: None, runs(2, asked)) == first
    assert asked == []


def test_results_of_another_suite_are_not_used_again(
    tmp_path: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edited suite is another suite."""
    bisect(search(tmp_path), steps, FakeSubjects(), lambda _: None, runs(2, []))
    monkeypatch.setattr(identity, "suite_revision", lambda: "another")
    asked: list[str] = []

    bisect(search(tmp_path), steps, FakeSubjects(), lambda _: None, runs(2, asked))

    assert set(asked) == set(VERSIONS)


def test_a_version_that_cannot_be_installed_is_skipped(tmp_path: Path, steps: Steps) -> None:
    """The answer names it, with the reason, as one that may have broken the case as well."""
    told: list[Settled] = []

    found = bisect(search(tmp_path), steps, FakeSubjects(broken=("1.227.0",)), told.append, runs(2, []))

    assert (found.last_good, found.first_bad) == ("1.226.0", "1.228.0")
    assert [(each.version, each.state) for each in found.between] == [("1.227.0", State.UNTESTABLE)]
    assert "no route to host" in changed_in(search(tmp_path), found)
    assert found.between[0] in told


def test_a_machine_that_is_unfit_ends_the_search(tmp_path: Path, steps: Steps) -> None:
    """What would make every version untestable is told at once."""

    class Unfit(FakeSubjects):
        def provision(self, version: str, *_: object, **__: object) -> Never:
            raise MachineUnfit("the machine cannot run this", ["10 MB of memory are free"])

    with pytest.raises(MachineUnfit, match="10 MB"):
        bisect(search(tmp_path), steps, Unfit(), lambda _: None, runs(2, []))


@pytest.mark.parametrize(
    ("good", "bad", "versions"), [("1.226.0", "1.229.0", VERSIONS), ("1.229.0", "1.226.0", VERSIONS[::-1])]
)
def test_versions_run_from_the_good_one_to_the_bad_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: str, bad: str, versions: list[str]
) -> None:
    """Where the good one is the later, what mended the case is looked for."""

    def between(older: str, newer: str, *_: object, **__: object) -> list[str]:
        assert (older, newer) == ("1.226.0", "1.229.0")
        return VERSIONS[1:-1]

    monkeypatch.setattr(bisecting, "versions_between", between)

    options = RunOptions()
    made = search_between(
        good, bad, FakeSubjects(), lambda _: None, case_id="STOP-010", options=options, folder=tmp_path
    )

    assert (list(made.versions), made.mends) == (versions, good > bad)


@pytest.mark.parametrize(
    ("mends", "lines"),
    [
        (False, ["last good: 1.227.0", "first bad: 1.228.0", "tag/v1.228.0"]),
        (True, ["last bad: 1.228.0", "first good: 1.227.0", "tag/v1.227.0"]),
    ],
)
def test_the_answer_says_which_way_it_went(tmp_path: Path, mends: bool, lines: list[str]) -> None:
    """The release notes are those of the version that changed it."""
    answer = changed_in(dataclasses.replace(search(tmp_path), mends=mends), Bisected("1.227.0", "1.228.0", (), ()))

    for line in lines:
        assert line in answer


def test_nightlies_have_commits_in_place_of_release_notes() -> None:
    """A nightly is linked to the commits since the one before it."""
    link = release_notes("1.222.0a20251217", "1.222.0a20251215")

    assert link.endswith("commits/nightly/?since=2025-12-15&until=2025-12-17")
    assert release_notes("1.222.0a20251217", "1.221.0").endswith("since=2025-12-16&until=2025-12-17")
    assert release_notes("1.231.0+mine", "1.231.0").endswith("/releases/tag/v1.231.0")
