"""Bisecting over real versions: each is installed, runs the one case, and leaves its results for the next time."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from packaging.version import Version

from conformance.running.bisection import Bisected, Bisection, Finding, Judgement, Settled
from conformance.running.errors import RunError, RunRefusedError
from conformance.running.identity import asked_header, stem_of, stored
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.single import run_single
from conformance.running.subjects import Subjects, version_of
from conformance.subject.between import versions_between
from conformance.subject.errors import DiskFull, MachineUnfit, ProvisionError
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Header

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
    """Return where the case broke. Results that an earlier search has left in the folder are used again, if this
    one would run the same (`conformance.running.identity`).

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
    headers: dict[str, Header] = field(default_factory=dict)
    """What a run of each version would say of itself."""

    def __call__(self, version: str) -> Judgement:
        self.runs[version] += 1
        options = replace(self.search.options, nautilus=version, case_ids=(self.search.case_id,), workers=1)
        try:
            return self._found(options)
        except (DiskFull, MachineUnfit, RunRefusedError):
            # Nothing would be judged any more.
            raise
        except (ProvisionError, RunError) as error:
            return Judgement(Finding.UNTESTABLE, str(error).splitlines()[0])

    def _found(self, options: RunOptions) -> Judgement:
        case_id, version = self.search.case_id, options.nautilus
        if version not in self.headers:
            self.headers[version] = asked_header(options, self.steps, self.subjects)
        header = self.headers[version]
        results = self.search.folder / f"{stem_of(header)}-{self.runs[version]}.jsonl"
        known = stored(results, header)
        if known is not None:
            judged = _judged(known.cases.get(case_id))
            if judged.finding is not Finding.UNTESTABLE:
                return judged
        options = replace(options, results=results)
        return _judged(run_single(options, self.steps, self.subjects, commander=self.commander).cases.get(case_id))


def _judged(case: CaseResult | None) -> Judgement:
    if case is None:
        return Judgement(Finding.UNTESTABLE, "the run has no result for the case")
    if case.outcome is Outcome.PASSED:
        return Judgement(Finding.HOLDS)
    if case.outcome is Outcome.FAILED:
        return Judgement(Finding.FAILS, case.signature or "")
    return Judgement(Finding.UNTESTABLE, f"{case.outcome}: {case.reason}")
