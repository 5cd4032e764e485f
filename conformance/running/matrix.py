"""Many runs in one command: versions × profiles, gone on with where an earlier one stopped, or in shards."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import Version

from conformance.revision import suite_revision
from conformance.running.catalogue import collect, planned
from conformance.running.errors import RunError, RunRefusedError
from conformance.running.options import RunOptions
from conformance.running.profiles import check_profiles
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.single import run_single
from conformance.running.subjects import Subjects, version_of
from conformance.subject.between import versions_between
from conformance.subject.errors import DiskFull, MachineUnfit, ProvisionError
from conformance.subject.profiles import Profile
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results, ResultsError, read_results

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
    """Whether an earlier matrix of the same suite had run it already."""


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
    """Run every cell that no earlier matrix of this suite left whole results of in the folder, and return all.

    A version that cannot be installed is a cell without results, and the others go on. Raises `RunRefusedError` for
    what is wrong with the options, and a `ProvisionError` where the machine is what is wrong.
    """
    profiles = dict(zip(matrix.profiles, check_profiles(matrix.profiles), strict=True))
    wanted = set(planned(matrix.options, collect(matrix.options.case_folders)))
    asked = [(version, profile) for version in matrix.versions for profile in profiles]
    cells: list[Cell] = []
    steps.begin("matrix", len(asked))
    for version, profile in asked:
        steps.done("matrix", len(cells), f"{version} {profiles[profile].name}")
        path = matrix.folder / f"{file_name(version, profiles[profile].name)}"
        known = _known(path, version, profiles[profile], matrix.options, wanted)
        if known is not None:
            cell = Cell(version, profiles[profile].name, known, earlier=True)
        else:
            options = replace(matrix.options, nautilus=version, profile=profile, results=path)
            cell = _run(options, profiles[profile].name, steps, subjects, commander)
        cells.append(cell)
        on_cell(cell)
    steps.end("matrix")
    return cells


def file_name(version: str, profile: str) -> str:
    """Return what the results file of a version in a profile is called."""
    return f"{Path(version).name}@{profile}.jsonl"


def _run(options: RunOptions, profile: str, steps: Steps, subjects: Subjects, commander: Commander) -> Cell:
    try:
        return Cell(options.nautilus, profile, run_single(options, steps, subjects, commander=commander))
    except (DiskFull, MachineUnfit, RunRefusedError):
        # Nothing would be judged any more.
        raise
    except (ProvisionError, RunError) as error:
        return Cell(options.nautilus, profile, problem=str(error))


def _known(path: Path, version: str, profile: Profile, options: RunOptions, wanted: set[str]) -> Results | None:
    """Return what an earlier matrix left, if this one would do the same and nothing in it broke."""
    try:
        found = read_results(path)
    except ResultsError:
        return None
    header = found.header
    left = (header.suite_revision, header.subject, header.world, header.tier, header.profile_digest)
    asked = (suite_revision(), version_of(version), options.world, options.tier, profile.digest)
    broke = any(case.outcome is Outcome.BROKEN for case in found.cases.values())
    return found if left == asked and set(found.cases) == wanted and not broke else None
