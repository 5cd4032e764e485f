"""The same run several times, its results side by side: behind `conformance run --repeat`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, pytest_command
from conformance.running.single import run_single
from conformance.running.subjects import Subjects, version_of
from conformance.verdict.results import Results


def run_repeatedly(
    options: RunOptions,
    times: int,
    steps: Steps,
    subjects: Subjects,
    on_run: Callable[[int, Results], None],
    *,
    commander: Commander = pytest_command,
) -> list[Results]:
    """Return the whole results of each run; the n-th lies at `NAME-n.jsonl`. Raises as `run_single` does."""
    exact = subjects.resolve(options.nautilus, python=options.python, index=options.index)
    base = options.results or Path("results") / f"{version_of(exact)}-{options.world}.jsonl"
    found: list[Results] = []
    for number, results in _places(base, times):
        run = run_single(replace(options, nautilus=exact, results=results), steps, subjects, commander=commander)
        found.append(run)
        on_run(number, run)
    return found


def _places(base: Path, times: int) -> Iterator[tuple[int, Path]]:
    for number in range(1, times + 1):
        yield number, base.with_name(f"{base.stem}-{number}{base.suffix}")
