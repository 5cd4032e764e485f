"""Several runs of one version, as people read them: what differed, and what nearly failed."""

from collections.abc import Sequence

from rich.console import Console

from conformance.report.comparison import counted
from conformance.verdict.results import Results
from conformance.verdict.steadiness import Close, Unsteady


def print_repeated(console: Console, number: int, run: Results) -> None:
    """Print one run's counts, as it ends."""
    console.print(f"run {number}: {counted(run)}", markup=False, highlight=False)


def print_steadiness(console: Console, times: int, unsteady: Sequence[Unsteady], close: Sequence[Close]) -> None:
    """Print each case that was not the same in all runs, and each pass that took most of a deadline."""
    for title, found in (("not the same in all runs", unsteady), ("passed with little of a deadline left", close)):
        if found:
            console.print(f"\n{title}:")
            for each in found:
                console.print(f"  {each}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"\n{times} runs: {len(unsteady)} cases differ, {len(close)} passes took over four fifths of a deadline",
        markup=False,
        highlight=False,
    )
