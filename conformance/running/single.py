"""One run on one version, shown as it goes on and judged by its results file: behind `run` and `record`."""

from dataclasses import dataclass
from pathlib import Path

from click.exceptions import Exit

from conformance.cli.ending import BROKEN, INCONCLUSIVE, WRONG_USAGE, stop
from conformance.cli.options import check_case_ids, check_places, check_world
from conformance.cli.screen import screen
from conformance.report.terminal import print_run
from conformance.running.catalogue import CatalogueError, collect, planned
from conformance.running.claiming import claimed
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, Run, RunError, RunRefusedError, RunRequest, drive, pytest_command
from conformance.running.subjects import Subjects, make_ready, real_subjects
from conformance.subject.errors import ProvisionError, UnknownVersion
from conformance.verdict.decision import decide_run
from conformance.verdict.results import CaseResult, Results


@dataclass(frozen=True, slots=True)
class Single:
    """What `conformance run` was asked for."""

    version: str
    world: str
    case_ids: tuple[str, ...] = ()
    results: Path | None = None
    overlays: tuple[str, ...] = ()
    pytest_args: tuple[str, ...] = ()
    record: Path | None = None
    cache_database: str | None = None


def run_single(asked: Single, subjects: Subjects | None = None, commander: Commander = pytest_command) -> None:
    """Run, show and exit; the exit code is read from the results, not from pytest."""
    console = screen()
    check_world(asked.world)
    total = _total(asked)
    with Steps(console) as steps:
        try:
            exact = make_ready(subjects or real_subjects(), {"subject": asked.version}, steps)["subject"]
        except UnknownVersion as error:
            stop(WRONG_USAGE, error)
        except ProvisionError as error:
            stop(INCONCLUSIVE, error)
        request = _request(asked, exact)
        with claimed(request.results.parent, request.results.name):
            results = _results(asked, Run(request, commander), steps, total)
    decision, reasons = decide_run(results)
    print_run(console, results, decision, reasons)
    console.print(f"results: {request.results}", markup=False, highlight=False)
    raise Exit(int(decision))


def _results(asked: Single, run: Run, steps: Steps, total: int) -> Results:
    """Run to the end, showing how far it is unless pytest shows it, and return what it left."""
    if asked.pytest_args:
        drive([run], 1, lambda _run, _case: None)
    else:
        step = f"NautilusTrader {run.request.nautilus} in the {asked.world} world"
        steps.begin(step, total)

        def show(_run: Run, case: CaseResult) -> None:
            steps.case(step, case)

        drive([run], 1, show)
        steps.end(step)
    try:
        return run.results()
    except RunRefusedError as error:
        stop(WRONG_USAGE, error)
    except RunError as error:
        stop(BROKEN, error)


def _total(asked: Single) -> int:
    """Return how many cases will run, having checked the ids that were asked for."""
    try:
        cases = collect()
    except CatalogueError as error:
        stop(BROKEN, error)
    check_case_ids(asked.case_ids, cases)
    chosen = planned(cases, asked.world, asked.case_ids)
    check_places(asked.case_ids, cases, chosen, asked.world)
    return len(chosen)


def _request(asked: Single, exact: str) -> RunRequest:
    results = asked.results or Path("results") / f"{exact}-{asked.world}.jsonl"
    return RunRequest(
        nautilus=exact,
        world=asked.world,
        results=results,
        histories=results.with_name(f"{results.stem}-histories"),
        case_ids=asked.case_ids,
        overlays=asked.overlays,
        cache_database=asked.cache_database,
        record=asked.record,
        log=None if asked.pytest_args else results.with_suffix(".log"),
        pytest_args=asked.pytest_args,
    )
