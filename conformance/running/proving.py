"""Running the cases that are to catch upstream's defects, on the versions on either side of each: resumable."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from conformance.proof.upstream import Ran, UpstreamDefect, wanted
from conformance.running.identity import asked_header, stem_of, stored
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.single import run_single
from conformance.running.subjects import Subjects
from conformance.verdict.results import CaseResult, read_results


def run_wanted(
    defects: Sequence[UpstreamDefect],
    options: RunOptions,
    folder: Path,
    steps: Steps,
    subjects: Subjects,
    *,
    commander: Commander = pytest_command,
) -> Ran:
    """Run what has to be run, but for what the folder has of the same runs; return what every case did."""
    ran: dict[str, Mapping[str, CaseResult]] = {}
    for version, cases in wanted(defects).items():
        asked = replace(options, nautilus=version, case_ids=tuple(cases))
        header = asked_header(asked, steps, subjects)
        results = folder / f"{stem_of(header)}.jsonl"
        known = stored(results, header)
        if known is None or any(each not in known.cases for each in cases):
            known = run_single(replace(asked, results=results), steps, subjects, commander=commander)
        ran[version] = known.cases
    return ran


def read_ran(files: Sequence[Path]) -> Ran:
    """Return what every case did in these results files; of two files of a version, the later one counts."""
    ran: dict[str, dict[str, CaseResult]] = {}
    for file in files:
        results = read_results(file)
        ran.setdefault(results.header.subject, {}).update(results.cases)
    return ran
