"""One run on one version, shown as it goes on: behind `run` and `record`."""

from dataclasses import replace
from pathlib import Path

from conformance.running.catalogue import collect, planned
from conformance.running.claiming import claimed
from conformance.running.options import RunOptions
from conformance.running.profiles import check_profiles
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, Run, RunRequest, drive, pytest_command
from conformance.running.replacing import HISTORIES, LOG, RESULTS, kept_until_whole
from conformance.running.subjects import Subjects, make_ready, version_of
from conformance.subject.machine import look, look_again
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results
from conformance.worlds.entering import check as check_world


def run_single(
    options: RunOptions,
    steps: Steps,
    subjects: Subjects,
    *,
    pytest_args: tuple[str, ...] = (),
    commander: Commander = pytest_command,
) -> Results:
    """Make the subject ready, run the cases, and return the whole results.

    With `pytest_args` pytest shows its own output, in one process unless `workers` are asked for, so that a debugger
    works. Raises `RunError`, `ProvisionError` or `WorldError`.
    """
    check_profiles([options.profile])
    check_world(options.world, options.cassettes)
    cases = len(planned(options, collect(options.case_folders)))
    workers = 1 if pytest_args and options.workers is None else options.workers_for(cases)
    machine = look((options.results or Path("results")).parent, workers=workers)
    wanted = {"subject": options.nautilus} | ({"kept by": options.kept_by} if options.kept_by else {})
    exact = make_ready(subjects, wanted, steps, python=options.python, indexes={"subject": options.index})["subject"]
    results = options.results or Path("results") / f"{version_of(exact)}-{options.world}.jsonl"
    # Not by the suffix: that of `2.0.0rc7` is a part of the version.
    stem = results.name.removesuffix(RESULTS)
    histories = results.with_name(f"{stem}{HISTORIES}")
    request = RunRequest(
        options=replace(options, nautilus=exact, results=results, histories=histories),
        workers=workers,
        log=None if pytest_args else results.with_name(f"{stem}{LOG}"),
        pytest_args=pytest_args,
    )
    with claimed(results.parent, results.name), kept_until_whole(results, histories):
        ended = _results(Run(request, commander), steps, cases)
    if any(each.outcome is Outcome.FAILED and not each.expected for each in ended.cases.values()):
        look_again(machine)
    return ended


def _step(options: RunOptions) -> str:
    """Return what stands before each of the run's lines: version and profile, and a world that is not the usual one."""
    world = "" if options.world == "simulator" else f" in {options.world}"
    return f"{version_of(options.nautilus)} {Path(options.profile).stem}{world}"


def _results(run: Run, steps: Steps, total: int) -> Results:
    """Run to the end, showing how far it is unless pytest shows it, and return what it left."""
    options = run.request.options
    if run.request.pytest_args:
        drive([run], 1, lambda _run, _case: None)
    else:
        step = _step(options)
        steps.begin(step, total)

        def show(_run: Run, case: CaseResult) -> None:
            steps.case(step, case)

        drive([run], 1, show)
        steps.end(step)
    return run.results()
