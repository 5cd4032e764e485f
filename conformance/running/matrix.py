"""Many runs in one command: versions × profiles, gone on with where an earlier one stopped, or in shards."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import Version

from conformance.running.catalogue import collect, planned
from conformance.running.errors import RunError, RunRefusedError
from conformance.running.identity import asked_header, stem_of, stored
from conformance.running.options import RunOptions
from conformance.running.profiles import check_profiles
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.replacing import IN_PROFILE, RESULTS
from conformance.running.single import run_single
from conformance.running.subjects import Subjects, version_of
from conformance.subject.between import versions_between
from conformance.subject.errors import DiskFull, MachineUnfit, ProvisionError
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Header, Results

_SHARD = re.compile(r"(?P<nth>\d+)/(?P<of>\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Which part of a matrix is run here: the `nth` of `of`, counted from 1."""

    nth: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Return the shard that `2/5` means; raises ValueError for anything else."""
        found = _SHARD.fullmatch(text.strip())
        if found is None or not 1 <= int(found["nth"]) <= int(found["of"]):
            raise ValueError(f"{text!r}: expected which part of how many, such as 2/5")
        return cls(nth=int(found["nth"]), of=int(found["of"]))

    def share(self, versions: Sequence[str]) -> list[str]:
        """Return the versions of this part: whole ones, so that each is installed on one machine only."""
        return list(versions[self.nth - 1 :: self.of])


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What is run: every version in every profile, with these options, into one folder."""

    versions: Sequence[str]
    profiles: Sequence[str]
    options: RunOptions
    folder: Path


@dataclass(frozen=True, slots=True)
class Cell:
    """One version in one profile, and what became of it: its results, or why there are none."""

    version: str
    profile: str
    results: Results | None = None
    problem: str = ""
    earlier: bool = False
    """Whether an earlier matrix had run the same already."""


def released(
    oldest: str, newest: str, subjects: Subjects, tell: Callable[[str], None], options: RunOptions
) -> list[str]:
    """Return every release from `oldest` to `newest`, both included, oldest first. Raises a `ProvisionError`."""
    ends = [version_of(subjects.resolve(each, python=options.python, index=options.index)) for each in (oldest, newest)]
    ends.sort(key=Version)
    between = versions_between(ends[0], ends[1], tell, nightlies=False, python=options.python, index=options.index)
    return list(dict.fromkeys([ends[0], *between, ends[1]]))


def run_matrix(
    matrix: Matrix,
    steps: Steps,
    subjects: Subjects,
    on_cell: Callable[[Cell], None],
    commander: Commander = pytest_command,
) -> list[Cell]:
    """Run every cell of which no earlier matrix left whole results of the same run in the folder, and return all.

    A version that cannot be installed is a cell without results, and the others go on. Raises `RunRefusedError` for
    what is wrong with the options, and a `ProvisionError` where the machine is what is wrong.
    """
    profiles = {each.name: asked for each, asked in zip(check_profiles(matrix.profiles), matrix.profiles, strict=True)}
    wanted = set(planned(matrix.options, collect(matrix.options.case_folders)))
    asked = [(version, profile) for version in matrix.versions for profile in profiles]
    run = _Run(matrix, wanted, steps, subjects, commander)
    cells: list[Cell] = []
    steps.begin("matrix", len(asked))
    for version, profile in asked:
        steps.done("matrix", len(cells), f"{version} {profile}")
        cell = run.cell(version, profile, profiles[profile])
        cells.append(cell)
        on_cell(cell)
    steps.end("matrix")
    return cells


def file_name(header: Header) -> str:
    """Return what the results file of a version in a profile is called."""
    return f"{stem_of(header)}{IN_PROFILE}{header.profile}{RESULTS}"


@dataclass(frozen=True, slots=True)
class _Run:
    """Makes one cell after the other."""

    matrix: Matrix
    wanted: set[str]
    """The ids of the cases that are run."""
    steps: Steps
    subjects: Subjects
    commander: Commander

    def cell(self, version: str, name: str, profile: str) -> Cell:
        """Return the version in the profile of this name or file, run now or earlier."""
        options = replace(self.matrix.options, nautilus=version, profile=profile)
        try:
            header = asked_header(options, self.steps, self.subjects)
            path = self.matrix.folder / file_name(header)
            known = self._known(path, header)
            if known is not None:
                return Cell(version, name, known, earlier=True)
            options = replace(options, results=path)
            return Cell(version, name, run_single(options, self.steps, self.subjects, commander=self.commander))
        except (DiskFull, MachineUnfit, RunRefusedError):
            # Nothing would be judged any more.
            raise
        except (ProvisionError, RunError) as error:
            return Cell(version, name, problem=str(error))

    def _known(self, path: Path, header: Header) -> Results | None:
        """Return what an earlier matrix left, if this one would do the same and nothing in it broke."""
        found = stored(path, header)
        if found is None or set(found.cases) != self.wanted:
            return None
        return None if any(case.outcome is Outcome.BROKEN for case in found.cases.values()) else found
