"""Running the cases that are to catch upstream's defects, on the versions on either side of each: resumable."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from conformance.proof.upstream import Ran, UpstreamDefect, wanted
from conformance.revision import suite_revision
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.single import run_single
from conformance.running.subjects import Subjects
from conformance.verdict.results import CaseResult, ResultsError, read_results


def run_wanted(
    defects: Sequence[UpstreamDefect],
    options: RunOptions,
    folder: Path,
    steps: Steps,
    subjects: Subjects,
    *,
    commander: Commander = pytest_command,
) -> Ran:
    """Run what has to be run, but for what is in the folder by the same suite; return what every case did."""
    ran: dict[str, Mapping[str, CaseResult]] = {}
    for version, cases in wanted(defects).items():
        results = folder / f"{version}.jsonl"
        known = _known(results)
        missing = [each for each in cases if each not in known]
        if missing:
            asked = replace(options, nautilus=version, case_ids=tuple(cases), results=results)
            known = run_single(asked, steps, subjects, commander=commander).cases
        ran[version] = known
    return ran


def read_ran(files: Sequence[Path]) -> Ran:
    """Return what every case did in these results files; of two files of a version, the later one counts."""
    ran: dict[str, dict[str, CaseResult]] = {}
    for file in files:
        results = read_results(file)
        ran.setdefault(results.header.subject, {}).update(results.cases)
    return ran


def _known(results: Path) -> Mapping[str, CaseResult]:
    try:
        whole = read_results(results)
    except ResultsError:
        return {}
    return whole.cases if whole.header.suite_revision == suite_revision() else {}
