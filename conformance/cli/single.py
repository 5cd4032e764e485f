"""One run with its report and exit code: what `conformance run` and `conformance record` do."""

from click.exceptions import Exit

from conformance.cli.screen import screen
from conformance.report.terminal import print_run
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.single import run_single
from conformance.running.subjects import Subjects, real_subjects
from conformance.verdict.decision import decide_run


def run_and_exit(
    options: RunOptions,
    *,
    pytest_args: tuple[str, ...] = (),
    subjects: Subjects | None = None,
    commander: Commander = pytest_command,
) -> None:
    """Run, show and exit; the exit code is read from the results, not from pytest."""
    console = screen()
    with Steps(console) as steps:
        results = run_single(options, steps, subjects or real_subjects(), pytest_args=pytest_args, commander=commander)
    decision, reasons = decide_run(results)
    print_run(console, results, decision, reasons)
    console.print(f"results: {results.path}", markup=False, highlight=False)
    raise Exit(int(decision))
