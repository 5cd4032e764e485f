"""Bisecting over real versions: each is installed, runs the one case, and leaves its results for the next time."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from packaging.version import Version

from conformance.revision import suite_revision
from conformance.running.bisection import Bisected, Bisection, Finding, Judgement, Settled
from conformance.running.errors import RunError, RunRefusedError
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.single import run_single
from conformance.running.subjects import Subjects, version_of
from conformance.subject.between import versions_between
from conformance.subject.errors import DiskFull, MachineUnfit, ProvisionError
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, ResultsError, read_results

REPEATS = 5
_UPSTREAM = "https://github.com/nautechsystems/nautilus_trader"
_NIGHTLY = re.compile(r"a(\d{8})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for: the case, the versions from a good one to a bad one, and where results are kept.

    Where the good one is the later, the versions run backwards, and what is found is the version that mended the case.
    """

    case_id: str
    versions: Sequence[str]
    options: RunOptions
    folder: Path
    mends: bool = False
    """Whether the version that mended the case is looked for."""


def search_between(
    good: str,
    bad: str,
    subjects: Subjects,
    tell: Callable[[str], None],
    *,
    case_id: str,
    options: RunOptions,
    folder: Path,
    nightlies: bool = True,
) -> Search:
    """Return the search between two versions, given in either order. Raises a `ProvisionError`."""
    ends = [subjects.resolve(each, python=options.python, index=options.index) for each in (good, bad)]
    older, newer = (str(order(each)) for each in sorted(ends, key=order))
    between = versions_between(older, newer, tell, nightlies=nightlies, python=options.python, index=options.index)
    mends = order(ends[0]) > order(ends[1])
    # From the good one to the bad one, so backwards where the good one is the later.
    versions = [ends[0], *(reversed(between) if mends else between), ends[1]]
    return Search(case_id=case_id, versions=versions, options=options, folder=folder, mends=mends)


def changed_in(search: Search, found: Bisected) -> str:
    """Return what was found as a person reads it, with the link to upstream's release notes."""
    lines = [f"  not judged between the two: {each}" for each in found.between]
    if search.mends:
        changed, before = found.last_good, found.first_bad
        lines += [f"last bad: {before}", f"first good: {changed}"]
    else:
        changed, before = found.first_bad, found.last_good
        lines += [f"last good: {before}", f"first bad: {changed}"]
    return "\n".join([*lines, f"upstream: {release_notes(changed, before)}"])


def bisect(
    search: Search,
    steps: Steps,
    subjects: Subjects,
    on_settled: Callable[[Settled], None],
    commander: Commander = pytest_command,
) -> Bisected:
    """Return where the case broke. Results of an earlier search by the same suite in the same folder are used again.

    Raises `BisectionError`, `RunRefusedError` for what is wrong with the options, and a `ProvisionError` where the
    machine is what is wrong.
    """
    judge = _Judge(search, steps, subjects, commander)
    return Bisection(search.versions, judge, repeats=REPEATS, on_settled=on_settled).run()


def order(version: str) -> Version:
    """Return what versions are ordered by; a wheel of one's own counts as the version in its name."""
    return Version(version_of(version))


def release_notes(version: str, before: str) -> str:
    """Return where upstream says what is new in the version since the one before it."""
    nightly = _NIGHTLY.search(version)
    if nightly is None:
        return f"{_UPSTREAM}/releases/tag/v{order(version).public}"
    until = datetime.strptime(nightly[1], "%Y%m%d")  # noqa: DTZ007 - a date
    earlier = _NIGHTLY.search(before)
    since = datetime.strptime(earlier[1], "%Y%m%d") if earlier else until - timedelta(days=1)  # noqa: DTZ007
    return f"{_UPSTREAM}/commits/nightly/?since={since:%Y-%m-%d}&until={until:%Y-%m-%d}"


@dataclass(slots=True)
class _Judge:
    """Runs the case on a version, once a call, unless an earlier search has."""

    search: Search
    steps: Steps
    subjects: Subjects
    commander: Commander
    runs: Counter[str] = field(default_factory=Counter)

    def __call__(self, version: str) -> Judgement:
        self.runs[version] += 1
        name = Path(version).name if "/" in version else version
        results = self.search.folder / f"{name}-{self.runs[version]}.jsonl"
        return self._known(version, results) or self._run(version, results)

    def _run(self, version: str, results: Path) -> Judgement:
        case_id = self.search.case_id
        options = replace(self.search.options, nautilus=version, case_ids=(case_id,), results=results, workers=1)
        try:
            whole = run_single(options, self.steps, self.subjects, commander=self.commander)
        except (DiskFull, MachineUnfit, RunRefusedError):
            # Nothing would be judged any more.
            raise
        except (ProvisionError, RunError) as error:
            return Judgement(Finding.UNTESTABLE, str(error).splitlines()[0])
        return _judged(whole.cases.get(case_id))

    def _known(self, version: str, results: Path) -> Judgement | None:
        """Return what an earlier search found, if it was of this suite, version and world."""
        try:
            whole = read_results(results)
        except ResultsError:
            return None
        header = whole.header
        asked = (suite_revision(), version_of(version), self.search.options.world)
        if (header.suite_revision, header.subject, header.world) != asked:
            return None
        judged = _judged(whole.cases.get(self.search.case_id))
        return None if judged.finding is Finding.UNTESTABLE else judged


def _judged(case: CaseResult | None) -> Judgement:
    if case is None:
        return Judgement(Finding.UNTESTABLE, "the run has no result for the case")
    if case.outcome is Outcome.PASSED:
        return Judgement(Finding.HOLDS)
    if case.outcome is Outcome.FAILED:
        return Judgement(Finding.FAILS, case.signature or "")
    return Judgement(Finding.UNTESTABLE, f"{case.outcome}: {case.reason}")
