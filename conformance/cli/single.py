"""One run with its report and exit code: what `conformance run` and `conformance record` do."""

from typing import Never

from click.exceptions import Exit

from conformance.cli.screen import screen
from conformance.report.junit import run_junit
from conformance.report.steadiness import print_repeated, print_steadiness
from conformance.report.terminal import print_run
from conformance.running.catalogue import collect
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.repeating import run_repeatedly
from conformance.running.single import run_single
from conformance.running.subjects import Subjects, real_subjects
from conformance.verdict.decision import Decision, decide_run
from conformance.verdict.request_budgets import bills_of, decide_with_budgets, exceeded, load_request_budgets
from conformance.verdict.steadiness import close, unsteady


def repeat_and_exit(
    options: RunOptions, times: int, *, subjects: Subjects | None = None, commander: Commander = pytest_command
) -> Never:
    """Run several times, show what differs, and exit: 1 where something does, else as the last run would."""
    console = screen()
    with Steps(console) as steps:
        runs = run_repeatedly(
            options,
            times,
            steps,
            subjects or real_subjects(),
            lambda number, run: print_repeated(console, number, run),
            commander=commander,
        )
    differing = unsteady(runs)
    print_steadiness(console, times, differing, close(runs))
    decision, reasons = decide_run(runs[-1])
    for reason in reasons:
        console.print(f"  the last run by itself: {reason}", markup=False, highlight=False, soft_wrap=True)
    raise Exit(int(Decision.REGRESSED if differing else decision))


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
    excesses = exceeded(load_request_budgets(), bills_of(results))
    decision, reasons = decide_with_budgets(*decide_run(results), excesses)
    print_run(console, results, decision, reasons)
    console.print(f"results: {results.path}", markup=False, highlight=False)
    if results.path is not None:
        requirements = {case_id: case["requirement"] for case_id, case in collect(options.case_folders).items()}
        junit = results.path.with_name(f"{results.path.name.removesuffix('.jsonl')}.junit.xml")
        junit.write_text(run_junit(results, requirements), encoding="utf-8")
    raise Exit(int(decision))
